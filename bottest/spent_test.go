package bottest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
	"salesbot/bottest"
)

// In real conversations, too, whatever ends the wait of a question spends its buttons, and nothing else does; also when
// mail comes twice and the conversation continues as new at every wait.
func TestAQuestionsButtonsAreSpentWithItsWait(t *testing.T) {
	for name, c := range map[string]struct {
		end    func(w *bottest.World) error
		live   bool
		chosen string
	}{
		"nothing":            {end: func(w *bottest.World) error { return w.Silent(time.Hour) }, live: true},
		"a tap":              {end: func(w *bottest.World) error { return w.Tap("No") }, chosen: "no"},
		"the title in words": {end: func(w *bottest.World) error { return w.Client("yes") }, chosen: "yes"},
		"other words":        {end: func(w *bottest.World) error { return w.Client("perhaps") }},
		"its timer":          {end: func(w *bottest.World) error { return w.Silent(24 * time.Hour) }},
		"a stop":             {end: command(bot.CommandStop, "")},
		"a skip":             {end: command(bot.CommandSkip, "")},
		"a go to a step":     {end: command(bot.CommandGoto, "thanks")},
		"a newer bot":        {end: func(w *bottest.World) error { return w.Launch(2, "") }},
		"a manager's reply":  {end: func(w *bottest.World) error { return w.Manager("Let me help") }},
		"a pause":            {end: command(bot.CommandPause, ""), live: true},
		"a take-over": {end: func(w *bottest.World) error {
			if err := command(bot.CommandTakeOver, "")(w); err != nil {
				return err
			}
			return w.Client("to a person")
		}, live: true},
	} {
		for _, options := range []bottest.Options{{}, {Twice: true, ContinueAsNew: true}} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				options.Documents = []bot.Document{parse(t, asking), parse(t, strings.Replace(asking, "Yes or no?", "Now or later?", 1))}
				w := world(t, options)
				require.NoError(t, w.Client("hi"))
				require.NoError(t, c.end(w))
				messages, err := w.Messages()
				require.NoError(t, err)
				question := messages[1]
				require.Equal(t, "Yes or no?", question.Text)
				require.Equal(t, c.live, question.SpentAt == nil)
				if c.chosen == "" {
					require.Empty(t, question.Chosen)
					return
				}
				require.Equal(t, bot.ButtonPayload(question.RunID, question.Visit, c.chosen), question.Chosen)
			})
		}
	}
}

func command(command bot.Command, step string) func(w *bottest.World) error {
	return func(w *bottest.World) error { return w.Command(bot.Control{Command: command, Step: step}) }
}
