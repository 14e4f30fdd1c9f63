package workflows_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
	"salesbot/bottest"
)

func starts(id string, number int, next, failed string) string {
	return fmt.Sprintf(`{"id":%q,"kind":"start_bot","config":{"bot_id":%d},"exits":{"next":%q,"failed":%q}}`, id, number, next, failed)
}

// Bots that start themselves or one another end by themselves, whatever their exits do: the deepest is refused in its
// trace, and all of them together make no more than 200 steps without a wait.
func TestBotsThatStartOneAnotherEnd(t *testing.T) {
	t.Parallel()
	for name, bots := range map[string][]bot.Document{
		"itself":         {document(t, "A", "say", "", say("say", "Hi", "again"), starts("again", 1, "", ""))},
		"itself, often":  {document(t, "A", "say", "", say("say", "Hi", "again"), starts("again", 1, "more", "more"), starts("more", 1, "say", "say"))},
		"one another":    {document(t, "A", "say", "", say("say", "A", "b"), starts("b", 2, "", "")), document(t, "B", "say", "", say("say", "B", "a"), starts("a", 1, "", ""))},
		"with no output": {document(t, "A", "again", "", starts("again", 1, "again", "again"))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := world(t, bottest.Options{Documents: bots})
			require.NoError(t, w.Client("hello"))
			require.False(t, w.Alive(), "the conversation is over")
			require.LessOrEqual(t, len(said(t, w)), 200)
			runs, err := w.Runs()
			require.NoError(t, err)
			deepest, refused := 0, false
			for _, run := range runs {
				require.NotNil(t, run.EndedAt, "run %d", run.ID)
				deepest = max(deepest, run.Depth)
				trace, err := w.Trace(run.ID)
				require.NoError(t, err)
				for _, visit := range trace {
					for _, note := range visit.Notes {
						refused = refused || visit.Exit == "failed" && note != ""
					}
				}
			}
			require.Equal(t, 9, deepest, "ten inside one another")
			require.True(t, refused, "the trace tells of it")
		})
	}
}

// A wait for something outside lets the count begin anew, also in a sub-bot: a long dialogue is no circle.
func TestADialogueInSubBotsIsNoCircle(t *testing.T) {
	t.Parallel()
	w := world(t, bottest.Options{Documents: []bot.Document{
		document(t, "Parent", "child", "", starts("child", 2, "child", "")),
		document(t, "Child", "say", "", say("say", "Question", "wait"), wait("wait", ""), say("late", "Late", "")),
	}})
	require.NoError(t, w.Client("hello"))
	for range 110 {
		require.NoError(t, w.Client("go on"))
	}
	require.True(t, w.Alive())
	require.Len(t, said(t, w), 111)
}

// What the client writes while a step is busy is kept for the next wait for a message, also if that is a sub-bot's; and
// what the sub-bot does not take goes on to the bot that started it.
func TestASubBotGetsWhatWasKeptForTheNextWait(t *testing.T) {
	t.Parallel()
	for _, o := range []bottest.Options{{}, {Twice: true}, {ContinueAsNew: true}} {
		o.Documents = []bot.Document{
			document(t, "Parent", "hi", "", say("hi", "Hi", "first"), wait("first", "child"), starts("child", 2, "back", ""), say("back", "Back", "second"), wait("second", "bye"), say("bye", "Bye {{message_text}}", ""), say("late", "Late", "")),
			document(t, "Child", "say", "", say("say", "Your name?", "wait"), wait("wait", "hello"), say("hello", "Hello {{message_text}}", ""), say("late", "Late", "")),
		}
		w := world(t, o)
		require.NoError(t, w.Client("hello"))
		require.NoError(t, w.Client("go", "Ann", "later"))
		require.Equal(t, []string{"Hi", "Your name?", "Hello Ann", "Back", "Bye later"}, said(t, w))
	}
}
