package steps

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
)

// document wraps steps, the first of which is the start.
func document(t *testing.T, steps string) bot.Document {
	t.Helper()
	doc, err := bot.Parse([]byte(`{"schema":1,"name":"Test","start":"a","steps":[` + steps + `]}`))
	require.NoError(t, err)
	return doc
}

const (
	say   = `{"id":"%s","kind":"message","config":{"text":"hi"},"exits":{"next":"%s"}}`
	nag   = `{"id":"%s","kind":"pause","config":{"waits":[{"id":"t","on":"timer","hours":1}]},"exits":{"wait:t":"%s"}}`
	ask   = `{"id":"%s","kind":"message","config":{"text":"?","buttons":[{"id":"y","text":"Yes"}],"no_answer_after":{"hours":1}},"exits":{"button:y":"%s","other":"%s","silent":"%s"}}`
	end   = `{"id":"%s","kind":"stop"}`
	duty  = `{"id":"%s","kind":"pause","config":{"waits":[{"id":"d","on":"duty_hours"}]},"exits":{"wait:d":"%s"}}`
	jump  = `{"id":"%s","kind":"goto","config":{"step":"%s"}}`
	hook  = `{"id":"a","kind":"send_webhook","config":{"url":"%s","headers":%s,"body":%s}}`
	child = `{"id":"%s","kind":"start_bot","config":{"bot_id":1},"exits":{"next":"%s"}}`
)

func steps(parts ...string) string { return strings.Join(parts, ",") }

func TestLintRules(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		steps string
		// want are level, code, step and path of each issue.
		want []string
	}{
		"a clean bot":                    {steps(fmt.Sprintf(ask, "a", "b", "a", "b"), fmt.Sprintf(end, "b")), nil},
		"an unknown kind":                {`{"id":"a","kind":"dance"}`, []string{"error unknown_kind a kind"}},
		"a duplicate id":                 {steps(fmt.Sprintf(end, "a"), fmt.Sprintf(end, "a")), []string{"error duplicate_id a steps.1.id"}},
		"a bad id":                       {steps(fmt.Sprintf(say, "a", "B!"), fmt.Sprintf(end, "B!")), []string{"error bad_id B! steps.1.id"}},
		"an exit to nowhere":             {fmt.Sprintf(say, "a", "gone"), []string{"error exit_to_nowhere a exits.next"}},
		"a link to nowhere":              {fmt.Sprintf(jump, "a", "gone"), []string{"error exit_to_nowhere a config.step"}},
		"an unknown exit":                {steps(`{"id":"a","kind":"message","config":{"text":"x"},"exits":{"button:x":"b","next":"b"}}`, fmt.Sprintf(end, "b")), []string{"error unknown_exit a exits.button:x"}},
		"an exit of a kind without any":  {steps(`{"id":"a","kind":"stop","exits":{"next":"b"}}`, fmt.Sprintf(end, "b")), []string{"error unknown_exit a exits.next"}},
		"an unreachable step":            {steps(fmt.Sprintf(end, "a"), fmt.Sprintf(end, "b")), []string{"warning unreachable b "}},
		"a limit":                        {`{"id":"a","kind":"add_note","config":{"text":""}}`, []string{"error bad_config a config.text"}},
		"a wrong type":                   {`{"id":"a","kind":"add_task","config":{"text":"x","due":{"hours":"2"}}}`, []string{"error bad_config a config.due.hours"}},
		"a missing field":                {`{"id":"a","kind":"add_task","config":{}}`, []string{"error bad_config a config"}},
		"a bad placeholder":              {`{"id":"a","kind":"add_note","config":{"text":"{{lead.nmae}}"}}`, []string{"error bad_placeholder a config.text"}},
		"an open placeholder":            {`{"id":"a","kind":"add_note","config":{"text":"{{lead.name"}}`, []string{"error bad_placeholder a config.text"}},
		"a placeholder deep within":      {`{"id":"a","kind":"send_webhook","config":{"url":"https://x.example","body":{"l":[{"t":"{{x}}"}]}}}`, []string{"error bad_placeholder a config.body.l.0.t"}},
		"a secret that would be shown":   {`{"id":"a","kind":"add_note","config":{"text":"{{secret.shop}}"}}`, []string{"error secret_shown a config.text"}},
		"a secret in a message":          {steps(`{"id":"a","kind":"message","config":{"text":"x","buttons":[{"id":"y","text":"{{ secret.gone | x }}"}]},"exits":{"button:y":"b","other":"b","silent":"b"}}`, fmt.Sprintf(end, "b")), []string{"error secret_shown a config.buttons.0.text", "warning no_answer_exit a config.no_answer_after"}},
		"secrets where they are sent":    {fmt.Sprintf(hook, "https://x.example/{{secret.shop}}", `{"Authorization":"Bearer {{secret.shop}}"}`, `{"a":["{{secret.shop|x}}"]}`), nil},
		"an unknown secret":              {fmt.Sprintf(hook, "https://x.example", `{"X":"{{secret.gone}}"}`, `1`), []string{"error unknown_secret a config.headers.X"}},
		"a secret that chooses the host": {fmt.Sprintf(hook, "https://{{secret.shop}}", `{}`, `1`), []string{"error bad_config a config.url"}},
		"credentials that are written out": {fmt.Sprintf(hook, "https://x.example/?api_key=abc&page=2", `{"authorization":"Bearer abc","X-Api-Key":"abc","X-Auth-Token":"{{json.t}}abc","Accept":"abc","X-Token":"{{json.token}}","Cookie":"{{secret.shop}}"}`, `1`),
			[]string{"warning open_credential a config.headers.X-Api-Key", "warning open_credential a config.headers.X-Auth-Token", "warning open_credential a config.headers.authorization",
				"warning open_credential a config.url"}},
		"a password in an address":       {fmt.Sprintf(hook, "https://u:{{secret.shop}}@x.example/", `{}`, `1`), []string{"error bad_config a config.url"}},
		"an unknown field":               {`{"id":"a","kind":"add_note","config":{"text":"{{lead.cf.9}}"}}`, []string{"error unknown_field a config.text"}},
		"a bad pattern":                  {`{"id":"a","kind":"validation","config":{"rules":[{"id":"r","checks":[{"check":"regex","value":"["}]}]}}`, []string{"error bad_pattern a config.rules.0.checks.0.value"}},
		"a message that leads to itself": {fmt.Sprintf(say, "a", "a"), []string{"error endless_loop a exits"}},
		"a loop of two":                  {steps(fmt.Sprintf(say, "a", "b"), fmt.Sprintf(jump, "b", "a")), []string{"error endless_loop a exits"}},
		"a loop through working hours":   {steps(fmt.Sprintf(say, "a", "b"), fmt.Sprintf(duty, "b", "a")), []string{"error endless_loop a exits"}},
		"a loop through another bot":     {steps(fmt.Sprintf(child, "a", "b"), fmt.Sprintf(jump, "b", "a")), nil},
		"a loop that nags":               {steps(fmt.Sprintf(say, "a", "b"), fmt.Sprintf(nag, "b", "a")), []string{"warning timer_loop a exits"}},
		"a question that nags":           {steps(fmt.Sprintf(ask, "a", "b", "a", "a"), fmt.Sprintf(end, "b")), []string{"warning timer_loop a exits"}},
		"open ways out of a question":    {steps(fmt.Sprintf(ask, "a", "b", "", ""), fmt.Sprintf(end, "b")), []string{"warning other_exit a exits.other", "warning no_answer_exit a exits.silent"}},
	} {
		var got []string
		for _, issue := range Lint(document(t, c.steps), Env{Fields: []Field{}, Secrets: map[string]bool{"shop": true}}) {
			got = append(got, fmt.Sprintf("%s %s %s %s", issue.Level, issue.Code, issue.Step, issue.Path))
			require.NotEmpty(t, issue.Message, name)
			require.NotEmpty(t, issue.Fix, name)
		}
		require.Equal(t, c.want, got, name)
	}
}

func TestLintDocument(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(doc *bot.Document)
		path   string
	}{
		"no name":     {func(d *bot.Document) { d.Name = "" }, "name"},
		"long name":   {func(d *bot.Document) { d.Name = strings.Repeat("ä", 101) }, "name"},
		"no steps":    {func(d *bot.Document) { d.Steps = nil }, "steps"},
		"no start":    {func(d *bot.Document) { d.Start = "" }, "start"},
		"wrong start": {func(d *bot.Document) { d.Start = "x" }, "start"},
		"new schema":  {func(d *bot.Document) { d.Schema = 2 }, "schema"},
		"settings":    {func(d *bot.Document) { d.Settings.OnConflict = "fight" }, "settings.on_conflict"},
		"seconds":     {func(d *bot.Document) { d.Settings.GatherSeconds = 61 }, "settings.gather_seconds"},
		"size": {func(d *bot.Document) {
			for i := range 10 {
				d.Steps = append(d.Steps, bot.Step{ID: fmt.Sprintf("n%d", i), Kind: "add_note", Config: json.RawMessage(`{"text":"` + strings.Repeat("x", 9000) + `"}`)})
				d.Steps[i].Exits = map[string]string{"next": fmt.Sprintf("n%d", i)}
			}
		}, ""},
	} {
		doc := document(t, `{"id":"a","kind":"add_note","config":{"text":"x"}}`)
		require.Empty(t, Lint(doc, Env{}))
		c.change(&doc)
		issues := Lint(doc, Env{})
		require.Len(t, issues, 1, name)
		require.Equal(t, c.path, issues[0].Path, name)
		require.Equal(t, LevelError, issues[0].Level, name)
		require.True(t, HasErrors(issues))
	}
}

func TestLayoutCountsForNothing(t *testing.T) {
	t.Parallel()
	doc := document(t, `{"id":"a","kind":"stop"}`)
	doc.Layout = map[string]bot.Position{}
	for i := range 5000 {
		doc.Layout[fmt.Sprintf("step-%d", i)] = bot.Position{X: 1.5, Y: 2.5}
	}
	require.Empty(t, Lint(doc, Env{}))
}

func TestLintFile(t *testing.T) {
	t.Parallel()
	for data, want := range map[string]string{
		`{`:                               "not valid JSON",
		`{"schema":1,"nmae":"x"}`:         "nmae",
		`{"schema":9,"name":"x"}`:         "schema is 9",
		`{"schema":1,"steps":{}}`:         "expected a list",
		`{"schema":1,"name":"x"} {"a":1}`: "more after the end",
	} {
		_, issues := LintFile([]byte(data), Env{})
		require.Len(t, issues, 1, data)
		require.Contains(t, issues[0].String(), want)
	}
}

func TestErrorsComeFirst(t *testing.T) {
	t.Parallel()
	issues := Lint(document(t, steps(fmt.Sprintf(end, "a"), fmt.Sprintf(say, "b", "gone"))), Env{})
	require.Len(t, issues, 2)
	require.Equal(t, LevelError, issues[0].Level)
	require.Equal(t, LevelWarning, issues[1].Level)
	require.True(t, HasErrors(issues))
	require.False(t, HasErrors(issues[1:]))
}

func TestCycles(t *testing.T) {
	t.Parallel()
	graph := NewGraph(document(t, steps(fmt.Sprintf(say, "a", "b"), fmt.Sprintf(say, "b", "c"), fmt.Sprintf(say, "c", "a"), fmt.Sprintf(say, "d", "d"), fmt.Sprintf(say, "e", "a"))))
	require.Equal(t, [][]string{{"a", "b", "c"}, {"d"}}, graph.Cycles(WaitNone))
	require.Equal(t, map[string]bool{"a": true, "b": true, "c": true}, graph.Reachable("b"))
	require.Empty(t, graph.Reachable("nowhere"))
}
