package crm

import (
	"slices"
	"time"
)

// Direction is from whom to whom a message goes.
type Direction string

// The directions.
const (
	DirectionIn  Direction = "in"
	DirectionOut Direction = "out"
)

// MessageStatus is what became of a message.
type MessageStatus string

// The states of a message. Unknown: the provider was called and nobody can know whether it accepted.
const (
	MessageReceived  MessageStatus = "received"
	MessageSending   MessageStatus = "sending"
	MessageCalling   MessageStatus = "calling"
	MessageSent      MessageStatus = "sent"
	MessageDelivered MessageStatus = "delivered"
	MessageRead      MessageStatus = "read"
	MessageFailed    MessageStatus = "failed"
	MessageUnknown   MessageStatus = "unknown"
)

// MaxMessageText is the longest text of a message in characters; the longest that every channel of ours takes.
const MaxMessageText = 4096

// Message is one inbound or outbound item of a chat.
type Message struct {
	// Seq grows within a chat; clients catch up by it.
	Seq int64 `bun:",pk,autoincrement"`
	// ID is a UUID.
	ID         string
	ChatID     string
	TalkID     int64
	Direction  Direction
	AuthorKind ActorKind
	AuthorID   int64
	// ExternalID is the provider's id; unique in the chat unless empty.
	ExternalID string
	// ClientID is the id that the sender's program made, so that a resend is one message; unique in the chat unless empty.
	ClientID string
	Text     string
	Buttons  []Button `bun:"type:jsonb"`
	Files    []File   `bun:"type:jsonb"`
	// Button is the payload of the button that the client tapped.
	Button string
	Status MessageStatus
	// ErrorCode and Error say why it failed, in the channel's words.
	ErrorCode string
	Error     string
	RunID     int64
	// Visit is the run's visit that asks by this message, if it has quick replies; else 0.
	Visit int
	// SpentAt is when the quick replies lost their meaning: the visit has left its wait, or the run will never hear an
	// answer. Nil while they may be tapped, and where there are none.
	SpentAt *time.Time
	// Chosen is the id of the quick reply by which the run went on; empty if it went on otherwise.
	Chosen string
	// EditAt is when a provider is told next that they are spent; nil if it need not be. EditTries counts the tries.
	EditAt    *time.Time
	EditTries int
	// CalledBy names the attempt that handed it to its provider last; empty before the first.
	CalledBy string
	// PartsSent counts the provider's messages that went out already, of one that takes several.
	PartsSent int
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Asks says that the message has quick replies, of which one may be tapped, and not only links.
func (m Message) Asks() bool {
	return slices.ContainsFunc(m.Buttons, Button.Asks)
}

// Button is a quick reply, or a link if it has a URL.
type Button struct {
	// ID comes back when the client taps; at most 64 bytes (Telegram's callback data). Empty for a link.
	ID   string `json:"id,omitempty"`
	Text string `json:"text"`
	URL  string `json:"url,omitempty"`
}

// Asks says that the button is a quick reply.
func (b Button) Asks() bool { return b.URL == "" }

// File is a file of a message: one of ours, known by its id, or one that lives at a URL.
type File struct {
	ID string `json:"id,omitempty"`
	// Type is picture, video, audio, voice or file.
	Type string `json:"type"`
	Name string `json:"name,omitempty"`
	MIME string `json:"mime,omitempty"`
	URL  string `json:"url,omitempty"`
	// Size is in bytes; 0 if unknown.
	Size int64 `json:"size,omitempty"`
}
