package steps

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
)

// The stages of the test: 1 New, 2 Called and 142 of the pipeline 1; 3 Repair and 142 of the pipeline 2.
var stages = []Pipeline{
	{ID: 1, Name: "Sales", Stages: []Stage{{1, "New"}, {2, "Called"}, {142, "Won"}}},
	{ID: 2, Name: "Service", Stages: []Stage{{3, "Repair"}, {142, "Won"}}},
}

func start(id string, bot int, next string) string {
	return fmt.Sprintf(`{"id":%q,"kind":"start_bot","config":{"bot_id":%d},"exits":{"next":%q}}`, id, bot, next)
}

func move(id, config, next string) string {
	return fmt.Sprintf(`{"id":%q,"kind":"change_stage","config":{%s},"exits":{"next":%q}}`, id, config, next)
}

const (
	listen   = `{"id":"%s","kind":"pause","config":{"waits":[{"id":"m","on":"message"}]},"exits":{"wait:m":"%s"}}`
	toNew    = `"pipeline":"sales","stage":"New"`
	toCalled = `"pipeline_id":1,"stage_id":2`
	toRepair = `"stage":"repair"`
	toWon    = `"stage_id":142`
)

// The bot 1, "Welcome", is looked at; the others are published: 2 is "Qualify", 3 is "Remind".
func TestBotsThatComeBackToThemselvesAreFound(t *testing.T) {
	t.Parallel()
	asks := fmt.Sprintf(listen, "a", "b")
	for name, c := range map[string]struct {
		own, qualify, remind string
		triggers             []StageTrigger
		// circle is what the message ends with; empty is none.
		circle string
		level  string
	}{
		"a bot that starts itself":              {own: start("a", 1, ""), circle: "Welcome → Welcome"},
		"it says something before":              {own: steps(fmt.Sprintf(say, "a", "b"), start("b", 1, "")), circle: "Welcome → Welcome"},
		"it asks before":                        {own: steps(asks, start("b", 1, ""))},
		"one way to it asks, another does not":  {own: steps(`{"id":"a","kind":"condition","config":{"branches":[{"id":"x","terms":[{"value":"{{lead.name}}","operator":"equals","operand":"x"}]}]},"exits":{"branch:x":"q","else":"b"}}`, fmt.Sprintf(listen, "q", "b"), start("b", 1, "")), circle: "Welcome → Welcome"},
		"two bots":                              {own: start("a", 2, ""), qualify: start("a", 1, ""), circle: "Welcome → Qualify → Welcome"},
		"two bots, the other asks":              {own: start("a", 2, ""), qualify: steps(asks, start("b", 1, ""))},
		"two bots, the other waits for hours":   {own: start("a", 2, ""), qualify: steps(fmt.Sprintf(nag, "a", "b"), start("b", 1, "")), circle: "Welcome → Qualify → Welcome", level: LevelWarning},
		"working hours may have begun":          {own: start("a", 2, ""), qualify: steps(fmt.Sprintf(duty, "a", "b"), start("b", 1, "")), circle: "Welcome → Qualify → Welcome"},
		"three bots":                            {own: start("a", 2, ""), qualify: start("a", 3, ""), remind: start("a", 1, ""), circle: "Welcome → Qualify → Remind → Welcome"},
		"a circle of others":                    {own: start("a", 2, ""), qualify: start("a", 3, ""), remind: start("a", 2, "")},
		"a sub-bot that returns":                {own: steps(start("a", 2, "b"), start("b", 1, "")), qualify: fmt.Sprintf(end, "a"), circle: "Welcome → Welcome"},
		"a sub-bot that asks and returns":       {own: steps(start("a", 2, "b"), start("b", 1, "")), qualify: asks + "," + fmt.Sprintf(end, "b")},
		"a sub-bot within that asks":            {own: steps(start("a", 2, "b"), start("b", 1, "")), qualify: start("a", 3, ""), remind: asks + "," + fmt.Sprintf(end, "b")},
		"a question that gives up":              {own: start("a", 2, ""), qualify: fmt.Sprintf(ask, "a", "", "", "b") + "," + start("b", 1, ""), circle: "Welcome → Qualify → Welcome", level: LevelWarning},
		"a bot that does not exist":             {own: start("a", 9, "b") + "," + start("b", 1, "")},
		"stages":                                {own: move("a", toCalled, ""), qualify: move("a", toNew, ""), triggers: []StageTrigger{{2, 1, 2}, {1, 1, 1}}, circle: "Welcome → Qualify → Welcome"},
		"stages, by a trigger on any":           {own: steps(move("a", toCalled, "b"), move("b", toNew, "")), triggers: []StageTrigger{{1, 0, 0}}, circle: "Welcome → Welcome"},
		"stages of another pipeline":            {own: steps(move("a", toRepair, "b"), move("b", toNew, "")), triggers: []StageTrigger{{1, 1, 0}}, circle: "Welcome → Welcome"},
		"stages, one bot asks":                  {own: move("a", toCalled, ""), qualify: steps(asks, move("b", toNew, "")), triggers: []StageTrigger{{2, 1, 2}, {1, 1, 1}}},
		"a move to where the lead is launched":  {own: move("a", toCalled, ""), triggers: []StageTrigger{{1, 1, 2}}},
		"one move, a trigger on any stage":      {own: move("a", toCalled, ""), triggers: []StageTrigger{{1, 0, 0}}},
		"a pipeline that is walked once":        {own: move("a", toCalled, ""), qualify: move("a", toWon, ""), triggers: []StageTrigger{{1, 1, 1}, {2, 1, 2}}},
		"won is the lead's own pipeline's":      {own: steps(move("a", toCalled, "b"), move("b", toWon, "")), triggers: []StageTrigger{{1, 2, 142}}},
		"a stage that only the run knows":       {own: move("a", `"stage":"{{message_text}}"`, ""), triggers: []StageTrigger{{1, 1, 1}}},
		"a stage by a sub-bot":                  {own: start("a", 2, ""), qualify: steps(move("a", toCalled, "b"), move("b", toNew, "")), triggers: []StageTrigger{{1, 1, 1}}, circle: "Welcome → Qualify → Welcome"},
		"a stage after a sub-bot that moved it": {own: steps(start("a", 2, "b"), move("b", toNew, "")), qualify: move("a", toCalled, ""), triggers: []StageTrigger{{1, 1, 1}}, circle: "Welcome → Welcome"},
		"a stage that launches another":         {own: move("a", toCalled, ""), qualify: fmt.Sprintf(say, "a", ""), triggers: []StageTrigger{{2, 1, 2}}},
		"a failed move does not launch":         {own: `{"id":"a","kind":"change_stage","config":{"stage":"New"},"exits":{"failed":"b"}},` + start("b", 2, ""), qualify: fmt.Sprintf(end, "a"), triggers: []StageTrigger{{2, 1, 1}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			named := func(name, steps string) bot.Document {
				doc := document(t, steps)
				doc.Name = name
				return doc
			}
			env := Env{Self: 1, Pipelines: stages, StageTriggers: c.triggers, Document: func(id int64) (bot.Document, bool) {
				text := map[int64]string{2: c.qualify, 3: c.remind}[id]
				return named(map[int64]string{2: "Qualify", 3: "Remind"}[id], text), text != ""
			}}
			var found []string
			for _, issue := range Lint(named("Welcome", c.own), env) {
				if issue.Code == "bot_circle" || issue.Code == "timer_circle" {
					found = append(found, issue.Level+" "+issue.Message)
					require.NotEmpty(t, issue.Fix)
					require.NotEmpty(t, issue.Step)
				}
			}
			if c.circle == "" {
				require.Empty(t, found)
				return
			}
			require.Len(t, found, 1)
			if c.level == "" {
				c.level = LevelError
			}
			require.Regexp(t, "^"+c.level+" .*: "+c.circle+"$", found[0])
		})
	}
}

// A loop within a bot is endless, too, if it goes through another bot that does not wait.
func TestALoopThroughABotThatDoesNotWaitIsEndless(t *testing.T) {
	t.Parallel()
	for sub, want := range map[string]string{
		fmt.Sprintf(say, "a", ""):                                     "error endless_loop",
		fmt.Sprintf(nag, "a", ""):                                     "warning timer_loop",
		fmt.Sprintf(listen, "a", ""):                                  "",
		fmt.Sprintf(ask, "a", "", "", ""):                             "warning timer_loop",
		steps(fmt.Sprintf(say, "a", "b"), `{"id":"b","kind":"stop"}`): "error endless_loop",
	} {
		env := Env{Document: func(id int64) (bot.Document, bool) { return document(t, sub), id == 2 }}
		var found string
		for _, issue := range Lint(document(t, steps(start("a", 2, "b"), fmt.Sprintf(jump, "b", "a"))), env) {
			if issue.Code != "no_answer_exit" {
				found = issue.Level + " " + issue.Code
			}
		}
		require.Equal(t, want, found, sub)
	}
}

// What nobody names the bot for can't be started by others, and is not looked for in vain.
func TestADocumentWithoutABotIsInNoCircle(t *testing.T) {
	t.Parallel()
	env := Env{Document: func(int64) (bot.Document, bool) { return document(t, start("a", 2, "")), true }}
	require.Empty(t, Lint(document(t, start("a", 2, "")), env))
	require.Empty(t, Lint(document(t, start("a", 1, "")), Env{Self: 1}), "nor without the others' documents")
}
