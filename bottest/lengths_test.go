package bottest_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
	"salesbot/bottest"
	"salesbot/steps"
)

// notFilledIn are the texts of configurations that go nowhere: they name something, are read by editors only, or are
// compared. Any other text of any kind of step has a limit that holds after its placeholders are filled in.
var notFilledIn = []string{
	"condition.branches.0.title", "validation.rules.0.title", // shown on exits
	"condition.branches.0.terms.0.value", "condition.branches.0.terms.0.operand", "condition.branches.0.terms.0.to", // compared
	"validation.rules.0.checks.0.subject", "validation.rules.0.checks.0.value", "message.buttons.0.synonyms.0", // compared
	"goto.step", "set_field.prompt",
	"activity.name", "activity.result_as", "activity.errors.0", // names
}

// before is what an address must begin with to be published, and a field's name.
var before = map[string]string{"message.links.0.url": "https://example.com/", "message.files.0.url": "https://example.com/", "send_webhook.url": "https://example.com/",
	"set_field.field": "cf."}

// bases are configurations into which a long text is put, where the kind's example won't do.
var bases = map[string]string{
	"message":      `{"text":"Hi","buttons":[{"id":"a","text":"A"}],"links":[{"text":"L","url":"https://example.com"}]}`,
	"add_note":     `{"target":"lead","text":"Hi"}`,
	"set_field":    `{"target":"lead","field":"name","value":"Hi"}`,
	"send_webhook": `{"url":"https://example.com/","headers":{"X-Any":"x"},"body":{"a":"b"}}`,
}

var numbered = regexp.MustCompile(`\b\d+\b`)

// The texts are found in the schemas, so that none of a new kind or field is forgotten.
func TestWhatIsFilledInIsNeverLongerThanItsPlaceHolds(t *testing.T) {
	t.Parallel()
	paths := templatedFields(t)
	require.GreaterOrEqual(t, len(paths), 19)
	for path, most := range paths {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			kind, field, _ := strings.Cut(path, ".")
			field = strings.ReplaceAll(field, "*", "X-Any")
			template := before[path] + strings.Repeat("{{message_text}}", max(1, min(300, (most-len(before[path]))/len("{{message_text}}"))))
			for _, connected := range []bool{true, false} {
				w := world(t, bottest.Options{Documents: []bot.Document{filledIn(t, kind, field, template, connected)}})
				w.Web.Say(bottest.Answer{Status: 200})
				require.NoError(t, w.Client(strings.Repeat("я", 4096)))
				requireTooLong(t, w, field, connected)
			}
		})
	}
}

// requireTooLong checks that nothing went out, and that the run says of which field and limit that was.
func requireTooLong(t *testing.T, w *bottest.World, field string, connected bool) {
	t.Helper()
	run, err := w.Run()
	require.NoError(t, err)
	reason := run.Reason + "\n" + strings.Join(trace(t, w), "\n")
	require.Contains(t, reason, field+": has ")
	require.Regexp(t, `with its placeholders filled in; at most \d+ fit`, reason)
	want := []string(nil)
	if connected {
		want = []string{"It failed"}
	}
	require.Equal(t, want, said(t, w))
	require.Empty(t, w.Web.Calls())
	require.Empty(t, w.Foreign.Calls())
	for _, made := range []func() ([]string, error){w.Notes, w.Tasks, w.Tags} {
		list, err := made()
		require.NoError(t, err)
		require.Empty(t, list)
	}
}

// templatedFields are the texts in which placeholders are filled in, by kind and path, with the longest template.
func templatedFields(t *testing.T) map[string]int {
	t.Helper()
	var schema struct {
		Defs map[string]json.RawMessage `json:"$defs"`
	}
	require.NoError(t, json.Unmarshal(steps.SchemaJSON, &schema))
	found := map[string]int{}
	for _, kind := range steps.Kinds() {
		texts(t, schema.Defs, kind.Name, schema.Defs[kind.Name], found)
	}
	for _, path := range notFilledIn {
		require.Contains(t, found, path, "there is no such text any more")
		delete(found, path)
	}
	return found
}

// texts collects the texts of a schema that are free: no id and no word of a list.
func texts(t *testing.T, defs map[string]json.RawMessage, path string, raw json.RawMessage, found map[string]int) {
	t.Helper()
	var s struct {
		Ref        string                     `json:"$ref"`
		Type       string                     `json:"type"`
		Enum       []any                      `json:"enum"`
		Pattern    string                     `json:"pattern"`
		MaxLength  int                        `json:"maxLength"`
		Properties map[string]json.RawMessage `json:"properties"`
		Items      json.RawMessage            `json:"items"`
		More       json.RawMessage            `json:"additionalProperties"`
	}
	if string(raw) == "false" || string(raw) == "true" || len(raw) == 0 {
		if string(raw) == "true" {
			found[path] = 1 << 14
		}
		return
	}
	require.NoError(t, json.Unmarshal(raw, &s))
	for name, inner := range s.Properties {
		texts(t, defs, path+"."+name, inner, found)
	}
	texts(t, defs, path+".0", s.Items, found)
	texts(t, defs, path+".*", s.More, found)
	id := strings.HasPrefix(s.Pattern, "^[a-z0-9]")
	switch {
	case s.Ref != "":
		texts(t, defs, path, defs[s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]], found)
	case s.Type == "string" && s.Enum == nil && !id, s.Type == "" && s.Properties == nil:
		found[path] = 1 << 14
		if s.MaxLength > 0 {
			found[path] = s.MaxLength
		}
	}
}

// filledIn is a bot whose first step has the template at that path.
func filledIn(t *testing.T, kind, path, template string, connected bool) bot.Document {
	t.Helper()
	entry, ok := steps.Lookup(kind)
	require.True(t, ok)
	base := entry.Example
	if own, ok := bases[kind]; ok {
		base = own
	}
	var config any
	require.NoError(t, json.Unmarshal([]byte(base), &config))
	config = put(config, strings.Split(path, "."), template)
	object, _ := config.(map[string]any)
	switch {
	case kind == "change_stage" && path == "pipeline":
		object["stage"] = "Negotiation"
	case kind == "message" && strings.HasPrefix(path, "files"):
		file, _ := object["files"].([]any)[0].(map[string]any)
		file["type"] = "file"
		if path != "files.0.id" && path != "files.0.url" {
			file["url"] = "https://example.com/a.pdf"
		}
	}
	raw, err := json.Marshal(config)
	require.NoError(t, err)
	exits := `{}`
	if connected {
		exits = `{"failed":"sorry"}`
	}
	document := parse(t, fmt.Sprintf(`{"schema":1,"name":"Long","start":"long","steps":[{"id":"long","kind":%q,"config":%s,"exits":%s},
		{"id":"sorry","kind":"message","config":{"text":"It failed"}}]}`, kind, raw, exits))
	for _, issue := range steps.Lint(document, steps.Env{}) {
		require.NotEqual(t, steps.LevelError, issue.Level, issue.String())
	}
	return document
}

// put sets a value deep in a JSON value, and makes what is missing on the way.
func put(into any, path []string, value any) any {
	if len(path) == 0 {
		return value
	}
	if numbered.MatchString(path[0]) {
		list, _ := into.([]any)
		if len(list) == 0 {
			list = []any{nil}
		}
		list[0] = put(list[0], path[1:], value)
		return list
	}
	object, ok := into.(map[string]any)
	if !ok {
		object = map[string]any{}
	}
	object[path[0]] = put(object[path[0]], path[1:], value)
	return object
}

// trace are the notes of the newest run's visits.
func trace(t *testing.T, w *bottest.World) []string {
	t.Helper()
	run, err := w.Run()
	require.NoError(t, err)
	visits, err := w.Trace(run.ID)
	require.NoError(t, err)
	var notes []string
	for _, visit := range visits {
		notes = append(notes, visit.Notes...)
	}
	return notes
}
