package bot

import (
	"encoding/json"
	"strconv"
)

// Fit turns the texts of a JSON value into the numbers and truth values that its schema wants there, where they read as such:
// what placeholders stand for is always text. What does not read so stays as it is, and the schema refuses it.
func Fit(schema, raw json.RawMessage) json.RawMessage {
	var shape schemaShape
	var value any
	if json.Unmarshal(schema, &shape) != nil || json.Unmarshal(raw, &value) != nil {
		return raw
	}
	fitted, err := json.Marshal(shape.fit(value))
	if err != nil {
		return raw
	}
	return fitted
}

// schemaShape is as much of a schema as says which types are where. A type that is a list of types is left alone.
type schemaShape struct {
	Type       any                    `json:"type"`
	Properties map[string]schemaShape `json:"properties"`
	Items      *schemaShape           `json:"items"`
}

func (s schemaShape) fit(value any) any {
	switch v := value.(type) {
	case string:
		return s.scalar(v)
	case []any:
		for i := range v {
			if s.Items != nil {
				v[i] = s.Items.fit(v[i])
			}
		}
	case map[string]any:
		for name, property := range s.Properties {
			if one, ok := v[name]; ok {
				v[name] = property.fit(one)
			}
		}
	}
	return value
}

func (s schemaShape) scalar(text string) any {
	switch s.Type {
	case "integer":
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n
		}
	case "number":
		if n := json.Number(text); json.Valid([]byte(text)) && n != "" {
			if _, err := n.Float64(); err == nil {
				return n
			}
		}
	case "boolean":
		if text == "true" || text == "false" {
			return text == "true"
		}
	}
	return text
}
