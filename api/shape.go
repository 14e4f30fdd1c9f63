package api

import (
	"encoding/json"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/swaggest/jsonschema-go"

	"salesbot/crm"
)

// seconds is a time in Unix seconds, of the years 1970 to 9999. The decoder refuses any other number.
type seconds int64

// PrepareJSONSchema tells the API's description the limits.
func (seconds) PrepareJSONSchema(schema *jsonschema.Schema) error {
	schema.WithMinimum(float64(crm.MinSeconds)).WithMaximum(float64(crm.MaxSeconds))
	return nil
}

func (s seconds) time() time.Time { return time.Unix(int64(s), 0).UTC() }

// What a text holds at most where its field's maxLength says nothing, and one in a field of no fixed shape.
const (
	maxText  = 4096
	maxLoose = 1 << 16
)

var rawJSON = reflect.TypeFor[json.RawMessage]()

// checkShape compares decoded JSON with the type that it is meant for: kinds, whole numbers, ranges, lengths, words of an
// enum, and no null in a list. The limits are the tags minimum, maximum, maxLength, maxItems and enum, which the API's
// description shows. Errors name the field by its path.
func checkShape(t reflect.Type, tag reflect.StructTag, path string, value any) error {
	if value == nil {
		return nil // as if it was not there
	}
	if t.Kind() == reflect.Pointer {
		return checkShape(t.Elem(), tag, path, value)
	}
	if t == rawJSON {
		return checkLoose(path, value, math.MaxInt)
	}
	switch t.Kind() { //nolint:exhaustive // these are the kinds that bodies have
	case reflect.Interface:
		return checkLoose(path, value, maxLoose)
	case reflect.Struct:
		return checkObject(t, path, value)
	case reflect.Map:
		return checkMap(t, path, value)
	case reflect.Slice, reflect.Array:
		return checkList(t, tag, path, value)
	default:
		return checkScalar(t, tag, path, value)
	}
}

func checkMap(t reflect.Type, path string, value any) error {
	object, ok := value.(map[string]any)
	if !ok {
		return crm.FieldError(orBody(path), "expected an object")
	}
	for name, inner := range object {
		if err := checkShape(t.Elem(), "", below(path, name), inner); err != nil {
			return err
		}
	}
	return nil
}

func checkScalar(t reflect.Type, tag reflect.StructTag, path string, value any) error {
	switch t.Kind() { //nolint:exhaustive // all others are numbers
	case reflect.String:
		text, ok := value.(string)
		if !ok {
			return crm.FieldError(orBody(path), "expected a text")
		}
		return checkText(path, text, tag, maxText)
	case reflect.Bool:
		if _, ok := value.(bool); !ok {
			return crm.FieldError(orBody(path), "expected true or false")
		}
		return nil
	default:
		number, ok := value.(json.Number)
		if !ok {
			return crm.FieldError(orBody(path), "expected a number")
		}
		return checkNumber(t, tag, path, string(number))
	}
}

func checkObject(t reflect.Type, path string, value any) error {
	object, ok := value.(map[string]any)
	if !ok {
		return crm.FieldError(orBody(path), "expected an object")
	}
	for name, inner := range object {
		field, known := jsonField(t, name)
		if !known {
			continue // the decoder says so in its own words
		}
		if err := checkShape(field.Type, field.Tag, below(path, name), inner); err != nil {
			return err
		}
	}
	return nil
}

// jsonField finds the field as encoding/json does: whatever the case of its letters.
func jsonField(t reflect.Type, name string) (reflect.StructField, bool) {
	for _, field := range reflect.VisibleFields(t) {
		called, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if called != "" && strings.EqualFold(called, name) {
			return field, true
		}
	}
	return reflect.StructField{}, false
}

func checkList(t reflect.Type, tag reflect.StructTag, path string, value any) error {
	list, ok := value.([]any)
	if !ok {
		return crm.FieldError(orBody(path), "expected a list")
	}
	if most, limited := limit(tag, "maxItems"); limited && int64(len(list)) > most {
		return crm.FieldError(orBody(path), "at most %d items", most)
	}
	if t.Kind() == reflect.Array && len(list) != t.Len() {
		return crm.FieldError(orBody(path), "takes exactly %d items", t.Len())
	}
	for i, item := range list {
		at, index := below(path, strconv.Itoa(i)), strconv.Itoa(i)
		if path == "" {
			at = "" // the problem names the item of the request's own list
		}
		var err error
		if item == nil {
			err = crm.FieldError(orBody(at), "an item of a list can't be null")
		} else {
			err = checkShape(t.Elem(), "", at, item)
		}
		if err != nil && path == "" {
			return itemFailed(index, err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// checkLoose looks at what has no fixed shape: nothing in it may be more than both databases and every reader can take.
func checkLoose(path string, value any, most int) error {
	switch value := value.(type) {
	case string:
		if utf8.RuneCountInString(value) > most {
			return crm.FieldError(orBody(path), "at most %d characters", most)
		}
	case json.Number:
		if _, err := strconv.ParseFloat(string(value), 64); err != nil {
			return crm.FieldError(orBody(path), "the number is too large")
		}
	case []any:
		for i, item := range value {
			if err := checkLoose(below(path, strconv.Itoa(i)), item, most); err != nil {
				return err
			}
		}
	case map[string]any:
		for name, item := range value {
			if err := checkLoose(below(path, name), item, most); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkText(path, text string, tag reflect.StructTag, most int64) error {
	if own, ok := limit(tag, "maxLength"); ok {
		most = own
	}
	if int64(utf8.RuneCountInString(text)) > most {
		return crm.FieldError(orBody(path), "at most %d characters", most)
	}
	words := tag.Get("enum")
	if words == "" || text == "" {
		return nil // whether an empty word will do is the field's own matter
	}
	for word := range strings.SplitSeq(words, ",") {
		if word == text {
			return nil
		}
	}
	return crm.FieldError(orBody(path), "must be one of: %s", strings.ReplaceAll(words, ",", ", "))
}

func checkNumber(t reflect.Type, tag reflect.StructTag, path, number string) error {
	if t.Kind() == reflect.Float64 {
		n, err := strconv.ParseFloat(number, 64)
		if err != nil {
			return crm.FieldError(orBody(path), "the number is too large")
		}
		return checkRange(tag, path, n)
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return crm.FieldError(orBody(path), "expected a whole number, got %.40s", number)
	}
	return checkWhole(t, tag, path, n)
}

// checkWhole refuses what the column can't hold: an int is kept in 32 bits.
func checkWhole(t reflect.Type, tag reflect.StructTag, path string, n int64) error {
	if t == reflect.TypeFor[seconds]() {
		_, err := crm.TimeOf(orBody(path), n)
		return err
	}
	if t.Kind() == reflect.Int && (n > math.MaxInt32 || n < math.MinInt32) {
		return crm.FieldError(orBody(path), "must be from %d to %d", math.MinInt32, math.MaxInt32)
	}
	least, low := limit(tag, "minimum")
	most, high := limit(tag, "maximum")
	if low && n < least || high && n > most {
		return outside(tag, path)
	}
	return nil
}

func checkRange(tag reflect.StructTag, path string, n float64) error {
	least, low := limit(tag, "minimum")
	most, high := limit(tag, "maximum")
	if low && n < float64(least) || high && n > float64(most) {
		return outside(tag, path)
	}
	return nil
}

func outside(tag reflect.StructTag, path string) error {
	least, most := tag.Get("minimum"), tag.Get("maximum")
	switch {
	case most == "":
		return crm.FieldError(orBody(path), "must be at least %s", least)
	case least == "":
		return crm.FieldError(orBody(path), "must be at most %s", most)
	}
	return crm.FieldError(orBody(path), "must be %s to %s", least, most)
}

func limit(tag reflect.StructTag, name string) (int64, bool) {
	n, err := strconv.ParseInt(tag.Get(name), 10, 64)
	return n, err == nil
}

func below(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func orBody(path string) string {
	if path == "" {
		return "body"
	}
	return path
}
