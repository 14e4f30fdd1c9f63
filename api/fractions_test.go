package api_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"salesbot/api"
	"salesbot/channels"
	"salesbot/channels/livechat"
	"salesbot/db/dbtest"
)

// A number is kept as it is given, or refused: 1.5 does not become 1 or 2 on its way into a field of whole numbers.
func TestNoFractionIsCutToAWholeNumber(t *testing.T) {
	t.Parallel()
	document, err := description()
	require.NoError(t, err)
	var spec map[string]any
	require.NoError(t, json.Unmarshal(document, &spec))
	w := newWorldOnSQLite(t)
	w.populate()
	tried := 0
	for _, op := range operations(t) {
		whole := wholeNumbers(spec, op)
		for _, field := range whole.body {
			for _, number := range []string{"1.5", "1e-1", "1.0000001"} {
				tried++
				r := w.call(op.method, op.at("1"), op.bodyWith(field, number))
				last := field[strings.LastIndexAny(field, "/]")+1:]
				if assert.Equal(t, http.StatusBadRequest, r.StatusCode, "%s with %s: %s of %s: %s", op.id, field, number, op.path, r.body) {
					assert.Contains(t, string(r.body), last, "%s: the refusal names the field", op.id)
				}
			}
		}
		for _, name := range whole.query {
			tried++
			r := w.call(op.method, op.at("1")+"?"+url.QueryEscape(name)+"=1.5", "")
			if assert.Equal(t, http.StatusBadRequest, r.StatusCode, "%s?%s: %s", op.id, name, r.body) {
				assert.Contains(t, string(r.body), strings.TrimSuffix(name, "[]"), op.id)
			}
		}
	}
	require.Greater(t, tried, 250)
}

type wholeFields struct{ body, query []string }

func wholeNumbers(spec map[string]any, op described) (found wholeFields) {
	raw := at(spec, "paths", op.path, strings.ToLower(op.method))
	parameters, _ := at(raw, "parameters").([]any)
	for _, p := range parameters {
		name, _ := at(p, "name").(string)
		schema := resolve(spec, at(p, "schema"))
		if at(p, "in") == "query" && (isWhole(schema) || isWhole(resolve(spec, at(schema, "items")))) {
			found.query = append(found.query, name)
		}
	}
	schema := resolve(spec, at(raw, "requestBody", "content", "application/json", "schema"))
	if items := at(schema, "items"); items != nil {
		schema = resolve(spec, items)
	}
	found.body = wholeIn(spec, schema, "", 4)
	return found
}

func wholeIn(spec map[string]any, schema any, path string, depth int) (found []string) {
	properties, _ := at(schema, "properties").(map[string]any)
	if depth == 0 {
		return nil
	}
	for name, property := range properties {
		inner := resolve(spec, property)
		switch items := resolve(spec, at(inner, "items")); {
		case isWhole(inner):
			found = append(found, path+name)
		case items != nil && !isWhole(items):
			found = append(found, wholeIn(spec, items, path+name+"[]/", depth-1)...)
		default:
			found = append(found, wholeIn(spec, inner, path+name+"/", depth-1)...)
		}
	}
	return found
}

// isWhole: a type that may be null is a list of types.
func isWhole(schema any) bool {
	if list, ok := at(schema, "type").([]any); ok {
		for _, one := range list {
			if one == "integer" {
				return true
			}
		}
	}
	return at(schema, "type") == "integer"
}

// What has no fixed shape in the description holds whole numbers, too.
func TestNoFractionIsCutInAChannelsSettingsOrABot(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.Open(t, dbtest.SQLiteURL(t)), api.Deps{Channels: map[string]channels.Channel{livechat.Kind: livechat.Channel{}}})
	w.ensureDefaults()
	r := w.call("POST", "/api/v4/channels", `{"kind":"livechat","name":"Site","settings":{"max_file_bytes":1.5}}`)
	r.want(400)
	require.Contains(t, string(r.body), "max_file_bytes")
	for _, config := range []string{`"kind":"add_task","config":{"text":"x","due":{"hours":1.5}}`, `"kind":"start_bot","config":{"bot_id":1.5}`,
		`"kind":"send_webhook","config":{"url":"https://example.com","timeout_seconds":1.5}`, `"kind":"add_task","config":{"text":"x","responsible_user_ids":[1.5]}`,
		`"kind":"message","config":{"text":"x","channel_ids":[1.5]}`, `"kind":"change_stage","config":{"stage_id":142.5}`} {
		path := w.addBot(`{"schema":1,"name":"B","start":"a","steps":[{"id":"a",` + config + `}]}`)
		r := w.call("POST", path+"/publish", `{"revision":1}`)
		require.Equal(t, 400, r.StatusCode, "%s: %s", config, r.body)
		require.Contains(t, string(r.body), "steps.a.config.", config)
	}
}
