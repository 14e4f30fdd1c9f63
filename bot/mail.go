package bot

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Everything that concerns a lead's bots reaches its conversation as mail: a Temporal signal whose payload is one of
// the types below. Mail is written to our own database first, in the transaction that causes it, and sent after the
// commit; the number it gets there orders it and lets a conversation drop what it has already seen.

// The names of the signals. They are wire names: open conversations hold them.
const (
	SignalMessage = "message"
	SignalLaunch  = "launch"
	SignalControl = "control"
	SignalAnswer  = "answer"
	SignalReceipt = "receipt"
	// SignalDeliver goes to a delivery, all others to a conversation.
	SignalDeliver = "deliver"
)

// DeliveryType is the name of the workflow type that hands what people of ours write to the channels' providers.
const DeliveryType = "Delivery"

// DeliveryID is the id of the workflow that delivers in a chat.
func DeliveryID(chatID string) string { return deliveryPrefix + chatID }

const deliveryPrefix = "delivery/"

// IsDelivery says whether a workflow id is a delivery's.
func IsDelivery(workflowID string) bool { return strings.HasPrefix(workflowID, deliveryPrefix) }

// Deliver asks a delivery to hand a message over.
type Deliver struct {
	Mail
	MessageID string `json:"message_id"`
}

// TaskQueue is the one of the product's own workers, which know no activities but their own.
const TaskQueue = "conversations"

// ConversationType is the name of the conversation's workflow type.
const ConversationType = "Conversation"

// Subject is whom a conversation is about: a lead, or a contact that has none.
type Subject struct {
	LeadID    int64 `json:"lead_id,omitempty"`
	ContactID int64 `json:"contact_id,omitempty"`
}

// WorkflowID is the id of the subject's conversation: conversation/lead-12, or conversation/contact-12 without a lead.
func (s Subject) WorkflowID() string {
	if s.LeadID != 0 {
		return fmt.Sprintf("conversation/lead-%d", s.LeadID)
	}
	return fmt.Sprintf("conversation/contact-%d", s.ContactID)
}

// ParseWorkflowID reads a conversation's id back.
func ParseWorkflowID(id string) (Subject, error) {
	var s Subject
	if _, err := fmt.Sscanf(id, "conversation/lead-%d", &s.LeadID); err == nil {
		return s, nil
	}
	if _, err := fmt.Sscanf(id, "conversation/contact-%d", &s.ContactID); err == nil {
		return s, nil
	}
	return s, fmt.Errorf("%q is no conversation's id", id)
}

// Mail is what every signal carries beside its own fields.
type Mail struct {
	// Seq is the number under which the mail is kept until it has arrived. It grows; a repeated delivery has the same one.
	// A database that is set back to an older state hands numbers out again.
	Seq int64 `json:"seq"`
	// At is when it was written.
	At time.Time `json:"at"`
}

// Key tells mail from any other, also from such as had the same number before the database was set back: it is made of
// the time, in microseconds, and the end of the number. Mail without a time has its number.
func (m *Mail) Key() int64 {
	if m.At.IsZero() {
		return m.Seq
	}
	const room = 1024
	return m.At.UnixMicro()*room + m.Seq%room
}

// Message is one message of a chat as a conversation sees it.
type Message struct {
	Mail
	ID     string `json:"id"`
	ChatID string `json:"chat_id"`
	// ChannelKind is the kind of the chat's channel, such as "livechat".
	ChannelKind string `json:"channel_kind,omitempty"`
	Text        string `json:"text,omitempty"`
	// Button is the payload of the tapped button; empty if the client typed.
	Button string `json:"button,omitempty"`
	// Attachments are the files that came with it.
	Attachments []Attachment `json:"attachments,omitempty"`
	// FromManager says that a person of ours wrote it, here or on the phone. Such a message is an event, never an answer.
	FromManager bool `json:"from_manager,omitempty"`
	// TakenOver says of a manager's message that the chat was taken over when it was written: no run is stopped or paused by it.
	TakenOver bool `json:"taken_over,omitempty"`
}

// Attachment is a file of a message. A file of ours has an ID; one that lives elsewhere has only a URL.
type Attachment struct {
	ID   string `json:"id,omitempty" most:"255"`
	Type string `json:"type" jsonschema:"enum=picture,enum=video,enum=audio,enum=voice,enum=file"`
	Name string `json:"name,omitempty" most:"200"`
	URL  string `json:"url,omitempty" most:"2048"`
	// Size is in bytes; 0 if unknown.
	Size int64  `json:"size,omitempty"`
	MIME string `json:"mime,omitempty" most:"255"`
}

// Launch starts a run. The run's row exists already; its id makes a repeated launch harmless.
type Launch struct {
	Mail
	RunID int64 `json:"run_id"`
	// Birth tells the run from any other that has the same number on another copy of the database.
	Birth     string `json:"birth,omitempty"`
	BotID     int64  `json:"bot_id"`
	VersionID int64  `json:"version_id"`
	// ChatID is the chat in which the run talks; empty if the lead has none yet.
	ChatID      string `json:"chat_id,omitempty"`
	ChannelKind string `json:"channel_kind,omitempty"`
	// Message is the client's message that launched it, if one did.
	Message *Message `json:"message,omitempty"`
	// PipelineID is the lead's when it was launched, for the conversation's search attributes.
	PipelineID int64 `json:"pipeline_id,omitempty"`
	// Step, if set, is where the run begins instead of the document's start: a run that is picked up again.
	Step string `json:"step,omitempty"`
	// Visit is the number of the last step visit that is on record; the run goes on counting from there.
	Visit int `json:"visit,omitempty"`
}

// Command is what a person tells a run to do.
type Command string

// The commands.
const (
	// CommandStop ends the run.
	CommandStop Command = "stop"
	// CommandPause holds the run where it is; its timers stop counting.
	CommandPause Command = "pause"
	// CommandResume lets a held run go on; its timers get the held time added.
	CommandResume Command = "resume"
	// CommandSkip ends the current wait as if its timer had run out, or, without a timer, by its first exit.
	CommandSkip Command = "skip"
	// CommandGoto leaves the current step and goes on at another.
	CommandGoto Command = "goto"
	// CommandTakeOver holds every run of the conversation: a manager talks now.
	CommandTakeOver Command = "take_over"
	// CommandHandBack gives the chat back to the bots.
	CommandHandBack Command = "hand_back"
)

// Control carries a command to one run, or to all of them if RunID is 0.
type Control struct {
	Mail
	RunID   int64   `json:"run_id,omitempty"`
	Command Command `json:"command"`
	// Step is where CommandGoto leads.
	Step string `json:"step,omitempty"`
	// UserID is who said so; 0 is the system.
	UserID int64 `json:"user_id,omitempty"`
	// Reason is shown in the trace.
	Reason string `json:"reason,omitempty"`
}

// Answer continues a run that waits for something other than a message: a person's input or an outside service.
type Answer struct {
	Mail
	RunID int64 `json:"run_id"`
	// Visit is the step visit that waits; an answer to an older one is dropped.
	Visit int             `json:"visit"`
	Value json.RawMessage `json:"value,omitempty"`
	// UserID is the manager who answered; 0 if a service did.
	UserID int64 `json:"user_id,omitempty"`
}

// ReceiptKind says what became of a message.
type ReceiptKind string

// The receipts that a conversation acts on.
const (
	ReceiptFailed      ReceiptKind = "failed"
	ReceiptVideoOpened ReceiptKind = "video_opened"
	ReceiptVideoClosed ReceiptKind = "video_closed"
)

// Receipt says what became of a message that a run sent.
type Receipt struct {
	Mail
	Kind      ReceiptKind `json:"kind"`
	MessageID string      `json:"message_id"`
	ChatID    string      `json:"chat_id"`
	RunID     int64       `json:"run_id,omitempty"`
	Error     string      `json:"error,omitempty"`
}

// Stamp gives the mail its number and time when it is sent.
func (m *Mail) Stamp(seq int64, at time.Time) { m.Seq, m.At = seq, at }

// Letter is a signal's payload.
type Letter interface {
	Stamp(seq int64, at time.Time)
}

// ReadLetter reads a payload as it was kept and stamps it.
func ReadLetter(signal string, payload []byte, seq int64, at time.Time) (Letter, error) {
	letters := map[string]Letter{SignalMessage: new(Message), SignalLaunch: new(Launch), SignalControl: new(Control),
		SignalAnswer: new(Answer), SignalReceipt: new(Receipt), SignalDeliver: new(Deliver)}
	letter, ok := letters[signal]
	if !ok {
		return nil, fmt.Errorf("there is no signal %q", signal)
	}
	if err := json.Unmarshal(payload, letter); err != nil {
		return nil, fmt.Errorf("read %s: %w", signal, err)
	}
	letter.Stamp(seq, at)
	return letter, nil
}
