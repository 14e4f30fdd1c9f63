package bottest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
	"salesbot/bottest"
)

func parse(t testing.TB, text string) bot.Document {
	t.Helper()
	document, err := bot.Parse([]byte(text))
	require.NoError(t, err)
	return document
}

const asking = `{"schema":1,"name":"Asking","start":"ask","steps":[
	{"id":"ask","kind":"message","config":{"text":"Yes or no?","buttons":[{"id":"yes","text":"Yes"},{"id":"no","text":"No"}],"no_answer_after":{"hours":24}},
	 "exits":{"button:yes":"thanks","silent":"remind"}},
	{"id":"remind","kind":"message","config":{"text":"Still there?"}},
	{"id":"thanks","kind":"message","config":{"text":"Thanks, {{contact.name}}!"}}]}`

func world(t testing.TB, o bottest.Options) *bottest.World {
	t.Helper()
	w, err := bottest.New(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(w.Close)
	return w
}

func said(t testing.TB, w *bottest.World) []string {
	t.Helper()
	texts, err := w.Said()
	require.NoError(t, err)
	return texts
}

func TestADialogueTakesNoTime(t *testing.T) {
	w := world(t, bottest.Options{Documents: []bot.Document{parse(t, asking)}})
	began := time.Now()
	require.NoError(t, w.Client("hi"))
	require.Equal(t, []string{"Yes or no?"}, said(t, w))
	require.NoError(t, w.Silent(24*time.Hour-time.Second))
	require.Equal(t, []string{"Yes or no?"}, said(t, w))
	require.NoError(t, w.Silent(time.Second))
	require.Equal(t, []string{"Yes or no?", "Still there?"}, said(t, w))
	require.Equal(t, bottest.Start.Add(24*time.Hour), w.Now())
	require.False(t, w.Alive())
	t.Log(time.Since(began))
}

func TestADialogueIsTheSameWhateverHappensToItsMailAndWorkflow(t *testing.T) {
	for name, options := range map[string]bottest.Options{"mail twice": {Twice: true}, "continue as new": {ContinueAsNew: true}, "both": {Twice: true, ContinueAsNew: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			options.Documents = []bot.Document{parse(t, asking)}
			w := world(t, options)
			require.NoError(t, w.Client("hi"))
			require.NoError(t, w.Silent(time.Hour))
			require.NoError(t, w.Tap("Yes"))
			require.Equal(t, []string{"Yes or no?", "Thanks, Ann Client!"}, said(t, w))
			require.Equal(t, options.ContinueAsNew, w.Renewed > 0)
			t.Log(w.Renewed)
		})
	}
}
