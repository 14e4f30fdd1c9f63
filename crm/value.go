package crm

import (
	"fmt"
	"math"
	"net/mail"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// HasEnums says whether the field's values come from its own list of choices.
func (t FieldType) HasEnums() bool {
	return t == FieldSelect || t == FieldMultiselect || t == FieldRadio || t == FieldMultitext
}

// Several says whether a card may hold more than one value of such a field.
func (t FieldType) Several() bool { return t == FieldMultiselect || t == FieldMultitext }

// Valid says whether it is one of the field types.
func (t FieldType) Valid() bool {
	switch t {
	case FieldText, FieldTextarea, FieldNumeric, FieldMonetary, FieldCheckbox, FieldSelect, FieldMultiselect, FieldRadio,
		FieldMultitext, FieldDate, FieldDateTime, FieldBirthday, FieldURL:
		return true
	}
	return false
}

// Check returns the values in the form in which they are kept, or an error whose Field is the path of the bad one, such
// as "values.0.value". Texts, numbers and money become strings, times Unix seconds, choices carry their enum.
func (f CustomField) Check(values []Value) ([]Value, error) {
	if len(values) > 1 && !f.Type.Several() {
		return nil, FieldError("values", "field %q takes one value", f.Name)
	}
	checked := make([]Value, 0, len(values))
	for i, value := range values {
		good, err := f.check(value)
		if err != nil {
			return nil, FieldError(fmt.Sprintf("values.%d.value", i), "field %q: %s", f.Name, err)
		}
		if text, isText := good.Value.(string); isText && text == "" {
			continue // an empty text is no value
		}
		checked = append(checked, good)
	}
	return checked, nil
}

func (f CustomField) check(v Value) (Value, error) {
	switch f.Type {
	case FieldNumeric, FieldMonetary:
		return number(v)
	case FieldCheckbox:
		return checkbox(v)
	case FieldSelect, FieldRadio, FieldMultiselect:
		return f.choice(v)
	case FieldMultitext:
		return f.multitext(v)
	case FieldDate, FieldDateTime, FieldBirthday:
		return moment(v)
	case FieldURL:
		return link(v)
	}
	s, err := text(v)
	return Value{Value: s}, err
}

func text(v Value) (string, error) {
	s, ok := asText(v.Value)
	if !ok {
		return "", fmt.Errorf("the value must be a text")
	}
	if utf8.RuneCountInString(s) > MaxFieldText {
		return "", fmt.Errorf("the value is longer than %d characters", MaxFieldText)
	}
	return s, nil
}

func number(v Value) (Value, error) {
	s, ok := asText(v.Value)
	s = strings.ReplaceAll(strings.TrimSpace(s), ",", ".")
	if ok && s == "" {
		return Value{Value: ""}, nil
	}
	n, err := strconv.ParseFloat(s, 64)
	if !ok || err != nil || math.IsInf(n, 0) || math.IsNaN(n) {
		return Value{}, fmt.Errorf("%q is not a number", s)
	}
	return Value{Value: s}, nil
}

func checkbox(v Value) (Value, error) {
	switch s, _ := asText(v.Value); strings.ToLower(strings.TrimSpace(s)) {
	case "true", "1", "yes", "on":
		return Value{Value: true}, nil
	case "false", "0", "no", "off", "":
		return Value{Value: false}, nil
	}
	return Value{}, fmt.Errorf("the value must be true or false")
}

// choice finds the enum by id, then by code, then by its words.
func (f CustomField) choice(v Value) (Value, error) {
	s, _ := asText(v.Value)
	for _, e := range f.Enums {
		byID := v.EnumID != 0 && e.ID == v.EnumID
		byCode := v.EnumID == 0 && v.EnumCode != "" && e.Code == v.EnumCode
		byWords := v.EnumID == 0 && v.EnumCode == "" && Fold(e.Value) == Fold(s)
		if byID || byCode || byWords {
			return Value{Value: e.Value, EnumID: e.ID, EnumCode: e.Code}, nil
		}
	}
	if v.EnumID == 0 && v.EnumCode == "" && s == "" {
		return Value{Value: ""}, nil
	}
	return Value{}, fmt.Errorf("it has no such choice")
}

func (f CustomField) multitext(v Value) (Value, error) {
	s, err := text(v)
	if s = strings.TrimSpace(s); s == "" {
		return Value{Value: ""}, err
	}
	if f.Code == CodeEmail {
		if address, err := mail.ParseAddress(s); err != nil || address.Address != s {
			return Value{}, fmt.Errorf("%q is not an e-mail address", s)
		}
	}
	if f.Code == CodePhone && len(Digits(s)) < 3 {
		return Value{}, fmt.Errorf("%q is not a phone number", s)
	}
	kind, err := f.kind(v)
	return Value{Value: s, EnumID: kind.ID, EnumCode: kind.Code}, err
}

// kind is the sort of phone or e-mail that v names; the first one without a name.
func (f CustomField) kind(v Value) (Enum, error) {
	for _, e := range f.Enums {
		if v.EnumID == 0 && v.EnumCode == "" || v.EnumID == e.ID || v.EnumID == 0 && v.EnumCode == e.Code {
			return e, nil
		}
	}
	if v.EnumID == 0 && v.EnumCode == "" {
		return Enum{}, nil
	}
	return Enum{}, fmt.Errorf("it has no kind with enum_id %d, enum_code %q", v.EnumID, v.EnumCode)
}

// moment reads Unix seconds, RFC 3339, or a plain date, which is midnight UTC.
func moment(v Value) (Value, error) {
	s, ok := asText(v.Value)
	if s = strings.TrimSpace(s); ok && s == "" {
		return Value{Value: ""}, nil
	}
	if seconds, err := strconv.ParseInt(s, 10, 64); err == nil {
		if year := time.Unix(seconds, 0).UTC().Year(); year < 1 || year > 9999 {
			return Value{}, fmt.Errorf("%d must be in Unix seconds, of the years 1 to 9999", seconds)
		}
		return Value{Value: seconds}, nil
	}
	for _, layout := range []string{time.RFC3339, time.DateTime, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return Value{Value: t.Unix()}, nil
		}
	}
	return Value{}, fmt.Errorf("%q is neither Unix seconds nor a date such as 2026-01-31 or 2026-01-31T15:04:05Z", s)
}

func link(v Value) (Value, error) {
	s, err := text(v)
	if s = strings.TrimSpace(s); s == "" {
		return Value{Value: ""}, err
	}
	if err != nil {
		return Value{}, err
	}
	if fault := AddressFault(s, WebSchemes); fault != "" {
		return Value{}, fmt.Errorf("%.80q is not an http or https address: %s", s, fault)
	}
	return Value{Value: s}, nil
}

// Digits are the digits of a phone number, nothing else.
func Digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// asText renders what JSON may hold in a value; false for lists and objects.
func asText(v any) (string, bool) {
	switch v := v.(type) {
	case nil:
		return "", true
	case string:
		return v, true
	case bool:
		return strconv.FormatBool(v), true
	case int:
		return strconv.Itoa(v), true
	case int64:
		return strconv.FormatInt(v, 10), true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	}
	return "", false
}

// Text is the value as people and placeholders read it: dates as 2026-01-31, times as 2026-01-31 15:04, in UTC.
func (f CustomField) Text(v Value) string {
	s, _ := asText(v.Value)
	layout := time.DateOnly
	switch f.Type {
	case FieldDateTime:
		layout = "2006-01-02 15:04"
	case FieldDate, FieldBirthday:
	default:
		return s
	}
	seconds, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return s
	}
	return time.Unix(seconds, 0).UTC().Format(layout)
}
