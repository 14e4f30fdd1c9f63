package crm

import (
	"encoding/json"
	"time"
)

// Event is one change of one thing. The events table is the activity feed and the only source of the live stream, of
// outgoing webhooks and of stage triggers.
type Event struct {
	ID int64 `bun:",pk,autoincrement"`
	// Tx orders events by the transaction that wrote them (PostgreSQL); 0 on SQLite, whose writers are one.
	Tx         int64
	Type       EventType
	EntityType string
	EntityID   int64
	// LeadID and ChatID are what the event concerns beside its entity; they let a stream be filtered without a join.
	LeadID    int64
	ChatID    string
	ActorKind ActorKind
	ActorID   int64
	Before    json.RawMessage `bun:"type:jsonb,nullzero"`
	After     json.RawMessage `bun:"type:jsonb,nullzero"`
	CreatedAt time.Time
}

// EventType says what changed; the words are Kommo's where Kommo has one (API v4, events).
type EventType string

// The events.
const (
	LeadAdded            EventType = "lead_added"
	LeadDeleted          EventType = "lead_deleted"
	LeadStatusChanged    EventType = "lead_status_changed"
	LeadChanged          EventType = "lead_changed"
	ResponsibleChanged   EventType = "entity_responsible_changed"
	NameChanged          EventType = "name_field_changed"
	SaleChanged          EventType = "sale_field_changed"
	FieldChanged         EventType = "custom_field_value_changed"
	TagAdded             EventType = "entity_tag_added"
	TagDeleted           EventType = "entity_tag_deleted"
	EntityLinked         EventType = "entity_linked"
	EntityUnlinked       EventType = "entity_unlinked"
	ContactAdded         EventType = "contact_added"
	ContactChanged       EventType = "contact_changed"
	ContactDeleted       EventType = "contact_deleted"
	CompanyAdded         EventType = "company_added"
	CompanyChanged       EventType = "company_changed"
	CompanyDeleted       EventType = "company_deleted"
	TaskAdded            EventType = "task_added"
	TaskChanged          EventType = "task_changed"
	TaskCompleted        EventType = "task_completed"
	TaskDeleted          EventType = "task_deleted"
	NoteAdded            EventType = "common_note_added"
	NoteChanged          EventType = "note_changed"
	NoteDeleted          EventType = "note_deleted"
	TalkCreated          EventType = "talk_created"
	TalkClosedEvent      EventType = "talk_closed"
	MessageIn            EventType = "incoming_chat_message"
	MessageOut           EventType = "outgoing_chat_message"
	MessageStatusChanged EventType = "chat_message_status_changed"
	ChatChanged          EventType = "chat_changed"
	ClientTyping         EventType = "client_typing"
	TeamTyping           EventType = "team_typing"
	VideoOpened          EventType = "video_opened"
	VideoClosed          EventType = "video_closed"
	RunChanged           EventType = "run_changed"
	BotChanged           EventType = "bot_changed"
	BotPassedOver        EventType = "bot_passed_over"
	PipelineChanged      EventType = "pipeline_changed"
	CustomFieldChanged   EventType = "custom_field_changed"
	ChannelChanged       EventType = "channel_changed"
)
