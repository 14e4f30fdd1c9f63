package crm

import (
	"encoding/json"
	"time"
)

// Channel is one connected account of one kind: a WhatsApp number, a Telegram bot, a live chat.
type Channel struct {
	ID   int64 `bun:",pk,autoincrement"`
	Kind string
	Name string
	// Settings are the kind's own, readable through the API.
	Settings json.RawMessage `bun:"type:jsonb"`
	// Secrets are the kind's tokens, encrypted; they never leave through the API.
	Secrets []byte
	// PipelineID is where its incoming leads go; 0 makes no leads.
	PipelineID int64
	SourceID   int64
	IsActive   bool
	CreatedAt  time.Time
	UpdatedAt  time.Time
}

// Source is where a lead came from.
type Source struct {
	ID         int64 `bun:",pk,autoincrement"`
	Name       string
	Kind       string
	ExternalID string
	PipelineID int64
	CreatedAt  time.Time
}

// Chat is one client's dialogue on one channel.
type Chat struct {
	// ID is a UUID.
	ID        string `bun:",pk"`
	ChannelID int64
	// ExternalID is the client's id on the channel; unique there.
	ExternalID string
	ContactID  int64
	LeadID     int64
	// Profile is what the channel knows about the client.
	Profile Profile `bun:"type:jsonb"`
	// TakenOverBy is the user who talks now instead of the bots; 0 if the bots may talk.
	TakenOverBy int64
	// Blocked says that the client refuses our messages.
	Blocked bool
	// ClientReadSeq and TeamReadSeq are up to which message the client and we have read.
	ClientReadSeq int64
	TeamReadSeq   int64
	LastMessageAt *time.Time
	CreatedAt     time.Time
	UpdatedAt     time.Time
}

// Profile is what a channel tells about a client.
type Profile struct {
	Name      string `json:"name,omitempty"`
	FirstName string `json:"first_name,omitempty"`
	LastName  string `json:"last_name,omitempty"`
	Username  string `json:"username,omitempty"`
	Phone     string `json:"phone,omitempty"`
	Email     string `json:"email,omitempty"`
	Language  string `json:"language,omitempty"`
	AvatarURL string `json:"avatar_url,omitempty"`
	PageURL   string `json:"page_url,omitempty"`
}

// TalkStatus is the state of a talk.
type TalkStatus string

// The states of a talk.
const (
	TalkInWork TalkStatus = "in_work"
	TalkClosed TalkStatus = "closed"
)

// Talk is a period of a chat from its first message to its closing.
type Talk struct {
	ID        int64 `bun:",pk,autoincrement"`
	ChatID    string
	ContactID int64
	LeadID    int64
	Status    TalkStatus
	// IsAnswered says that the newest message is ours.
	IsAnswered bool
	// Attended says that the client expects a person to answer, without a take-over: one has written, or stopped the bot.
	Attended  bool
	CreatedAt time.Time
	UpdatedAt time.Time
	ClosedAt  *time.Time
}
