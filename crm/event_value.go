package crm

import (
	"encoding/json"
	"math"
)

// EventValue is what an event says of before or after: one part, under Kommo's word where Kommo has the event (API v4,
// events), else under the thing's own.
type EventValue struct {
	LeadStatus  *StagePart       `json:"lead_status,omitempty"`
	Lead        *LeadPart        `json:"lead,omitempty"`
	Responsible *UserPart        `json:"responsible_user,omitempty"`
	Name        *NamePart        `json:"name_field_value,omitempty"`
	Sale        *SalePart        `json:"sale_field_value,omitempty"`
	Field       *FieldPart       `json:"custom_field_value,omitempty"`
	Tag         *TagPart         `json:"tag,omitempty"`
	Link        *LinkPart        `json:"link,omitempty"`
	Contact     *ContactPart     `json:"contact,omitempty"`
	Task        *TaskPart        `json:"task,omitempty"`
	Note        *NotePart        `json:"note,omitempty"`
	Message     *MessagePart     `json:"message,omitempty"`
	Chat        *ChatPart        `json:"chat,omitempty"`
	Run         *RunPart         `json:"run,omitempty"`
	Bot         *BotPart         `json:"bot,omitempty"`
	LaunchedBot *BotPart         `json:"launched_bot,omitempty"`
	CustomField *CustomFieldPart `json:"custom_field,omitempty"`
	Channel     *ChannelPart     `json:"channel,omitempty"`
}

func (v *EventValue) stored() (json.RawMessage, error) {
	if v == nil {
		return nil, nil
	}
	return json.Marshal(v)
}

// StagePart is a lead's place.
type StagePart struct {
	ID         int64 `json:"id"`
	PipelineID int64 `json:"pipeline_id"`
}

// LeadPart is what a lead's other changes tell.
type LeadPart struct {
	SourceID int64 `json:"source_id"`
}

// UserPart names a user; 0 is nobody.
type UserPart struct {
	ID int64 `json:"id"`
}

// NamePart is a card's name.
type NamePart struct {
	Name string `json:"name"`
}

// SalePart is a lead's price, in whole major units under Kommo's word and with its cents under that of leads.
type SalePart struct {
	Sale           int64   `json:"sale"`
	WithMinorUnits float64 `json:"price_with_minor_units"`
}

func salePart(minor int64) *SalePart {
	return &SalePart{Sale: minor / 100, WithMinorUnits: float64(minor) / 100}
}

// Minor is the price in minor units.
func (p SalePart) Minor() int64 { return int64(math.Round(p.WithMinorUnits * 100)) }

// FieldPart is the value of a custom field: all its values, and the first one in Kommo's words. Kommo's field_type is a
// number of its own and left out.
type FieldPart struct {
	FieldID int64   `json:"field_id"`
	EnumID  int64   `json:"enum_id,omitempty"`
	Text    string  `json:"text"`
	Values  []Value `json:"values"`
}

// TagPart is a tag.
type TagPart struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// LinkPart says with what a card was linked.
type LinkPart struct {
	Entity LinkedPart `json:"entity"`
}

// LinkedPart is the other card of a link; its type is in the singular, as in Kommo.
type LinkedPart struct {
	Type string `json:"type"`
	ID   int64  `json:"id"`
}

// ContactPart is what a contact's other changes tell.
type ContactPart struct {
	CompanyID int64 `json:"company_id"`
}

// TaskPart is what the feed tells of a task.
type TaskPart struct {
	Text         string `json:"text"`
	CompleteTill int64  `json:"complete_till"`
	IsCompleted  bool   `json:"is_completed"`
	Result       string `json:"result"`
}

// NotePart names a note.
type NotePart struct {
	ID int64 `json:"id"`
}

// MessagePart names a message and says how its delivery stands.
type MessagePart struct {
	ID     string        `json:"id"`
	Status MessageStatus `json:"status,omitempty"`
	// Chosen is the id of the quick reply by which a bot went on.
	Chosen string `json:"chosen,omitempty"`
}
