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
// the first MaxAnswerValues paths are kept, in the order of their names. What is no JSON object gives nothing.
func FlattenJSON(data []byte) Values {
	var object map[string]any
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	values := Values{}
	if decoder.Decode(&object) != nil {
		return values
	}
	values.flatten("", object)
	return values
}

func (v Values) flatten(path string, value any) {
	switch value := value.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(value)) {
			v.flatten(join(path, key), value[key])
		}
	case []any:
		var scalars []string
		for i, item := range value {
			if text, ok := scalar(item); ok {
				scalars = append(scalars, text)
			}
			v.flatten(join(path, strconv.Itoa(i)), item)
		}
		v.keep(path, scalars...)
	default:
		if text, ok := scalar(value); ok {
			v.keep(path, text)
		}
	}
}

func (v Values) keep(path string, texts ...string) {
	if len(texts) > 0 && len(v) < MaxAnswerValues {
		v[path] = texts[:min(len(texts), MaxAnswerValues)]
	}
}

func scalar(value any) (string, bool) {
	switch value := value.(type) {
	case string:
		return cut(value, MaxAnswerText), true
	case json.Number:
		return value.String(), true
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
