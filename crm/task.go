package crm

import "time"

// The predefined types of a task.
const (
	TaskFollowUp int64 = 1
	TaskMeeting  int64 = 2
)

// Task is something that a person has to do about a card by a time.
type Task struct {
	ID            int64 `bun:",pk,autoincrement"`
	Text          string
	TypeID        int64
	EntityType    EntityType
	EntityID      int64
	ResponsibleID int64
	CompleteTill  time.Time
	// Duration is in seconds.
	Duration    int64
	IsCompleted bool
	Result      string
	CreatedBy   int64
	UpdatedBy   int64
	CreatedAt   time.Time
	UpdatedAt   time.Time
}

// Note is an entry of a card's feed. Params are the note type's own fields (Kommo API v4, notes).
type Note struct {
	ID         int64 `bun:",pk,autoincrement"`
	EntityType EntityType
	EntityID   int64
	// Type is Kommo's note_type: common, service_message, call_in, …
	Type          string         `bun:"note_type"`
	Params        map[string]any `bun:"type:jsonb"`
	ResponsibleID int64
	IsPinned      bool
	CreatedBy     int64
	UpdatedBy     int64
	CreatedAt     time.Time
	UpdatedAt     time.Time
}

// Tag is a word on cards of one type; its name is unique there, whatever its case.
type Tag struct {
	ID         int64 `bun:",pk,autoincrement"`
	EntityType EntityType
	Name       string
	// Fold is the name as it is compared: lower case, single spaces.
	Fold  string
	Color string
}
