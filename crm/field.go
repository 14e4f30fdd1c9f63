package crm

// FieldType is the type of a custom field (Kommo API v4, custom fields).
type FieldType string

// The field types of this product.
const (
	FieldText        FieldType = "text"
	FieldTextarea    FieldType = "textarea"
	FieldNumeric     FieldType = "numeric"
	FieldMonetary    FieldType = "monetary"
	FieldCheckbox    FieldType = "checkbox"
	FieldSelect      FieldType = "select"
	FieldMultiselect FieldType = "multiselect"
	FieldRadio       FieldType = "radiobutton"
	FieldMultitext   FieldType = "multitext"
	FieldDate        FieldType = "date"
	FieldDateTime    FieldType = "date_time"
	FieldBirthday    FieldType = "birthday"
	FieldURL         FieldType = "url"
)

// The codes of the predefined fields of contacts and companies.
const (
	CodePhone = "PHONE"
	CodeEmail = "EMAIL"
)

// CustomField is a field that an account added to its cards.
type CustomField struct {
	ID         int64 `bun:",pk,autoincrement"`
	EntityType EntityType
	Name       string
	Type       FieldType
	// Code is a stable word for programs, unique per entity type, such as PHONE; may be empty.
	Code  string
	Sort  int
	Enums []Enum `bun:"type:jsonb"`
	// IsPredefined fields can't be deleted.
	IsPredefined bool
	IsAPIOnly    bool
}

// Enum is one choice of a select, or one kind of a phone or e-mail (WORK, MOB, …).
type Enum struct {
	ID    int64  `json:"id"`
	Value string `json:"value"`
	Code  string `json:"code,omitempty"`
	Sort  int    `json:"sort"`
}

// FieldValue holds the values of one custom field on one card.
type FieldValue struct {
	EntityType EntityType `bun:",pk"`
	EntityID   int64      `bun:",pk"`
	FieldID    int64      `bun:",pk"`
	Values     []Value    `bun:"type:jsonb"`
}

// Value is one value of a field. Value is a text, true or false, or Unix seconds, as the field's type says; numbers are
// texts.
type Value struct {
	Value    any    `json:"value"`
	EnumID   int64  `json:"enum_id,omitempty"`
	EnumCode string `json:"enum_code,omitempty"`
}
