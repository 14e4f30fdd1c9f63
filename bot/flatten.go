package bot

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
)

// The most that is kept of a JSON answer: it travels in the conversation's history.
const (
	MaxAnswerValues = 100
	MaxAnswerText   = 2000
)

// FlattenJSON reads a JSON object as values by path: {"a":{"b":1},"c":["x","y"]} is a.b → 1, c → x, y and c.0 → x.
// A list's items that are objects are found by number: c.0.name. Texts are cut to MaxAnswerText characters, and only
// the first MaxAnswerValues paths are kept, in the order of their names. What is no JSON object gives nothing. clean, if
// there is one, sees each whole text, number and name first and says what is kept of it.
func FlattenJSON(data []byte, clean func(string) string) Values {
	var object map[string]any
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if clean == nil {
		clean = func(text string) string { return text }
	}
	f := flattener{Values: Values{}, clean: clean}
	if decoder.Decode(&object) == nil {
		f.flatten("", object)
	}
	return f.Values
}

type flattener struct {
	Values

	clean func(string) string
}

func (v flattener) flatten(path string, value any) {
	switch value := value.(type) {
	case map[string]any:
		keys := slices.Sorted(maps.Keys(value)) //workflowcheck:ignore sorted at once
		for _, key := range keys {
			v.flatten(join(path, v.clean(key)), value[key])
		}
	case []any:
		var scalars []string
		for i, item := range value {
			if text, ok := v.scalar(item); ok {
				scalars = append(scalars, text)
			}
			v.flatten(join(path, strconv.Itoa(i)), item)
		}
		v.keep(path, scalars...)
	default:
		if text, ok := v.scalar(value); ok {
			v.keep(path, text)
		}
	}
}

func (v flattener) keep(path string, texts ...string) {
	if len(texts) > 0 && len(v.Values) < MaxAnswerValues {
		v.Values[path] = texts[:min(len(texts), MaxAnswerValues)]
	}
}

func (v flattener) scalar(value any) (string, bool) {
	switch value := value.(type) {
	case string:
		return cut(v.clean(value), MaxAnswerText), true
	case json.Number:
		return v.clean(value.String()), true
	case bool:
		return strconv.FormatBool(value), true
	}
	return "", false
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
