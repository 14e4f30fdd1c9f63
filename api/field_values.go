package api

import (
	"salesbot/crm"
	"salesbot/db"
)

// fieldValuesJSON are one custom field's values on one card.
type fieldValuesJSON struct {
	FieldID    int64         `json:"field_id"`
	FieldName  string        `json:"field_name"`
	FieldCode  *string       `json:"field_code"`
	FieldType  crm.FieldType `json:"field_type"`
	Values     []crm.Value   `json:"values"`
	IsComputed bool          `json:"is_computed"`
}

func showValues(field crm.CustomField, values []crm.Value) fieldValuesJSON {
	shown := fieldValuesJSON{FieldID: field.ID, FieldName: field.Name, FieldType: field.Type, Values: append([]crm.Value{}, values...)}
	if field.Code != "" {
		shown.FieldCode = &field.Code
	}
	return shown
}

// fieldValuesWrite names a field by field_id or field_code. No values clear it.
type fieldValuesWrite struct {
	FieldID   int64        `json:"field_id,omitempty"`
	FieldCode *string      `json:"field_code,omitempty"`
	Values    []valueWrite `json:"values"`
	// The rest is read by nobody; Kommo's clients send it.
	FieldName  any `json:"field_name,omitempty"`
	FieldType  any `json:"field_type,omitempty"`
	IsComputed any `json:"is_computed,omitempty"`
}

type valueWrite struct {
	Value    any     `json:"value,omitempty"`
	EnumID   *int64  `json:"enum_id,omitempty"`
	EnumCode *string `json:"enum_code,omitempty"`
	// Enum is an older word for the enum_code.
	Enum *string `json:"enum,omitempty"`
}

func readValues(fields []fieldValuesWrite) []db.FieldInput {
	inputs := make([]db.FieldInput, len(fields))
	for i, field := range fields {
		inputs[i] = db.FieldInput{FieldID: field.FieldID, Code: value(field.FieldCode)}
		for _, v := range field.Values {
			code := value(v.EnumCode)
			if code == "" {
				code = value(v.Enum)
			}
			inputs[i].Values = append(inputs[i].Values, crm.Value{Value: v.Value, EnumID: value(v.EnumID), EnumCode: code})
		}
	}
	return inputs
}
