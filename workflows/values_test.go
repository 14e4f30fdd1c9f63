package workflows_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
	"salesbot/bottest"
)

// tells says what the placeholders of a run itself are filled in with, as often as the client writes.
const tells = `{"schema":1,"name":"Teller","start":"tell","steps":[
  {"id":"tell","kind":"message","config":{"text":"{{run.id}}|{{bot.id}}|{{bot.name}}|{{origin}}|{{current_date}}|{{current_time}}|{{rand}}|{{short_rand}}|{{short_rand_num}}|"},"exits":{"next":"listen"}},
  {"id":"listen","kind":"pause","config":{"waits":[{"id":"m","on":"message"}]},"exits":{"wait:m":"echo"}},
  {"id":"echo","kind":"message","config":{"text":"{{message_text}}|{{message_text.phone}}|{{message_text.email}}|{{message_text.number}}"},"exits":{"next":"tell"}}]}`

// filledIn plays the bot and gives what it said, split at the bars.
func filledIn(t *testing.T, o bottest.Options) [][]string {
	t.Helper()
	document, err := bot.Parse([]byte(tells))
	require.NoError(t, err)
	script, err := bottest.Parse(json.RawMessage(`{"cases":[{"name":"c","steps":[
		{"client":"hi"},{"bot":"*"},{"client":"call +49 30 1234567 or a@b.example, 7 times"},{"bot":"*"},{"bot":"*"}]}]}`))
	require.NoError(t, err)
	report, err := script.PlayWith(t.Context(), []bot.Document{document}, o)
	require.NoError(t, err)
	require.Nil(t, report.Cases[0].Failure, report.Cases[0].String())
	var said [][]string
	for _, line := range report.Cases[0].Transcript {
		if line.Who == "bot" {
			said = append(said, strings.Split(line.Text, "|"))
		}
	}
	require.Len(t, said, 3)
	return said
}

func TestARunFillsInWhatItKnowsItself(t *testing.T) {
	t.Parallel()
	said := filledIn(t, bottest.Options{})
	first, echo, second := said[0], said[1], said[2]
	require.Equal(t, []string{"1", "1", "Teller"}, first[:3])
	require.Regexp(t, `^\d{4}-\d{2}-\d{2}$`, first[4])
	require.Regexp(t, `^\d{2}:\d{2}$`, first[5])
	require.Regexp(t, `^\d{1,20}$`, first[6])
	require.Regexp(t, `^[0-9a-f]{6}$`, first[7])
	require.Regexp(t, `^[1-9]\d{3}$`, first[8])
	require.NotEqual(t, first[6:9], second[6:9], "each visit draws anew")
	require.Equal(t, []string{"call +49 30 1234567 or a@b.example, 7 times", "+49301234567", "a@b.example"}, echo[:3])
	again := filledIn(t, bottest.Options{Twice: true, ContinueAsNew: true})
	require.NotEqual(t, first[6:9], again[0][6:9], "nobody can tell what is drawn from what is known of the run")
	for _, line := range [][]string{first, second, again[0], again[2]} {
		copy(line[6:9], []string{"drawn", "drawn", "drawn"})
	}
	require.Equal(t, said, again)
}
