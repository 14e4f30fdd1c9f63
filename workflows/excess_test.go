package workflows_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
	"salesbot/bottest"
)

// A service that answers with ever more, visit after visit, ends the run with a reason that says what to do.
func TestARunThatKeepsTooMuchEnds(t *testing.T) {
	t.Parallel()
	document, err := bot.Parse([]byte(`{"schema":1,"name":"Keeper","start":"ask","steps":[
	  {"id":"ask","kind":"send_webhook","config":{"url":"https://shop.example/order"},"exits":{"next":"say"}},
	  {"id":"say","kind":"message","config":{"text":"it was kept"},"exits":{"next":"listen"}},
	  {"id":"listen","kind":"pause","config":{"waits":[{"id":"m","on":"message"}]},"exits":{"wait:m":"ask"}}]}`))
	require.NoError(t, err)
	answer := func(name string) string {
		values := map[string]string{}
		for i := range 50 {
			values[fmt.Sprintf("%s%d", name, i)] = strings.Repeat("x", 2000)
		}
		return string(must(json.Marshal(map[string]any{"webhook": map[string]any{"json": values}})))
	}
	var script []string
	for _, name := range []string{"a", "b", "a"} {
		script = append(script, answer(name), `{"client":"hi"}`, `{"bot":"it was kept"}`)
	}
	script = append(script, answer("c"), `{"client":"hi"}`, `{"run":"failed"}`)
	parsed, err := bottest.Parse(json.RawMessage(`{"cases":[{"name":"c","steps":[` + strings.Join(script, ",") + `]}]}`))
	require.NoError(t, err)
	report, err := parsed.PlayWith(t.Context(), []bot.Document{document}, bottest.Options{ContinueAsNew: true})
	require.NoError(t, err)
	require.Nil(t, report.Cases[0].Failure, report.Cases[0].String())
	require.Contains(t, report.Cases[0].String(), `may take 256 KB together`)
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
