package bot

import (
	"encoding/json"
	"slices"
	"strings"
)

const secretCard = "secret."

// SecretName says that a placeholder names a secret, and which: secret.shop_key is shop_key. No run and no card knows
// such a name: only the activity that calls a service fills it in, so that it stands in no history and no trace.
func SecretName(placeholder string) (name string, ok bool) {
	return strings.CutPrefix(placeholder, secretCard)
}

// SecretNames lists the secrets that the texts of a JSON value name, each once, in order.
func SecretNames(raw json.RawMessage) []string {
	var value any
	if json.Unmarshal(raw, &value) != nil {
		return nil
	}
	names := secretNames(value, nil)
	slices.Sort(names)
	return slices.Compact(names)
}

func secretNames(value any, found []string) []string {
	switch v := value.(type) {
	case string:
		for _, name := range Names(v) {
			if secret, ok := SecretName(name); ok {
				found = append(found, secret)
			}
		}
	case []any:
		for _, item := range v {
			found = secretNames(item, found)
		}
	case map[string]any:
		for _, item := range v {
			found = secretNames(item, found)
		}
	}
	return found
}
