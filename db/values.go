package db

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/uptrace/bun"

	"salesbot/crm"
)

// FieldInput asks to set one custom field of a card, named by id or by code. No values clear it.
type FieldInput struct {
	FieldID int64
	Code    string
	Values  []crm.Value
	// Append adds to a field of several values; what is there already is not doubled.
	Append bool
}

// ValuesOf are the custom field values of several cards of one type, by card.
func (s *Store) ValuesOf(ctx context.Context, kind crm.EntityType, ids []int64) (map[int64][]crm.FieldValue, error) {
	return valuesOf(ctx, s.read, kind, ids)
}

func valuesOf(ctx context.Context, q bun.IDB, kind crm.EntityType, ids []int64) (map[int64][]crm.FieldValue, error) {
	var rows []crm.FieldValue
	err := q.NewSelect().Model(&rows).Where("entity_type = ?", kind).Where("entity_id IN (?)", bun.List(ids)).Order("field_id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read field values: %w", err)
	}
	values := map[int64][]crm.FieldValue{}
	for _, row := range rows {
		values[row.EntityID] = append(values[row.EntityID], row)
	}
	return values, nil
}

// SetFields sets custom fields of a card. An error's Field is a path such as custom_fields_values.0.field_id.
func (tx *Tx) SetFields(ctx context.Context, actor crm.Actor, card crm.Entity, inputs []FieldInput) error {
	if len(inputs) == 0 {
		return nil
	}
	if err := tx.lockCard(ctx, card); err != nil {
		return err
	}
	fields, err := fieldsOf(ctx, tx, card.Type)
	if err != nil {
		return err
	}
	values, err := valuesOf(ctx, tx, card.Type, []int64{card.ID})
	if err != nil {
		return err
	}
	changed := false
	for i, in := range inputs {
		path := fmt.Sprintf("custom_fields_values.%d.", i)
		field, ok := findField(fields, in)
		if !ok {
			return crm.FieldError(path+"field_id", "%s have no custom field with id %d, code %q", card.Type, in.FieldID, in.Code)
		}
		wrote, err := tx.setField(ctx, actor, card, field, in, values[card.ID])
		if err != nil {
			return under(path, err)
		}
		changed = changed || wrote
	}
	if !changed {
		return nil
	}
	return tx.touch(ctx, actor, card, "", nil)
}

// under puts an error's field below a path.
func under(path string, err error) error {
	if e, ok := err.(*crm.Error); ok { //nolint:errorlint // made by the callee, not wrapped
		return &crm.Error{Code: e.Code, Field: path + e.Field, Message: e.Message}
	}
	return err
}

func findField(fields []crm.CustomField, in FieldInput) (crm.CustomField, bool) {
	for _, field := range fields {
		if in.FieldID != 0 && field.ID == in.FieldID || in.FieldID == 0 && in.Code != "" && field.Code == in.Code {
			return field, true
		}
	}
	return crm.CustomField{}, false
}

// setField writes one field and says whether that changed anything.
func (tx *Tx) setField(ctx context.Context, actor crm.Actor, card crm.Entity, field crm.CustomField, in FieldInput, all []crm.FieldValue) (bool, error) {
	checked, err := field.Check(in.Values)
	if err != nil {
		return false, err
	}
	var before []crm.Value
	for _, value := range all {
		if value.FieldID == field.ID {
			before = value.Values
		}
	}
	if in.Append && field.Type.Several() {
		checked = union(field, before, checked)
	}
	if same(field, before, checked) {
		return false, nil
	}
	row := &crm.FieldValue{EntityType: card.Type, EntityID: card.ID, FieldID: field.ID, Values: checked}
	if len(checked) == 0 {
		_, err = tx.NewDelete().Model(row).WherePK().Exec(ctx)
	} else {
		_, err = tx.NewInsert().Model(row).On("CONFLICT (entity_type, entity_id, field_id) DO UPDATE").Set("? = EXCLUDED.?", bun.Ident("values"), bun.Ident("values")).Exec(ctx)
	}
	if err != nil {
		return false, fmt.Errorf("set field %d of %s %d: %w", field.ID, card.Type, card.ID, err)
	}
	if err := tx.indexField(ctx, card, field, checked); err != nil {
		return false, err
	}
	return true, tx.event(ctx, actor, crm.FieldChangedEvent{Card: card, FieldID: field.ID, Before: before, After: checked})
}

// union adds what is new; two phone numbers are the same if their digits are.
func union(field crm.CustomField, had, more []crm.Value) []crm.Value {
	all := append([]crm.Value{}, had...)
	seen := map[string]bool{}
	for _, v := range had {
		seen[sameness(field, v)] = true
	}
	for _, v := range more {
		if key := sameness(field, v); !seen[key] {
			seen[key] = true
			all = append(all, v)
		}
	}
	return all
}

// sameness is what two equal values of a field have in common.
func sameness(field crm.CustomField, v crm.Value) string {
	if field.Code == crm.CodePhone {
		return crm.Digits(field.Text(v))
	}
	return crm.Fold(field.Text(v))
}

func same(field crm.CustomField, a, b []crm.Value) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if field.Text(a[i]) != field.Text(b[i]) || a[i].EnumID != b[i].EnumID {
			return false
		}
	}
	return true
}

// SetContactField adds one value to a contact's field by the field's code, unless the contact has it.
func (tx *Tx) SetContactField(ctx context.Context, actor crm.Actor, contactID int64, code, value string) error {
	return tx.SetFields(ctx, actor, crm.Entity{Type: crm.Contacts, ID: contactID},
		[]FieldInput{{Code: code, Values: []crm.Value{{Value: value}}, Append: true}})
}

// customField is the field that "cf.12" or "cf.PHONE" names.
func customField(name string) (FieldInput, bool) {
	key, ok := strings.CutPrefix(name, "cf.")
	if !ok || key == "" {
		return FieldInput{}, false
	}
	if id, err := strconv.ParseInt(key, 10, 64); err == nil {
		return FieldInput{FieldID: id}, true
	}
	return FieldInput{Code: key}, true
}
