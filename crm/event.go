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

// Fact is what happened, as it is recorded. Each type of event has one struct, which is its only constructor; the store
// writes events from nothing else.
type Fact interface {
	// Type is the type of the event that the fact becomes.
	Type() EventType
	record() record
}

// record is what an event is about and its values.
type record struct {
	entityType    string
	entityID      int64
	leadID        int64
	chatID        string
	before, after *EventValue
}

// NewEvent is the event that a fact becomes.
func NewEvent(actor Actor, at time.Time, fact Fact) (Event, error) {
	r := fact.record()
	e := Event{Type: fact.Type(), EntityType: r.entityType, EntityID: r.entityID, LeadID: r.leadID, ChatID: r.chatID,
		ActorKind: actor.Kind, ActorID: actor.ID, CreatedAt: at}
	var err error
	if e.Before, err = r.before.stored(); err != nil {
		return e, err
	}
	e.After, err = r.after.stored()
	return e, err
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
	CompanyDeleted       EventType = "company_deleted"
	TaskAdded            EventType = "task_added"
	TaskChanged          EventType = "task_changed"
	TaskCompleted        EventType = "task_completed"
	TaskDeleted          EventType = "task_deleted"
	NoteAdded            EventType = "common_note_added"
	NoteChanged          EventType = "note_changed"
	NoteDeleted          EventType = "note_deleted"
	TalkCreated          EventType = "talk_created"
	TalkWasClosed        EventType = "talk_closed"
	MessageIn            EventType = "incoming_chat_message"
	MessageOut           EventType = "outgoing_chat_message"
	MessageStatusChanged EventType = "chat_message_status_changed"
	MessageSpent         EventType = "chat_message_spent"
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

// facts are one of each type of event.
var facts = []Fact{
	LeadAddedEvent{}, LeadDeletedEvent{}, LeadStatusChangedEvent{}, LeadChangedEvent{},
	SaleChangedEvent{}, ResponsibleChangedEvent{}, NameChangedEvent{}, FieldChangedEvent{},
	ContactAddedEvent{}, ContactChangedEvent{}, ContactDeletedEvent{}, CompanyAddedEvent{},
	CompanyDeletedEvent{}, TagAddedEvent{}, TagDeletedEvent{}, EntityLinkedEvent{},
	EntityUnlinkedEvent{}, TaskAddedEvent{}, TaskChangedEvent{}, TaskCompletedEvent{},
	TaskDeletedEvent{}, NoteAddedEvent{}, NoteChangedEvent{}, NoteDeletedEvent{},
	TalkCreatedEvent{}, TalkWasClosedEvent{}, MessageInEvent{}, MessageOutEvent{},
	MessageStatusChangedEvent{}, MessageSpentEvent{}, VideoOpenedEvent{}, VideoClosedEvent{}, ChatChangedEvent{},
	ClientTypingEvent{}, TeamTypingEvent{}, RunChangedEvent{}, BotChangedEvent{},
	BotPassedOverEvent{}, PipelineChangedEvent{}, CustomFieldChangedEvent{}, ChannelChangedEvent{},
}

// EventTypes are all types of events.
func EventTypes() []EventType {
	types := make([]EventType, len(facts))
	for i, fact := range facts {
		types[i] = fact.Type()
	}
	return types
}

// Enum tells the API's description the words.
func (EventType) Enum() []any {
	words := make([]any, len(facts))
	for i, fact := range facts {
		words[i] = fact.Type()
	}
	return words
}
