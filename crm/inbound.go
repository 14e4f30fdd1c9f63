package crm

import "time"

// InboundKind is what a channel's delivery says.
type InboundKind string

// What deliveries say.
const (
	InMessage InboundKind = "message"
	InEdit    InboundKind = "edit"
	InStatus  InboundKind = "status"
	InRead    InboundKind = "read"
	InBlocked InboundKind = "blocked"
	InBack    InboundKind = "unblocked"
	// InEcho is a message that our own people sent from the provider's app.
	InEcho InboundKind = "echo"
)

// Inbound is one thing that a channel heard.
type Inbound struct {
	Kind InboundKind
	// ChatID is the client's id on the channel; the chat is found or made by it.
	ChatID  string
	Profile Profile
	// MessageID is the provider's id of the message that is new, edited or reported; with ClientID, what makes a
	// repeated delivery recognisable. A new message has at least one of the two.
	MessageID string
	// ClientID is the id that the client's program made (live chat).
	ClientID string
	Text     string
	// Button is the payload of the button that was tapped.
	Button string
	Files  []File
	At     time.Time
	// Status and Error are an InStatus's.
	Status           MessageStatus
	ErrorCode, Error string
	// Ack is what the channel needs to acknowledge the delivery, in its own words.
	Ack string
}
