package crm

import (
	"encoding/json"
	"fmt"
)

// Values are what an event says of before and after; nil where it says nothing. Rows of earlier versions, which held some
// parts without their word, read as those of today do.
func (e Event) Values() (before, after *EventValue, err error) {
	if before, err = readValue(e.Type, e.Before); err != nil {
		return nil, nil, fmt.Errorf("event %d, before: %w", e.ID, err)
	}
	if after, err = readValue(e.Type, e.After); err != nil {
		return nil, nil, fmt.Errorf("event %d, after: %w", e.ID, err)
	}
	return before, after, nil
}

// bareParts are the words under which the values of earlier versions belong that stand without.
var bareParts = map[EventType]string{
	LeadAdded: "lead_status", LeadDeleted: "lead_status", LeadStatusChanged: "lead_status", LeadChanged: "lead",
	ResponsibleChanged: "responsible_user", NameChanged: "name_field_value", SaleChanged: "sale_field_value",
	FieldChanged: "custom_field_value", TagAdded: "tag", TagDeleted: "tag", EntityLinked: "link", EntityUnlinked: "link",
	ContactChanged: "contact", TaskAdded: "task", TaskChanged: "task", TaskCompleted: "task", TaskDeleted: "task",
	ChatChanged: "chat", RunChanged: "run", BotChanged: "bot", CustomFieldChanged: "custom_field", ChannelChanged: "channel",
}

func readValue(kind EventType, raw json.RawMessage) (*EventValue, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil //nolint:nilnil // most events say nothing of before
	}
	value := new(EventValue)
	parts := map[string]json.RawMessage{}
	if err := json.Unmarshal(raw, &parts); err != nil {
		return nil, err
	}
	word := bareParts[kind]
	if _, today := parts[word]; today || word == "" {
		return value, json.Unmarshal(raw, value)
	}
	bare, err := json.Marshal(map[string]json.RawMessage{word: raw})
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(bare, value); err != nil {
		return nil, err
	}
	return value, value.fromBare(raw)
}

// fromBare fills in what earlier versions called otherwise.
func (v *EventValue) fromBare(raw json.RawMessage) error {
	var old struct {
		Price      int64      `json:"price"`
		EntityType EntityType `json:"entity_type"`
		EntityID   int64      `json:"entity_id"`
		Trigger    int64      `json:"trigger"`
	}
	if err := json.Unmarshal(raw, &old); err != nil {
		return err
	}
	switch {
	case v.Sale != nil:
		v.Sale = salePart(old.Price)
	case v.Link != nil:
		v.Link = linkPart(Entity{Type: old.EntityType, ID: old.EntityID})
	case v.Bot != nil:
		v.Bot.TriggerID = old.Trigger
	case v.Field != nil:
		v.Field = fieldPart(v.Field.FieldID, v.Field.Values)
	}
	return nil
}

// singular are Kommo's words for one card.
var singular = map[EntityType]string{Leads: "lead", Contacts: "contact", Companies: "company"}

func linkPart(to Entity) *LinkPart {
	return &LinkPart{Entity: LinkedPart{Type: singular[to.Type], ID: to.ID}}
}

func fieldPart(id int64, values []Value) *FieldPart {
	part := &FieldPart{FieldID: id, Values: values}
	if len(values) == 0 {
		part.Values = []Value{} // a list in JSON, too
		return part
	}
	part.EnumID = values[0].EnumID
	part.Text, _ = asText(values[0].Value)
	return part
}
