package workflows_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
	"salesbot/bottest"
)

// What the client says to a person while the chat is taken over is not the bot's: it is neither the answer to its
// question nor what {{message_text}} stands for afterwards.
func TestABotIsNotToldWhatTheClientSaidToAPerson(t *testing.T) {
	t.Parallel()
	doc := document(t, "Held", "ask", "", say("ask", "Yes?", "wait"),
		`{"id":"wait","kind":"pause","config":{"waits":[{"id":"reply","on":"message"},{"id":"late","on":"timer","hours":1}]},"exits":{"wait:reply":"bye","wait:late":"late"}}`,
		say("bye", "Bye", ""), say("late", "Still thinking about {{message_text}}?", ""))
	for command, release := range map[bot.Command]bot.Command{bot.CommandPause: bot.CommandResume, bot.CommandTakeOver: bot.CommandHandBack} {
		for _, renew := range []bool{false, true} {
			w := world(t, bottest.Options{Documents: []bot.Document{doc}, ContinueAsNew: renew})
			require.NoError(t, w.Client("tea"))
			require.NoError(t, w.Command(bot.Control{Command: command}))
			require.NoError(t, w.Client("this is for you, not for the bot"))
			require.NoError(t, w.Command(bot.Control{Command: release}))
			require.NoError(t, w.Silent(time.Hour))
			require.Equal(t, []string{"Yes?", "Still thinking about tea?"}, said(t, w), "%s, continue as new: %t", command, renew)
			visits, err := w.Trace(1)
			require.NoError(t, err)
			for _, v := range visits {
				for _, note := range v.Notes {
					require.NotContains(t, note, "this is for you")
				}
			}
		}
	}
}

// While a chat is taken over its run pauses and goes on after the hand back, whatever is written meanwhile.
func TestAReplyDuringATakeOverDoesNotStopTheBot(t *testing.T) {
	t.Parallel()
	w := world(t, bottest.Options{Documents: []bot.Document{momentsBot(t)}})
	require.NoError(t, w.Client("hi"))
	require.NoError(t, w.Command(bot.Control{Command: bot.CommandTakeOver}))
	require.NoError(t, w.Reply("I take this one"))
	require.NoError(t, w.Settle())
	require.Equal(t, bot.RunPaused, status(t, w))
	require.NoError(t, w.Command(bot.Control{Command: bot.CommandHandBack}))
	require.NoError(t, w.Client("on"))
	require.Equal(t, "Bye", said(t, w)[len(said(t, w))-1])
	require.Equal(t, bot.RunFinished, status(t, w))
}

// A sub-bot whose start was under way when a person took over hears nothing that is said to the person, and goes on with
// the run that started it.
func TestASubBotThatIsStartedDuringATakeOverIsHeldWithItsParent(t *testing.T) {
	t.Parallel()
	for _, after := range []bool{false, true} {
		t.Run(fmt.Sprintf("after %t", after), func(t *testing.T) {
			t.Parallel()
			parent := document(t, "Parent", "start", "", `{"id":"start","kind":"start_bot","config":{"bot_id":2},"exits":{"next":"end"}}`, say("end", "The end", ""))
			child := document(t, "Child", "wait", "", wait("wait", "heard"), say("heard", "Heard", ""), say("late", "Late", ""))
			w := world(t, bottest.Options{Documents: []bot.Document{parent, child}, Around: at("StartRun", after, func(w *bottest.World) {
				require.NoError(t, w.Tell(bot.Control{Command: bot.CommandTakeOver}))
			})})
			require.NoError(t, w.Client("hi"))
			require.NoError(t, w.Client("is a person there?"))
			require.NoError(t, w.Silent(25*time.Hour))
			require.Empty(t, said(t, w), "neither an answer nor the end of a wait")
			require.NoError(t, w.Command(bot.Control{Command: bot.CommandHandBack}))
			require.Empty(t, said(t, w), "what was said to the person is not heard")
			require.NoError(t, w.Client("on"))
			require.Equal(t, []string{"Heard", "The end"}, said(t, w))
		})
	}
}

func TestABotThatIsLaunchedDuringATakeOverSpeaksAfterTheHandBack(t *testing.T) {
	t.Parallel()
	w := world(t, bottest.Options{Documents: []bot.Document{momentsBot(t)}})
	require.NoError(t, w.Client("hi"))
	require.NoError(t, w.Client("on"))
	require.Equal(t, bot.RunFinished, status(t, w))
	require.NoError(t, w.Command(bot.Control{Command: bot.CommandTakeOver}))
	before := len(said(t, w))
	require.NoError(t, w.Launch(1, ""))
	require.NoError(t, w.Client("is a person there?"))
	require.Len(t, said(t, w), before)
	require.NoError(t, w.Command(bot.Control{Command: bot.CommandHandBack}))
	require.Equal(t, []string{"Hello", "More"}, said(t, w)[before:])
}
