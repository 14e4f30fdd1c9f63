package bottest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/bottest"
)

const scored = `{"schema":1,"name":"Scored","start":"score","steps":[
  {"id":"score","kind":"activity","config":{"name":"ScoreLead","input":{"text":"{{message_text}}"},"result_as":"score","errors":["NoPrice"]},
    "exits":{"next":"told","error:NoPrice":"free","failed":"failed"}},
  {"id":"told","kind":"message","config":{"text":"{{json.score.points}} points"}},
  {"id":"free","kind":"message","config":{"text":"It is free"}},
  {"id":"failed","kind":"message","config":{"text":"No"}}]}`

func TestAScriptPlaysCustomActivities(t *testing.T) {
	t.Parallel()
	play := func(steps string) *bottest.Failure {
		script, err := bottest.Parse([]byte(`{"cases":[{"name":"a","steps":[` + steps + `]}]}`))
		require.NoError(t, err)
		report, err := bottest.Run(t.Context(), parse(t, scored), script)
		require.NoError(t, err)
		return report.Cases[0].Failure
	}
	answers := `{"activity":{"ScoreLead":{"json":{"points":90}}}},{"client":"hi"},`
	require.Nil(t, play(answers+`{"performed":{"name":"ScoreLead","input":{"text":"hi"}}},{"bot":"90 points"}`))
	require.Nil(t, play(`{"activity":{"ScoreLead":{"error":"NoPrice"}}},{"client":"hi"},{"bot":"It is free"}`))
	require.Nil(t, play(`{"activity":{"ScoreLead":{"error":"Other"}}},{"client":"hi"},{"bot":"No"}`))
	require.Nil(t, play(`{"client":"hi"},{"bot":" points"}`), "without a word it returns nothing")
	require.Contains(t, play(answers+`{"performed":{"input":{"text":"ho"}}}`).Problem, `saw {"text":"hi"}`)
	require.Contains(t, play(answers+`{"performed":{"name":"Other"}}`).Problem, "expected Other, saw ScoreLead")
	require.Contains(t, play(answers+`{"performed":{}},{"performed":{}}`).Problem, "none")
}
