package crm

import (
	"encoding/json"
	"time"
)

// Bot has a draft, which changes, and published versions, which never do.
type Bot struct {
	ID    int64 `bun:",pk,autoincrement"`
	Name  string
	Draft json.RawMessage `bun:"type:jsonb"`
	// Revision counts the draft's changes; a save names the one it began from.
	Revision int64
	// VersionID is the published version that new runs get; 0 before the first publication.
	VersionID int64
	IsActive  bool
	CreatedBy int64
	UpdatedBy int64
	CreatedAt time.Time
	UpdatedAt time.Time
	DeletedAt *time.Time
}

// BotVersion is an immutable published document.
type BotVersion struct {
	ID    int64 `bun:",pk,autoincrement"`
	BotID int64
	// Number counts the bot's versions from 1.
	Number    int
	Document  json.RawMessage `bun:"type:jsonb"`
	CreatedBy int64
	CreatedAt time.Time
}

// Run is one launch of one bot version. Its workflow drives it; this row is what people and programs look at.
type Run struct {
	ID        int64 `bun:",pk,autoincrement"`
	BotID     int64
	VersionID int64
	LeadID    int64
	ContactID int64
	ChatID    string
	// ParentID is the run that started this one as a sub-bot; 0 for a run of its own.
	ParentID int64
	// Depth counts the runs that wait for this one; 0 for a run of its own.
	Depth int
	// Hops counts the launches in a row that led to this run without a wait for something from outside.
	Hops int
	// WorkflowID is the conversation's workflow, without the epoch.
	WorkflowID string
	// Birth is a name that no other run ever had, on whatever copy of the database; empty for runs from before there were any.
	Birth string
	// Status is one of bot.RunStatus.
	Status string
	// Hold, if set, is the command that stops or pauses the run; it holds from its commit on, before the workflow knows.
	Hold string
	// OnManagerReply is the version's setting, kept here so that a manager's reply can hold the run in its own transaction.
	OnManagerReply string
	Step           string
	// Visit is the number of the newest step visit on record.
	Visit        int
	WaitingFor   string
	WaitingUntil *time.Time
	Reason       string
	// LaunchedBy says what launched it: "user", "trigger", "api", "run".
	LaunchedBy string
	// MessageID is the client's message that launched it, if one did.
	MessageID string
	CreatedAt time.Time
	UpdatedAt time.Time
	EndedAt   *time.Time
}

// StepVisit is one row of a run's trace; Detail is a bot.Visit's got and notes.
type StepVisit struct {
	RunID     int64 `bun:",pk"`
	Number    int   `bun:",pk"`
	Step      string
	Kind      string
	Exit      string
	Detail    json.RawMessage `bun:"type:jsonb"`
	EnteredAt time.Time
	LeftAt    *time.Time
}
