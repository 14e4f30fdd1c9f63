package steps

import (
	"fmt"

	"go.temporal.io/sdk/workflow"

	"salesbot/bot"
	"salesbot/crm"
)

func init() {
	register(Kind{
		Name: "message", Title: "Message", Group: "Conversation", Waits: true,
		Help:    "Sends a message. With quick replies it waits for the answer and goes on by the button that it means.",
		Example: `{"text":"Hello {{contact.first_name|there}}! What are you looking for?","buttons":[{"id":"catalogue","text":"Catalogue","synonyms":["catalog","brochure"]},{"id":"price","text":"Prices"}],"links":[{"text":"Our website","url":"https://example.com"}],"no_answer_after":{"hours":24}}`,
		New:     func() Step { return new(Message) },
	})
}

// Message sends a text with quick replies, links and files (Salesbot guide, Message).
type Message struct {
	// What the client reads; it may hold placeholders.
	Text string `json:"text,omitempty" jsonschema:"maxLength=4096"`
	// Quick replies, at most 13; more than three are split or shown as a list on some channels. With at least one the step waits for an answer.
	Buttons []QuickReply `json:"buttons,omitempty" jsonschema:"maxItems=13"`
	// Buttons that open a page.
	Links []Link `json:"links,omitempty" jsonschema:"maxItems=10"`
	// Files that are sent with it: pictures, videos, audio, voice, documents.
	Files []bot.Attachment `json:"files,omitempty" jsonschema:"maxItems=10"`
	// Who gets it: the chat in which the bot talks, the lead's main contact or all its contacts.
	To bot.Who `json:"to,omitempty" jsonschema:"enum=chat,enum=main_contact,enum=all_contacts,default=chat"`
	// The channels over which it may go; none chosen means all.
	ChannelIDs []int64 `json:"channel_ids,omitempty"`
	// Send over each contact's most recent channel only, instead of over all the chosen ones.
	Primary bool `json:"primary,omitempty"`
	// How long to wait for an answer before the exit "silent"; without it the step waits for ever.
	NoAnswerAfter *Delay `json:"no_answer_after,omitempty"`
}

// QuickReply is a button that the client may tap instead of typing.
type QuickReply struct {
	// Names the exit of the button: a-z, 0-9, _ and -, at most 32.
	ID string `json:"id" jsonschema:"pattern=^[a-z0-9][a-z0-9_-]{0\\,31}$"`
	// What stands on the button.
	Text string `json:"text" jsonschema:"minLength=1,maxLength=80"`
	// Words that mean the same when the client types them.
	Synonyms []string `json:"synonyms,omitempty" jsonschema:"maxItems=50"`
}

// Link is a button that opens a page.
type Link struct {
	// What stands on the button.
	Text string `json:"text" jsonschema:"minLength=1,maxLength=80"`
	// The page's address, or a tel: or mailto: one; what stands before its host is written out, the rest may hold placeholders.
	URL string `json:"url" jsonschema:"minLength=1,maxLength=2048"`
}

// Exits are one a button, another answer, no answer and failed for a question; next and failed for a statement.
func (m *Message) Exits() []Exit {
	if len(m.Buttons) == 0 {
		return []Exit{nextExit, {Name: exitFailed, Title: "Not sent"}}
	}
	exits := make([]Exit, 0, len(m.Buttons)+3)
	for _, b := range m.Buttons {
		exits = append(exits, Exit{Name: bot.ButtonExit + b.ID, Title: b.Text})
	}
	return append(exits, Exit{Name: "other", Title: "Another answer"}, Exit{Name: "silent", Title: "No answer"}, Exit{Name: exitFailed, Title: "Not sent"})
}

// WaitAt says what was waited for before that exit.
func (m *Message) WaitAt(exit string) Waiting {
	switch {
	case len(m.Buttons) == 0 || exit == exitFailed:
		return WaitNone
	case exit == "silent":
		return WaitTimer
	}
	return WaitPerson
}

// Run sends, and waits if it asked.
func (m *Message) Run(ctx workflow.Context, run Run) (string, error) {
	var wait *bot.Wait
	if len(m.Buttons) > 0 {
		wait = m.wait(ctx)
	}
	outcome, err := run.Send(ctx, m.outgoing(run), wait)
	if err != nil {
		return "", err
	}
	if outcome.Failed {
		run.Note("not sent: %s", outcome.Error)
		return exitFailed, nil
	}
	if wait == nil {
		return exitNext, nil
	}
	wait.MessageID = outcome.MessageID
	event, err := run.Await(ctx, *wait)
	if err != nil {
		return "", err
	}
	return m.leave(ctx, run, event)
}

func (m *Message) wait(ctx workflow.Context) *bot.Wait {
	wait := &bot.Wait{Message: true, Receipts: []bot.ReceiptKind{bot.ReceiptFailed}, For: "an answer"}
	if m.NoAnswerAfter != nil {
		wait.Until = workflow.Now(ctx).Add(m.NoAnswerAfter.Duration())
	}
	return wait
}

func (m *Message) leave(ctx workflow.Context, run Run, event bot.Event) (string, error) {
	switch event.Kind {
	case bot.EventMessage:
		return m.answer(ctx, run, event)
	case bot.EventReceipt:
		run.Note("not delivered: %s", event.Receipt.Error)
		return exitFailed, nil
	default:
		return "silent", nil
	}
}

// answer finds the button that one of the messages means, or all of them together.
func (m *Message) answer(ctx workflow.Context, run Run, event bot.Event) (string, error) {
	choices, err := m.choices(ctx, run)
	if err != nil {
		return "", err
	}
	for _, message := range append(event.Messages, bot.Message{Text: event.Text()}) {
		if i := bot.MatchButton(choices, message); i >= 0 {
			return bot.ButtonExit + m.Buttons[i].ID, nil
		}
	}
	return "other", nil
}

// choices have the titles as the client saw them, with placeholders filled in.
func (m *Message) choices(ctx workflow.Context, run Run) ([]bot.Choice, error) {
	titles := make([]string, len(m.Buttons))
	for i, b := range m.Buttons {
		titles[i] = b.Text
	}
	values, err := read(ctx, run, titles...)
	if err != nil {
		return nil, err
	}
	choices := make([]bot.Choice, len(m.Buttons))
	for i, b := range m.Buttons {
		choices[i] = bot.Choice{Payload: payload(run, b.ID), Title: bot.Expand(b.Text, values.Lookup), Synonyms: b.Synonyms}
	}
	return choices, nil
}

func payload(run Run, button string) string {
	return bot.ButtonPayload(run.RunID(), run.Visit(), button)
}

func (m *Message) outgoing(run Run) bot.Outgoing {
	out := bot.Outgoing{Text: m.Text, Attachments: m.Files, To: m.To, ChannelIDs: m.ChannelIDs, Primary: m.Primary}
	for _, b := range m.Buttons {
		out.Buttons = append(out.Buttons, bot.Button{ID: payload(run, b.ID), Text: b.Text})
	}
	for _, l := range m.Links {
		out.Buttons = append(out.Buttons, bot.Button{Text: l.Text, URL: l.URL})
	}
	return out
}

// Check finds what the schema can't say.
func (m *Message) Check(env Env) []Problem {
	problems := duplicates("buttons", len(m.Buttons), func(i int) string { return m.Buttons[i].ID })
	if m.Text == "" && len(m.Files) == 0 {
		problems = append(problems, Problem{Code: "empty_message", Path: "text", Message: "the message has neither text nor files", Fix: "write a text or attach a file"})
	} else if m.Text == "" && len(m.Buttons)+len(m.Links) > 0 {
		problems = append(problems, Problem{Code: "empty_message", Path: "text", Message: "buttons need a text to stand under", Fix: "write a text"})
	}
	for i, f := range m.Files {
		if f.ID == "" && f.URL == "" {
			problems = append(problems, Problem{Code: "bad_config", Path: fmt.Sprintf("files.%d", i), Message: "the file has neither id nor url", Fix: "upload the file or give its address"})
		}
	}
	problems = append(problems, m.checkAddresses()...)
	for i, id := range m.ChannelIDs {
		if env.Channels != nil && !env.Channels[id] {
			problems = append(problems, Problem{Code: "unknown_channel", Path: fmt.Sprintf("channel_ids.%d", i), Message: fmt.Sprintf("there is no channel %d", id), Fix: "choose one of the connected channels"})
		}
	}
	return append(problems, m.warnings(env)...)
}

// checkAddresses looks at every address that a client may be led to.
func (m *Message) checkAddresses() []Problem {
	var problems []Problem
	check := func(path, address string, schemes []string) {
		if fault := checkAddress(address, schemes); fault != "" {
			problems = append(problems, Problem{Code: "bad_config", Path: path, Message: fault, Fix: "write an address such as https://example.com/page"})
		}
	}
	for i, link := range m.Links {
		check(fmt.Sprintf("links.%d.url", i), link.URL, crm.LinkSchemes)
	}
	for i, file := range m.Files {
		if file.ID == "" && file.URL != "" {
			check(fmt.Sprintf("files.%d.url", i), file.URL, crm.WebSchemes)
		}
	}
	return problems
}

func (m *Message) warnings(env Env) []Problem {
	if len(m.Buttons) == 0 {
		if m.NoAnswerAfter != nil {
			return []Problem{{Code: "unused_timer", Warning: true, Path: "no_answer_after", Message: "a message without quick replies does not wait, so its timer never runs", Fix: "add quick replies, or a pause after it"}}
		}
		return nil
	}
	var problems []Problem
	if m.NoAnswerAfter == nil {
		problems = append(problems, Problem{Code: "no_answer_exit", Warning: true, Path: "no_answer_after", Message: "the question waits for ever if nobody answers", Fix: "set no_answer_after and connect the exit \"silent\""})
	} else if m.NoAnswerAfter.Duration() == 0 {
		problems = append(problems, Problem{Code: "bad_config", Path: "no_answer_after", Message: "the no-answer timer is zero", Fix: "set hours, minutes or seconds"})
	}
	if most := env.MostButtons; most > 0 && len(m.Buttons) > most {
		problems = append(problems, Problem{Code: "many_buttons", Warning: true, Path: "buttons", Message: fmt.Sprintf("a channel shows at most %d buttons under a message; the %d here become a list or numbered lines", most, len(m.Buttons)), Fix: fmt.Sprintf("use at most %d, or ask in two steps", most)})
	}
	return problems
}
