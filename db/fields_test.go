package db_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/crm"
	"salesbot/db"
)

func newField(t testing.TB, store *db.Store, field crm.CustomField) crm.CustomField {
	t.Helper()
	change(t, store, func(ctx context.Context, tx *db.Tx) (err error) {
		field, err = tx.CreateField(ctx, ada, field)
		return err
	})
	return field
}

func TestDefaultsAreMadeOnce(t *testing.T) {
	eachCRM(t, func(t *testing.T, store *db.Store) {
		n := len(events(t, store))
		change(t, store, func(ctx context.Context, tx *db.Tx) error { return tx.EnsureDefaults(ctx) })
		require.Len(t, events(t, store), n)
		fields, err := store.Fields(t.Context(), crm.Contacts)
		require.NoError(t, err)
		require.Len(t, fields, 2)
		require.Equal(t, "WORKDD", fields[0].Enums[1].Code)
		refused(t, store, crm.Conflict, "", func(ctx context.Context, tx *db.Tx) error {
			return tx.DeleteField(ctx, ada, crm.Contacts, fields[0].ID)
		})
		refused(t, store, crm.Invalid, "id", func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.UpdateField(ctx, ada, crm.Contacts, fields[0].ID, db.FieldDefinition{Enums: []crm.Enum{}})
			return err
		})
	})
}

func TestFieldDefinitionsAreChecked(t *testing.T) {
	eachCRM(t, func(t *testing.T, store *db.Store) {
		kept := newField(t, store, crm.CustomField{EntityType: crm.Leads, Name: "Size", Type: crm.FieldSelect, Code: "SIZE", Enums: []crm.Enum{{Value: "S"}, {Value: "L"}}})
		require.Equal(t, int64(2), kept.Enums[1].ID)
		for name, field := range map[string]crm.CustomField{
			"name":          {Type: crm.FieldText},
			"type":          {Name: "x", Type: "colour"},
			"enums":         {Name: "x", Type: crm.FieldSelect},
			"enums.1.value": {Name: "x", Type: crm.FieldSelect, Enums: []crm.Enum{{Value: "a"}, {Value: "A "}}},
			"enums.0.id":    {Name: "x", Type: crm.FieldSelect, Enums: []crm.Enum{{ID: 5, Value: "a"}}},
			"code":          {Name: "x", Type: crm.FieldText, Code: "SIZE"},
		} {
			field.EntityType = crm.Leads
			refused(t, store, crm.Invalid, name, func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.CreateField(ctx, ada, field)
				return err
			})
		}
		change(t, store, func(ctx context.Context, tx *db.Tx) error {
			field, err := tx.UpdateField(ctx, ada, crm.Leads, kept.ID, db.FieldDefinition{Enums: []crm.Enum{{ID: 2, Value: "Large"}, {Value: "XL"}}})
			require.Equal(t, []crm.Enum{{ID: 2, Value: "Large", Sort: 1}, {ID: 3, Value: "XL", Sort: 2}}, field.Enums)
			return err
		})
	})
}

func TestAWrongValueChangesNothing(t *testing.T) {
	eachCRM(t, func(t *testing.T, store *db.Store) {
		size := newField(t, store, crm.CustomField{EntityType: crm.Leads, Name: "Size", Type: crm.FieldSelect, Enums: []crm.Enum{{Value: "S"}, {Value: "L"}}})
		when := newField(t, store, crm.CustomField{EntityType: crm.Leads, Name: "When", Type: crm.FieldDate, Code: "WHEN"})
		lead := newLead(t, store, crm.Lead{})
		card := crm.Entity{Type: crm.Leads, ID: lead.ID}
		setFields := func(inputs ...db.FieldInput) func(ctx context.Context, tx *db.Tx) error {
			return func(ctx context.Context, tx *db.Tx) error { return tx.SetFields(ctx, ada, card, inputs) }
		}
		n := len(events(t, store))
		change(t, store, setFields(db.FieldInput{FieldID: size.ID, Values: []crm.Value{{Value: "l"}}}, db.FieldInput{Code: "WHEN", Values: []crm.Value{{Value: "2026-01-31"}}}))
		change(t, store, setFields(db.FieldInput{FieldID: size.ID, Values: []crm.Value{{EnumID: 2}}}))
		require.Equal(t, []crm.EventType{crm.FieldChanged, crm.FieldChanged}, happened(t, store, n), "the same value again is no change")

		refused(t, store, crm.Invalid, "custom_fields_values.1.values.0.value", setFields(db.FieldInput{FieldID: size.ID, Values: []crm.Value{{Value: "S"}}}, db.FieldInput{FieldID: when.ID, Values: []crm.Value{{Value: "soon"}}}))
		refused(t, store, crm.Invalid, "custom_fields_values.0.field_id", setFields(db.FieldInput{FieldID: 1}))
		values, err := store.ValuesOf(t.Context(), crm.Leads, []int64{lead.ID})
		require.NoError(t, err)
		require.Len(t, values[lead.ID], 2)
		require.Equal(t, "L", values[lead.ID][0].Values[0].Value)

		change(t, store, setFields(db.FieldInput{FieldID: size.ID}))
		change(t, store, func(ctx context.Context, tx *db.Tx) error { return tx.DeleteField(ctx, ada, crm.Leads, when.ID) })
		values, err = store.ValuesOf(t.Context(), crm.Leads, []int64{lead.ID})
		require.NoError(t, err)
		require.Empty(t, values)
	})
}
