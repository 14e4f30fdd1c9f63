package bot

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// ExpandJSON fills in the placeholders of every text in a JSON value, however deep; keys stay as they are. lookup is
// asked once a name. Its ok says whether it knows the name; a name that nobody knows renders as empty.
func ExpandJSON(raw json.RawMessage, lookup func(name string) (values []string, ok bool, err error)) (json.RawMessage, error) {
	if !bytes.Contains(raw, []byte("{{")) {
		return raw, nil
	}
	var value any
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return nil, fmt.Errorf("fill in placeholders: %w", err)
	}
	e := expander{lookup: lookup, known: Values{}, left: MaxExpanded}
	value = e.walk(value)
	if e.err != nil {
		return nil, e.err
	}
	return json.Marshal(value)
}

type expander struct {
	lookup func(name string) ([]string, bool, error)
	known  Values
	left   int
	err    error
}

func (e *expander) walk(value any) any {
	switch v := value.(type) {
	case string:
		return expand(v, &e.left, e.find)
	case []any:
		for i := range v {
			v[i] = e.walk(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = e.walk(v[key])
		}
	}
	return value
}

func (e *expander) find(name string) ([]string, bool) {
	if values, ok := e.known[name]; ok {
		return values, true
	}
	values, ok, err := e.lookup(name)
	if err != nil && e.err == nil {
		e.err = err
	}
	e.known[name] = values
	return values, ok
}

// JSONNames lists the placeholders of every text in a JSON value.
func JSONNames(raw json.RawMessage) []string { return Names(string(raw)) }
