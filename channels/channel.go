// Package channels is what the product knows of every channel: the interface that a kind implements, what a kind can
// show, and the one rule by which a message is made to fit. A kind is a package of its own below.
package channels

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"time"

	"salesbot/crm"
)

// Channel is one kind of channel. An implementation holds no state of an account: each call gets the account.
type Channel interface {
	// Kind is the wire name: "telegram".
	Kind() string
	// Capabilities say what the kind can show and report.
	Capabilities() Capabilities
	// Validate checks an account's settings and secrets before they are saved; its errors are *crm.Error with the field.
	Validate(settings json.RawMessage, secrets Secrets) error
	// Receive checks that a delivery to the account's webhook is genuine, over the raw body, and reads what it says.
	// An *crm.Error with code Unauthorized is a wrong signature. A delivery that says nothing of interest gives nothing.
	Receive(account Account, header http.Header, body []byte) ([]Inbound, error)
	// Send renders the message into the provider's calls. The message fits Capabilities already. Errors are *SendError.
	Send(ctx context.Context, account Account, message Outbound) (Receipt, error)
}

// Connector is a channel that has to tell its provider where to deliver, or to stop.
type Connector interface {
	Connect(ctx context.Context, account Account, hookURL string) error
	Disconnect(ctx context.Context, account Account) error
}

// Acknowledger is a channel whose provider wants an answer to some deliveries beside HTTP 200 (Telegram's button taps).
type Acknowledger interface {
	Acknowledge(ctx context.Context, account Account, inbound []Inbound) error
}

// Secrets are an account's tokens by name.
type Secrets map[string]string

// Account is one connected account with its secrets decrypted.
type Account struct {
	ID       int64
	Settings json.RawMessage
	Secrets  Secrets
}

// Capabilities are what a kind can show and report. Lengths are in characters; 0 is no limit.
type Capabilities struct {
	// Local says that the channel is ours: a message has arrived when its row is committed, and nothing is called.
	Local bool `json:"local"`
	// Buttons is how many quick replies one message can carry; 0 is none.
	Buttons int `json:"buttons"`
	// ListItems is how many options a list message can carry; 0 is none.
	ListItems int `json:"list_items"`
	// ButtonTitle and ListTitle are the longest titles of a quick reply and of a list's option.
	ButtonTitle int  `json:"button_title"`
	ListTitle   int  `json:"list_title"`
	URLButtons  bool `json:"url_buttons"`
	// MaxURLButtons is how many links one message can carry; 0 is as many as Buttons.
	MaxURLButtons int `json:"max_url_buttons"`
	// MixedButtons says that links and quick replies may stand in one message.
	MixedButtons bool `json:"mixed_buttons"`
	Text         int  `json:"text"`
	// ButtonText is the longest text of a message with buttons, if that differs from Text.
	ButtonText int `json:"button_text"`
	// SpentButtons says what becomes of a question's buttons once nobody waits for the answer. Every kind has to say.
	SpentButtons SpentButtons `json:"spent_buttons"`
	// Caption is the longest text that may go with a file; NoCaption if files stand alone.
	Caption int `json:"caption"`
	// Files are the types it can send: picture, video, audio, voice, file. FileBytes is the largest.
	Files     []string `json:"files"`
	FileBytes int64    `json:"file_bytes"`
	// FilesPerMessage is how many files one message can carry; 0 is no limit.
	FilesPerMessage int `json:"files_per_message"`
	// Window is how long after the client's last message we may write; 0 is always.
	Window    time.Duration `json:"window"`
	Delivered bool          `json:"delivered"`
	Read      bool          `json:"read"`
	Typing    bool          `json:"typing"`
	// Video says that it reports when a client opens and closes a video.
	Video bool `json:"video"`
	// Idempotent says that the provider drops a repeated send with the same key.
	Idempotent bool `json:"idempotent"`
	// MakesLeads says that a stranger's first message makes a lead in the channel's pipeline.
	MakesLeads bool `json:"makes_leads"`
}

// SpentButtons is what becomes of a question's buttons once nobody waits for the answer.
type SpentButtons string

// What may become of them. A tap on buttons that stay comes as a message in words, as every late tap does.
const (
	// SpentShown: the channel is ours and follows the message, which says that they are spent.
	SpentShown SpentButtons = "shown"
	// SpentTaken: we take them off; the kind is a ButtonTaker.
	SpentTaken SpentButtons = "taken"
	// SpentGone: the provider takes them off by itself.
	SpentGone SpentButtons = "gone"
	// SpentStay: the provider can't change what was sent.
	SpentStay SpentButtons = "stay"
)

// Inbound is one thing that a channel heard.
type Inbound = crm.Inbound

// Outbound is one message to a provider.
type Outbound struct {
	// ChatID is the client's id on the channel.
	ChatID  string
	Text    string
	Buttons []crm.Button
	// AsList asks for the channel's list, because the buttons do not fit otherwise.
	AsList bool
	Files  []OutFile
	// Key is the same for every attempt at this message, for providers that drop repeats.
	Key string
}

// OutFile is a file to send: by URL, or, if that is empty, by its content.
type OutFile struct {
	crm.File

	// Open gives the content, which the caller closes, and its size in bytes. It may be called again for another attempt.
	Open func(ctx context.Context) (content io.ReadCloser, size int64, err error)
}

// Receipt is the provider's answer to a send.
type Receipt struct {
	// MessageID is the provider's id; of the last part if it took several.
	MessageID string
}

// SendError is a failed send.
type SendError struct {
	// Code is the provider's; Message is in words.
	Code, Message string
	// Permanent says that trying again is useless.
	Permanent bool
	// Blocked says that the client refuses our messages.
	Blocked bool
	// RetryAfter is how long the provider wants us to wait; 0 if it did not say.
	RetryAfter time.Duration
	// Unknown says that the provider may have accepted the message: the connection broke after the request went out.
	Unknown bool
}

func (e *SendError) Error() string { return e.Message }
