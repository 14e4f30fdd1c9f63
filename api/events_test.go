package api_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/api"
	"salesbot/crm"
	"salesbot/db"
)

// TestEventsAreAsDescribed holds the API's description, from which the web's types are made, against one event of each
// type as it is written.
func TestEventsAreAsDescribed(t *testing.T) {
	t.Parallel()
	document, err := api.OpenAPI()
	require.NoError(t, err)
	var spec map[string]any
	require.NoError(t, json.Unmarshal(document, &spec))
	for _, schema := range []string{"Event", "Change"} {
		words := at(resolve(spec, at(spec, "components", "schemas", schema, "properties", "type")), "enum")
		require.Len(t, words, len(crm.EventTypes()), "types of %s", schema)
		for _, kind := range crm.EventTypes() {
			require.Contains(t, words, string(kind), "types of %s", schema)
		}
	}
	text, err := os.ReadFile(filepath.Join("..", "crm", "testdata", "events.json"))
	require.NoError(t, err)
	var examples map[string]map[string]any
	require.NoError(t, json.Unmarshal(text, &examples))
	value := at(spec, "components", "schemas", "EventValue")
	for kind, example := range examples {
		for _, side := range []string{"before", "after"} {
			if example[side] != nil {
				requireDescribed(t, spec, value, example[side], kind+" "+side)
			}
		}
	}
}

// requireDescribed: each field of a value stands in its schema.
func requireDescribed(t *testing.T, spec map[string]any, schema, value any, path string) {
	t.Helper()
	schema = resolve(spec, schema)
	switch value := value.(type) {
	case map[string]any:
		for name, inner := range value {
			described := at(schema, "properties", name)
			require.NotNil(t, described, "%s.%s is not described", path, name)
			requireDescribed(t, spec, described, inner, path+"."+name)
		}
	case []any:
		for _, inner := range value {
			requireDescribed(t, spec, at(schema, "items"), inner, path+"[]")
		}
	}
}

// TestTheFeedShowsRowsOfEarlierVersions in today's shape, and one that nobody can read without its values.
func TestTheFeedShowsRowsOfEarlierVersions(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(w *world) {
		lead := w.addLead()
		require.NoError(w.t, w.store.Change(w.t.Context(), func(ctx context.Context, tx *db.Tx) error {
			for _, after := range []string{`{"id":7}`, `{"id":"seven"}`} {
				old := crm.Event{Type: crm.ResponsibleChanged, EntityType: "leads", EntityID: lead.ID, LeadID: lead.ID, After: json.RawMessage(after), CreatedAt: tx.Now}
				if _, err := tx.NewInsert().Model(&old).Exec(ctx); err != nil {
					return err
				}
			}
			return nil
		}))
		list := w.call("GET", "/api/v4/events?filter[type]=entity_responsible_changed", "").want(200)
		require.Empty(w.t, at(list, "_embedded", "events", 0, "value_after"))
		require.EqualValues(w.t, 7, at(list, "_embedded", "events", 1, "value_after", 0, "responsible_user", "id"))
	})
}
