package db

import (
	"context"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"salesbot/crm"
)

// maxFields is how many custom fields one entity type may have.
const maxFields = 400

// Fields are the custom fields of an entity type in order.
func (s *Store) Fields(ctx context.Context, kind crm.EntityType) ([]crm.CustomField, error) {
	return fieldsOf(ctx, s.read, kind)
}

func fieldsOf(ctx context.Context, q bun.IDB, kind crm.EntityType) ([]crm.CustomField, error) {
	var fields []crm.CustomField
	if err := q.NewSelect().Model(&fields).Where("entity_type = ?", kind).Order("sort", "id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("read custom fields: %w", err)
	}
	return fields, nil
}

// Field is one custom field.
func (s *Store) Field(ctx context.Context, kind crm.EntityType, id int64) (crm.CustomField, error) {
	return fieldOf(ctx, s.read, kind, id)
}

func fieldOf(ctx context.Context, q bun.IDB, kind crm.EntityType, id int64) (crm.CustomField, error) {
	var field crm.CustomField
	err := q.NewSelect().Model(&field).Where("entity_type = ?", kind).Where("id = ?", id).Scan(ctx)
	return field, found(err, "custom field", id)
}

// CreateField adds a custom field. Its enums get ids.
func (tx *Tx) CreateField(ctx context.Context, actor crm.Actor, field crm.CustomField) (crm.CustomField, error) {
	fields, err := fieldsOf(ctx, tx, field.EntityType)
	if err != nil {
		return field, err
	}
	if len(fields) >= maxFields {
		return field, crm.Errorf(crm.Invalid, "%s may have at most %d custom fields", field.EntityType, maxFields)
	}
	if field.Enums, err = numberedEnums(field.Enums, nil); err != nil {
		return field, err
	}
	if err := checkField(field, fields); err != nil {
		return field, err
	}
	field.ID = 0
	if field.Sort == 0 {
		field.Sort = len(fields) + 1
	}
	if _, err := tx.NewInsert().Model(&field).Exec(ctx); err != nil {
		return field, fmt.Errorf("add custom field: %w", err)
	}
	return field, tx.fieldsChanged(ctx, actor, field)
}

func (tx *Tx) fieldsChanged(ctx context.Context, actor crm.Actor, field crm.CustomField) error {
	return tx.event(ctx, actor, crm.CustomFieldChangedEvent{Field: field})
}

func checkField(field crm.CustomField, others []crm.CustomField) error {
	if name := strings.TrimSpace(field.Name); name == "" || len([]rune(name)) > crm.MaxName {
		return crm.FieldError("name", "a field needs a name of at most %d characters", crm.MaxName)
	}
	if !field.Type.Valid() {
		return crm.FieldError("type", "there is no field type %q", field.Type)
	}
	if field.Type == crm.FieldMultitext && field.EntityType == crm.Leads {
		return crm.FieldError("type", "leads have no multitext fields; contacts and companies do")
	}
	if field.Type.HasEnums() && len(field.Enums) == 0 {
		return crm.FieldError("enums", "a field of type %s needs choices", field.Type)
	}
	if !field.Type.HasEnums() && len(field.Enums) > 0 {
		return crm.FieldError("enums", "a field of type %s has no choices", field.Type)
	}
	for _, other := range others {
		if field.Code != "" && other.ID != field.ID && other.Code == field.Code {
			return crm.FieldError("code", "field %d has the code %q already", other.ID, field.Code)
		}
	}
	return nil
}

// numberedEnums gives new choices ids above those of old.
func numberedEnums(enums, old []crm.Enum) ([]crm.Enum, error) {
	var last int64
	known := map[int64]bool{}
	for _, e := range old {
		last, known[e.ID] = max(last, e.ID), true
	}
	folds := map[string]bool{}
	numbered := make([]crm.Enum, len(enums))
	for i, e := range enums {
		if e.ID != 0 && !known[e.ID] {
			return nil, crm.FieldError(fmt.Sprintf("enums.%d.id", i), "the field has no choice %d", e.ID)
		}
		if e.ID == 0 {
			last++
			e.ID = last
		}
		if e.Sort == 0 {
			e.Sort = i + 1
		}
		if fold := crm.Fold(e.Value); fold == "" || folds[fold] {
			return nil, crm.FieldError(fmt.Sprintf("enums.%d.value", i), "each choice needs words of its own")
		}
		folds[crm.Fold(e.Value)] = true
		numbered[i] = e
	}
	return numbered, nil
}

// FieldDefinition changes what is not nil. A field's type never changes. Enums replace the list: those with an id stay.
type FieldDefinition struct {
	Name      *string
	Code      *string
	Sort      *int
	IsAPIOnly *bool
	Enums     []crm.Enum
}

// UpdateField changes a custom field. Values of a choice that is gone stay as they are until somebody changes them.
func (tx *Tx) UpdateField(ctx context.Context, actor crm.Actor, kind crm.EntityType, id int64, edit FieldDefinition) (crm.CustomField, error) {
	field, err := fieldOf(ctx, tx, kind, id)
	if err != nil {
		return field, err
	}
	if field.IsPredefined && (edit.Enums != nil || edit.Code != nil && *edit.Code != field.Code) {
		return field, crm.FieldError("id", "field %q comes with the product; its code and choices can't change", field.Name)
	}
	set(&field.Name, edit.Name)
	set(&field.Code, edit.Code)
	set(&field.Sort, edit.Sort)
	set(&field.IsAPIOnly, edit.IsAPIOnly)
	if edit.Enums != nil {
		if field.Enums, err = numberedEnums(edit.Enums, field.Enums); err != nil {
			return field, err
		}
	}
	others, err := fieldsOf(ctx, tx, kind)
	if err != nil {
		return field, err
	}
	if err := checkField(field, others); err != nil {
		return field, err
	}
	if _, err := tx.NewUpdate().Model(&field).WherePK().Exec(ctx); err != nil {
		return field, fmt.Errorf("change custom field %d: %w", id, err)
	}
	return field, tx.fieldsChanged(ctx, actor, field)
}

// DeleteField deletes a custom field with its values on all cards.
func (tx *Tx) DeleteField(ctx context.Context, actor crm.Actor, kind crm.EntityType, id int64) error {
	field, err := fieldOf(ctx, tx, kind, id)
	if err != nil {
		return err
	}
	if field.IsPredefined {
		return crm.Errorf(crm.Conflict, "field %q comes with the product and can't be deleted", field.Name)
	}
	if _, err := tx.NewDelete().Model((*crm.FieldValue)(nil)).Where("field_id = ?", id).Exec(ctx); err != nil {
		return fmt.Errorf("delete the values of custom field %d: %w", id, err)
	}
	if _, err := tx.NewDelete().Model(&field).WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("delete custom field %d: %w", id, err)
	}
	return tx.fieldsChanged(ctx, actor, field)
}

// EnsureDefaults makes what every account has from the beginning: the phone and e-mail fields of contacts and
// companies, and a first pipeline. Calling it again changes nothing.
func (tx *Tx) EnsureDefaults(ctx context.Context) error {
	for _, kind := range []crm.EntityType{crm.Contacts, crm.Companies} {
		for _, field := range predefinedFields() {
			field.EntityType = kind
			_, err := tx.NewInsert().Model(&field).On("CONFLICT (entity_type, code) WHERE code <> '' DO NOTHING").Returning("NULL").Exec(ctx)
			if err != nil {
				return fmt.Errorf("add field %s: %w", field.Code, err)
			}
		}
	}
	pipelines, err := tx.NewSelect().Model((*crm.Pipeline)(nil)).Count(ctx)
	if err != nil || pipelines > 0 {
		return err
	}
	return tx.firstPipeline(ctx)
}

func (tx *Tx) firstPipeline(ctx context.Context) error {
	stages := []crm.Stage{
		{Name: "First contact", Color: "#98cbff"}, {Name: "Offer made", Color: "#fffd7f"},
		{Name: "Decision", Color: "#ffdc7f"}, {Name: "Contract", Color: "#87f2c0"},
	}
	_, err := tx.CreatePipeline(ctx, crm.Actor{Kind: crm.BySystem}, crm.Pipeline{Name: "Sales", Sort: 1, IsMain: true, IsUnsortedOn: true}, stages)
	return err
}

// predefinedFields have Kommo's kinds of phones and e-mails (API v4, custom fields).
func predefinedFields() []crm.CustomField {
	return []crm.CustomField{
		{Name: "Phone", Type: crm.FieldMultitext, Code: crm.CodePhone, Sort: 1, IsPredefined: true, Enums: kinds("WORK", "WORKDD", "MOB", "FAX", "HOME", "OTHER")},
		{Name: "Email", Type: crm.FieldMultitext, Code: crm.CodeEmail, Sort: 2, IsPredefined: true, Enums: kinds("WORK", "PRIV", "OTHER")},
	}
}

func kinds(codes ...string) []crm.Enum {
	enums := make([]crm.Enum, len(codes))
	for i, code := range codes {
		enums[i] = crm.Enum{ID: int64(i + 1), Value: code, Code: code, Sort: i + 1}
	}
	return enums
}
