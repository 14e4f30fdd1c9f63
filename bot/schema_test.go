package bot

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestASchemaStandsByItself(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "other.json")
	require.NoError(t, os.WriteFile(file, []byte(`{"type":"object"}`), 0o600))
	for _, refers := range []string{"file://" + file, "https://127.0.0.1:1/other.json", "other.json"} {
		_, err := CompileSchema(json.RawMessage(`{"$ref":"` + refers + `"}`))
		require.ErrorContains(t, err, "write it out under $defs", refers)
	}
	schema, err := CompileSchema(json.RawMessage(`{"type":"object","properties":{"a":{"$ref":"#/$defs/n"}},"$defs":{"n":{"type":"integer"}}}`))
	require.NoError(t, err)
	require.Empty(t, SchemaFaults(schema, json.RawMessage(`{"a":1}`)))
	faults := SchemaFaults(schema, json.RawMessage(`{"a":"x"}`))
	require.Len(t, faults, 1)
	require.Equal(t, []string{"a"}, faults[0].Path)
	require.Contains(t, faults[0].Message, "want integer")
	require.NotEmpty(t, SchemaFaults(schema, json.RawMessage(`{`)))
	for _, broken := range []string{`{"type":"nothing"}`, `[]`, `{`} {
		_, err := CompileSchema(json.RawMessage(broken))
		require.Error(t, err, broken)
	}
}

func TestTextsBecomeWhatTheSchemaWants(t *testing.T) {
	t.Parallel()
	schema := `{"type":"object","properties":{"i":{"type":"integer"},"n":{"type":"number"},"b":{"type":"boolean"},"t":{"type":"string"},
		"both":{"type":["integer","string"]},"list":{"type":"array","items":{"type":"integer"}},"deep":{"type":"object","properties":{"i":{"type":"integer"}}}}}`
	for name, c := range map[string]struct{ in, want string }{
		"numbers":                     {`{"i":"12","n":"1.50"}`, `{"i":12,"n":1.50}`},
		"truth":                       {`{"b":"true"}`, `{"b":true}`},
		"texts stay":                  {`{"t":"12","other":"12"}`, `{"t":"12","other":"12"}`},
		"what may be both stays":      {`{"both":"12"}`, `{"both":"12"}`},
		"lists and objects":           {`{"list":["1","x"],"deep":{"i":"3"}}`, `{"list":[1,"x"],"deep":{"i":3}}`},
		"what does not read so stays": {`{"i":"1.5","n":"1,5","b":"yes"}`, `{"i":"1.5","n":"1,5","b":"yes"}`},
		"no number at all":            {`{"n":"null","i":""}`, `{"n":"null","i":""}`},
		"what is right already":       {`{"i":7,"b":false}`, `{"i":7,"b":false}`},
		"nothing that fits":           {`"12"`, `"12"`},
	} {
		require.JSONEq(t, c.want, string(Fit(json.RawMessage(schema), json.RawMessage(c.in))), name)
	}
	require.Equal(t, `{`, string(Fit(json.RawMessage(schema), json.RawMessage(`{`))))
}

func TestADocumentsActivitiesAreFound(t *testing.T) {
	t.Parallel()
	doc := `{"steps":[{"id":"a","kind":"activity","config":{"name":"One"}},{"id":"b","kind":"message","config":{"name":"Two"}},{"id":"c","kind":"activity","config":{"name":"One"}}]}`
	require.Equal(t, []string{"One"}, ActivityNames(json.RawMessage(doc)))
	require.Empty(t, ActivityNames(json.RawMessage(`{`)))
}
