package bottest

import (
	"context"
	"errors"
	"fmt"

	"salesbot/bot"
	"salesbot/crm"
)

// Run plays every case of a script. A case that fails is no error: the report tells of it.
func Run(ctx context.Context, document bot.Document, script Script) (Report, error) {
	return script.PlayWith(ctx, append([]bot.Document{document}, script.documents[min(1, len(script.documents)):]...), Options{})
}

// Play plays a script that was loaded with its bots. Of the options only Twice, ContinueAsNew, Backwards and Around are used.
func (s Script) Play(ctx context.Context, o Options) (Report, error) {
	return s.PlayWith(ctx, s.documents, o)
}

// PlayWith plays a script with other bots than those that it names.
func (s Script) PlayWith(ctx context.Context, documents []bot.Document, o Options) (Report, error) {
	if len(documents) == 0 {
		return Report{}, errors.New("there is no bot to test")
	}
	report := Report{Bot: documents[0].Name}
	for _, c := range s.Cases {
		if err := ctx.Err(); err != nil {
			return report, err
		}
		o.Documents, o.Channel, o.Trigger = documents, or(c.Channel, s.Channel), or(c.Trigger, s.Trigger)
		o.Settings, o.Secrets, o.At = s.Settings, s.Secrets, c.At
		outcome, err := play(ctx, c, o)
		if err != nil {
			return report, fmt.Errorf("%s: %w", c.Name, err)
		}
		report.Cases = append(report.Cases, outcome)
	}
	return report, nil
}

func or(first, second string) string {
	if first != "" {
		return first
	}
	return second
}

// player plays one case.
type player struct {
	w *World
	// read is the number of the newest message that was named or passed over; last is the one that was named last.
	read int64
	last crm.Message
	// checked says that messages were named since the last action.
	checked bool
	// tasks, notes, calls and performances count those that were expected already.
	tasks, notes, calls, performances int
}

func play(ctx context.Context, c Case, o Options) (CaseReport, error) {
	outcome := CaseReport{Name: c.Name}
	w, err := New(ctx, o)
	if err != nil {
		return outcome, err
	}
	defer w.Close()
	p := &player{w: w}
	for i, step := range c.Steps {
		if err := step.do(p); err != nil {
			outcome.Failure = &Failure{Step: i + 1, Text: step.raw, Problem: err.Error()}
			break
		}
	}
	if outcome.Failure == nil {
		if err := p.beforeAction(); err != nil {
			outcome.Failure = &Failure{Step: len(c.Steps), Text: "the end", Problem: err.Error()}
		}
	}
	outcome.Transcript, err = w.Transcript()
	return outcome, err
}

// beforeAction passes over what the bot said. If the script named a part of it the rest must be named, too: else a
// message that is said twice would go unnoticed.
func (p *player) beforeAction() error {
	unread, err := p.unread()
	if err != nil {
		return err
	}
	if p.checked && len(unread) > 0 {
		return fmt.Errorf("the bot also said %s; %w", quoted(textsOf(unread)...), errNotNamed)
	}
	if len(unread) > 0 {
		p.read = unread[len(unread)-1].Seq
	}
	p.checked = false
	return nil
}

// unread are the bot's messages that got through and were not looked at.
func (p *player) unread() ([]crm.Message, error) {
	messages, err := p.w.Messages()
	if err != nil {
		return nil, err
	}
	var said []crm.Message
	for _, m := range messages {
		if m.Seq > p.read && m.AuthorKind == crm.ByBot && m.Status != crm.MessageFailed {
			said = append(said, m)
		}
	}
	return said, nil
}

func textsOf(messages []crm.Message) []string {
	list := make([]string, len(messages))
	for i, m := range messages {
		list[i] = m.Text
	}
	return list
}
