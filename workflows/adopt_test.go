package workflows_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
	"salesbot/bottest"
)

// Whatever a conversation does when Temporal forgets it, it goes on from there: the client hears what was not said yet,
// and nothing twice.
func TestAConversationThatIsLostGoesOnAtEveryMoment(t *testing.T) {
	t.Parallel()
	eachMoment(t, func(t *testing.T, when func(func(*bottest.World)) bottest.Options) {
		w := world(t, when(func(w *bottest.World) { w.Vanish() }))
		require.NoError(t, w.Client("hi"))
		require.NoError(t, w.Revive())
		require.NoError(t, w.Silent(time.Hour))
		require.NoError(t, w.Client("on"))
		require.Equal(t, []string{"Hello", "More", "Bye"}, said(t, w))
		require.Equal(t, bot.RunFinished, status(t, w))
	})
}

// The time for an answer goes on counting from the question, however often the conversation is lost.
func TestALostConversationKeepsItsDeadline(t *testing.T) {
	t.Parallel()
	question := document(t, "Question", "ask", "", `{"id":"ask","kind":"message","config":{"text":"Yes?","buttons":[{"id":"yes","text":"Yes"}],"no_answer_after":{"hours":24}},"exits":{"silent":"late"}}`, say("late", "Late", ""))
	w := world(t, bottest.Options{Documents: []bot.Document{question}, Lost: true})
	require.NoError(t, w.Client("hi"))
	for range 3 {
		require.NoError(t, w.Silent(7*time.Hour))
		run, err := w.Run()
		require.NoError(t, err)
		require.Equal(t, bottest.Start.Add(24*time.Hour), run.WaitingUntil.UTC())
	}
	require.NoError(t, w.Silent(3*time.Hour-time.Second))
	require.Equal(t, []string{"Yes?"}, said(t, w))
	require.NoError(t, w.Silent(time.Second))
	require.Equal(t, []string{"Yes?", "Late"}, said(t, w))
}

// What people told a bot, and what the client said while nobody listened, is known after a loss.
func TestALostConversationKnowsWhatItWasTold(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		do   func(w *bottest.World) error
		want []string
	}{
		{"paused", func(w *bottest.World) error { return w.Command(bot.Control{Command: bot.CommandPause}) }, []string{"Hello", "More"}},
		{"stopped", func(w *bottest.World) error { return w.Command(bot.Control{Command: bot.CommandStop}) }, []string{"Hello", "More"}},
		{"sent elsewhere", func(w *bottest.World) error {
			return w.Command(bot.Control{Command: bot.CommandGoto, Step: "other"})
		}, []string{"Hello", "More", "Elsewhere"}},
		{"told by a manager", func(w *bottest.World) error { return w.Manager("I do it") }, []string{"Hello", "More"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := world(t, bottest.Options{Documents: []bot.Document{momentsBot(t)}, Lost: true})
			require.NoError(t, w.Client("hi"))
			require.NoError(t, c.do(w))
			require.NoError(t, w.Client("is anybody there?"))
			require.Equal(t, c.want, said(t, w))
		})
	}
}

// A bot that another one started goes on with it, and the one that waits for it hears of its end.
func TestLostSubBotsAndTheirParentsFindEachOther(t *testing.T) {
	t.Parallel()
	parent := document(t, "Parent", "child", "", `{"id":"child","kind":"start_bot","config":{"bot_id":2},"exits":{"next":"back"}}`, say("back", "Back", ""))
	child := document(t, "Child", "who", "", say("who", "Who are you?", "name"), wait("name", "hello"), say("hello", "Hello", ""), say("late", "Late", ""))
	for _, moment := range []string{"StartRun", "SendMessage", "Record", "LoadVersion"} {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, after %t", moment, after), func(t *testing.T) {
				t.Parallel()
				w := world(t, bottest.Options{Documents: []bot.Document{parent, child}, Around: at(moment, after, func(w *bottest.World) { w.Vanish() })})
				require.NoError(t, w.Client("hi"))
				require.NoError(t, w.Revive())
				require.NoError(t, w.Settle())
				require.NoError(t, w.Client("Ann"))
				require.Equal(t, []string{"Who are you?", "Hello", "Back"}, said(t, w))
				require.False(t, w.Alive())
			})
		}
	}
}
