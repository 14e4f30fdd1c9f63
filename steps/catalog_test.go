package steps

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
)

// TestWireNames: documents hold kinds and exits for ever, so a name may be added but never change or go.
func TestWireNames(t *testing.T) {
	t.Parallel()
	golden, err := os.ReadFile("testdata/wire_names.golden")
	require.NoError(t, err)
	var lines []string
	for _, kind := range Kinds() {
		for _, exit := range ExitsOf(kind, exampleOf(t, kind)) {
			lines = append(lines, kind.Name+" "+exit.Name)
		}
		lines = append(lines, kind.Name)
	}
	require.Equal(t, strings.TrimSpace(string(golden)), strings.Join(lines, "\n"))
}

func exampleOf(t *testing.T, kind Kind) Step {
	t.Helper()
	config, err := Decode(bot.Step{ID: "example", Kind: kind.Name, Config: json.RawMessage(kind.Example)})
	require.NoError(t, err)
	return config
}

func TestEveryKind(t *testing.T) {
	t.Parallel()
	for _, kind := range Kinds() {
		t.Run(kind.Name, func(t *testing.T) {
			require.NotEmpty(t, kind.Title)
			require.NotEmpty(t, kind.Group)
			require.True(t, strings.HasSuffix(kind.Help, "."), "help is a sentence")
			doc := bot.Document{Schema: 1, Name: "Example", Start: "start", Steps: []bot.Step{{ID: "start", Kind: kind.Name, Config: json.RawMessage(kind.Example)}}}
			for _, issue := range Lint(doc, Env{}) {
				// A step alone can't connect its exits, and "go to" can only lead to itself.
				require.Contains(t, []string{"other_exit", "no_answer_exit", "endless_loop"}, issue.Code, issue.String())
			}
			for _, broken := range []string{``, `{}`, `[]`, `null`, `"x"`, `{"unheard_of":1}`, `{"text":{}}`} {
				doc.Steps[0].Config = json.RawMessage(broken)
				require.NotPanics(t, func() { Lint(doc, Env{}) }, broken)
			}
			_, err := Decode(bot.Step{ID: "start", Kind: kind.Name, Config: json.RawMessage(`{"unheard_of":1}`)})
			require.ErrorContains(t, err, "unheard_of")
		})
	}
}

func TestRegisterRefuses(t *testing.T) {
	t.Parallel()
	require.PanicsWithValue(t, `steps: kind "goto" is registered twice`, func() { register(Kind{Name: "goto"}) })
	require.Panics(t, func() { register(Kind{Name: "Go To"}) })
}

func TestDecodeUnknownKind(t *testing.T) {
	t.Parallel()
	_, err := Decode(bot.Step{ID: "a", Kind: "nothing"})
	require.ErrorContains(t, err, `no kind "nothing"`)
}

func TestExitsOfAQuestion(t *testing.T) {
	t.Parallel()
	config, err := Decode(bot.Step{ID: "ask", Kind: "message", Config: json.RawMessage(`{"text":"?","buttons":[{"id":"a","text":"A"}]}`)})
	require.NoError(t, err)
	kind, _ := Lookup("message")
	require.Equal(t, []Exit{{"button:a", "A"}, {"other", "Another answer"}, {"silent", "No answer"}, {"failed", "Not sent"}}, ExitsOf(kind, config))
}
