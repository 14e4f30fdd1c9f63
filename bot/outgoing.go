package bot

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Who is whom a message goes to.
type Who string

// The recipients. Chat, the default, is the chat in which the run talks; a run without one uses the main contact's
// most recent chat.
const (
	ToChat        Who = "chat"
	ToMainContact Who = "main_contact"
	ToAllContacts Who = "all_contacts"
)

// Outgoing is a message that a run wants to send. Its texts may hold placeholders, and have at most as many characters as
// the tag "most" says when those are filled in.
type Outgoing struct {
	Text        string       `json:"text,omitempty" most:"4096"`
	Buttons     []Button     `json:"buttons,omitempty"`
	Attachments []Attachment `json:"attachments,omitempty"`
	To          Who          `json:"to,omitempty"`
	// ChannelIDs limit the message to chats on these channels; empty is all.
	ChannelIDs []int64 `json:"channel_ids,omitempty"`
	// Primary sends to each contact's most recent chat only, not to every chat of the contact.
	Primary bool `json:"primary,omitempty"`
}

// Button is a quick reply, or a link if it has a URL.
type Button struct {
	// ID comes back when the client taps it; at most 64 bytes. Empty for a link.
	ID   string `json:"id,omitempty" most:"64"`
	Text string `json:"text" most:"80"`
	URL  string `json:"url,omitempty" most:"2048"`
}

// StepField is what the step calls the field at a path: links stand behind the quick replies, and files have another name.
func (o Outgoing) StepField(path string) string {
	list, rest, _ := strings.Cut(path, ".")
	number, field, _ := strings.Cut(rest, ".")
	at, err := strconv.Atoi(number)
	switch {
	case list == "attachments":
		return "files." + rest
	case list != "buttons" || err != nil || at >= len(o.Buttons) || o.Buttons[at].URL == "":
		return path
	}
	quick := slices.IndexFunc(o.Buttons, func(b Button) bool { return b.URL != "" })
	return fmt.Sprintf("links.%d.%s", at-quick, field)
}

// Sent is one message that an Outgoing became.
type Sent struct {
	MessageID string `json:"message_id"`
	ChatID    string `json:"chat_id"`
	// External says that a provider has to be called; without it the message has arrived with its transaction.
	External bool `json:"external,omitempty"`
}

// Outcome is what became of a message.
type Outcome struct {
	MessageID string `json:"message_id"`
	// Failed says that it did not go out and never will; Error says why.
	Failed bool   `json:"failed,omitempty"`
	Error  string `json:"error,omitempty"`
	// Unrecorded is how the call of the provider ended if our own database was away by then. It stands in the history, and is
	// recorded from there before anything else happens.
	Unrecorded *Handed `json:"unrecorded,omitempty"`
}

// Handed is how one attempt to hand a message to its provider ended.
type Handed struct {
	// Call names the attempt. A message that another one has taken up since is left to that one.
	Call string `json:"call"`
	// Status is the message's status; sending if it surely did not go out, or not all of it, and has to be tried again.
	Status string `json:"status"`
	// ErrorCode and Error say why it did not go out, in the channel's words.
	ErrorCode string `json:"error_code,omitempty"`
	Error     string `json:"error,omitempty"`
	// ExternalID is the provider's id of what went out.
	ExternalID string `json:"external_id,omitempty"`
	// PartsSent counts the provider's messages that went out, of one that takes several.
	PartsSent int `json:"parts_sent,omitempty"`
	// Blocked says that the client refuses our messages.
	Blocked bool `json:"blocked,omitempty"`
	// RetryAfter is how long the provider wants to be left alone, in nanoseconds.
	RetryAfter time.Duration `json:"retry_after,omitempty"`
}

// Wait is what a run waits for; the first thing that happens ends it.
type Wait struct {
	// Message ends the wait at the client's next message.
	Message bool `json:"message,omitempty"`
	// Until ends it at a time; zero is never.
	Until time.Time `json:"until,omitzero"`
	// Timed names what Until stands for, if a step waits for several times; the event that ends the wait tells it.
	Timed string `json:"timed,omitempty"`
	// Receipts end it when one of these comes for a message of this run, or for MessageID if set.
	Receipts  []ReceiptKind `json:"receipts,omitempty"`
	MessageID string        `json:"message_id,omitempty"`
	// Answer ends it when a person or a service answers.
	Answer bool `json:"answer,omitempty"`
	// For says in words what is waited for; shown to people and as the timer's summary.
	For string `json:"for"`
}

// ForSubBot is what a run waits for that has started another one. It is no wait for anything from outside.
const ForSubBot = "the sub-bot"

// EventKind is what ended a wait.
type EventKind string

// What may end a wait. Skipped: a person told the run to go on.
const (
	EventMessage EventKind = "message"
	EventTimer   EventKind = "timer"
	EventReceipt EventKind = "receipt"
	EventAnswer  EventKind = "answer"
	EventSkipped EventKind = "skipped"
)

// Event ended a wait.
type Event struct {
	Kind EventKind `json:"kind"`
	// Messages are the client's, in order; one, unless the bot gathers.
	Messages []Message `json:"messages,omitempty"`
	Receipt  *Receipt  `json:"receipt,omitempty"`
	// Timed is the wait's, if its time was over or a person skipped it.
	Timed  string  `json:"timed,omitempty"`
	Answer *Answer `json:"answer,omitempty"`
}

// Text is the messages' texts as one answer, a line each.
func (e Event) Text() string {
	var text string
	for _, m := range e.Messages {
		if m.Text == "" {
			continue
		}
		if text != "" {
			text += "\n"
		}
		text += m.Text
	}
	return text
}
