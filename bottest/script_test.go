package bottest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
	"salesbot/bottest"
)

func TestScriptsAreReadStrictly(t *testing.T) {
	t.Parallel()
	one := func(step string) string { return `{"bot":"b.json","cases":[{"name":"a","steps":[` + step + `]}]}` }
	for script, want := range map[string]string{
		`{"bot":"b.json","cases":[]}`:                      "the script has no cases",
		`{"bot":"b.json","case":[]}`:                       `unknown field "case"`,
		`{"bot":"b.json","cases":[{"name":"a"}]}`:          "cases.0: a case needs a name and steps",
		one(`{"clint":"hi"}`):                              `there is no step "clint"; there are activity, answer, bot, buttons`,
		one(`{"client":"hi","bot":"hello"}`):               "a step has one key",
		one(`"client"`):                                    "a step is an object such as",
		one(`{"client":5}`):                                "expected a text or a list of texts",
		one(`{"silent":"three days"}`):                     "is no time; write 3d, 2d12h, 1h30m or 45s",
		one(`{"silent":"-1h"}`):                            "is in the past",
		one(`{"silent":3}`):                                `expected a time such as "3d"`,
		one(`{"called":{"url":"https://x","header":"y"}}`): `unknown field "header"`,
		one(`{"webhook":{"status":"ok"}}`):                 "expected a whole number",
	} {
		_, err := bottest.Parse([]byte(script))
		require.ErrorContains(t, err, want, script)
	}
	script, err := bottest.Parse([]byte(one(`{"silent":"1d2h3m4s"},{"webhook":[{"status":500},{"json":{"a":1}}]}`)))
	require.NoError(t, err)
	require.Equal(t, "silent", script.Cases[0].Steps[0].Verb)
}

// failure plays the steps after the client's "hi" and tells what went wrong.
func failure(t *testing.T, steps string) string {
	t.Helper()
	script, err := bottest.Parse([]byte(`{"cases":[{"name":"a","steps":[{"client":"hi"},` + steps + `]}]}`))
	require.NoError(t, err)
	report, err := bottest.Run(t.Context(), parse(t, asking), script)
	require.NoError(t, err)
	require.Equal(t, "Asking", report.Bot)
	if report.Cases[0].Failure == nil {
		require.Zero(t, report.Failed())
		return ""
	}
	require.Equal(t, 1, report.Failed())
	require.Contains(t, report.Cases[0].String(), "FAILED at step")
	return report.Cases[0].Failure.Problem
}

func TestEveryExpectationCanFail(t *testing.T) {
	t.Parallel()
	for steps, want := range map[string]string{
		`{"bot":"Maybe?"}`:                                       `expected "Maybe?", saw "Yes or no?"`,
		`{"bot":["Yes*","Again"]}`:                               `expected "Yes*", "Again", saw "Yes or no?"`,
		`{"bot":"Yes*"},{"bot":"Again"}`:                         `expected "Again", saw nothing`,
		`{"nothing":true}`:                                       `expected nothing, saw "Yes or no?"`,
		`{"bot":"Yes*"},{"buttons":["Yes"]}`:                     `expected "Yes", saw "Yes", "No"`,
		`{"bot":"Yes*"},{"buttons":["No","Yes"]}`:                `expected "No", "Yes", saw "Yes", "No"`,
		`{"stage":"Offer made"}`:                                 `expected "Offer made", saw "Incoming leads"`,
		`{"task":"Call*"}`:                                       `expected "Call*", saw nothing`,
		`{"note":"*"}`:                                           `expected "*", saw nothing`,
		`{"tags":["a"]}`:                                         `expected "a", saw nothing`,
		`{"field":{"contact.name":"Bob"}}`:                       `contact.name: expected "Bob", saw "Ann Client"`,
		`{"called":{"url":"https://example.com"}}`:               "expected a webhook",
		`{"run":"finished"}`:                                     `expected "finished", saw "waiting"`,
		`{"step":"thanks"}`:                                      `expected "thanks", saw "ask"`,
		`{"reason":"why"}`:                                       `expected "why", saw ""`,
		`{"trace":["ask","thanks"]}`:                             `expected "ask", "thanks", saw "ask"`,
		`{"tap":"Perhaps"}`:                                      `there is no button "Perhaps"`,
		`{"video":"opened"}`:                                     "there is no video",
		`{"video":"watched"}`:                                    "a video is opened or closed",
		`{"command":"resume"}`:                                   "run 1 is not paused",
		`{"launch":3}`:                                           "there is no bot 3",
		`{"report":"failed"}`:                                    "there is no message to report",
		`{"fail_sends":"often"}`:                                 "often is no trouble",
		`{"tap":"Yes"},{"bot":"Thanks*"},{"answer":"x"}`:         "no longer waits for this answer",
		`{"client":["1","perhaps"]},{"bot":"Thanks, Ann*"}`:      "",
		`{"silent":"1d"},{"bot":"Still there?"},{"silent":"9d"}`: "",
	} {
		problem := failure(t, steps)
		if want == "" {
			require.Empty(t, problem, steps)
			continue
		}
		require.Contains(t, problem, want, steps)
	}
}

// Who names a part of what the bot said must name the rest: else a message that is said twice goes unnoticed.
func TestAllThatABotSaysIsNamedOrNothing(t *testing.T) {
	t.Parallel()
	twice := parse(t, `{"schema":1,"name":"Twice","start":"a","steps":[{"id":"a","kind":"message","config":{"text":"A"},"exits":{"next":"b"}},{"id":"b","kind":"message","config":{"text":"A"}}]}`)
	for steps, fails := range map[string]bool{`{"bot":"A"}`: true, `{"bot":"A"},{"silent":"1s"}`: true, `{"bot":["A","A"]}`: false, `{"silent":"1s"}`: false} {
		script, err := bottest.Parse([]byte(`{"cases":[{"name":"a","steps":[{"client":"hi"},` + steps + `]}]}`))
		require.NoError(t, err)
		report, err := bottest.Run(t.Context(), twice, script)
		require.NoError(t, err)
		require.Equal(t, fails, report.Failed() == 1, steps)
		if fails {
			require.Contains(t, report.Cases[0].Failure.Problem, `the bot also said "A"`)
		}
	}
}

func TestMainTellsWhatPassedAndWhatFailed(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	write := func(name, content string) string {
		file := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(file, []byte(content), 0o600))
		return file
	}
	write("ask.json", asking)
	file := write("ask.test.json", `{"bot":"ask.json","cases":[
		{"name":"good","steps":[{"client":"hi"},{"bot":"Yes or no?"}]},
		{"name":"bad","steps":[{"client":"hi"},{"bot":"Yes or yes?"}]}]}`)
	var out strings.Builder
	passed, failed, err := bottest.Main(&out, []string{file})
	require.NoError(t, err)
	require.Equal(t, 1, passed)
	require.Equal(t, 1, failed)
	require.Contains(t, out.String(), "ok    "+file+": good\n")
	require.Contains(t, out.String(), "FAIL  "+file+": bad\n")
	require.Contains(t, out.String(), "  Mon 05 Jan 10:00:00  client   hi\n")
	require.Contains(t, out.String(), "FAILED at step 2, {\"bot\":\"Yes or yes?\"}\n  expected \"Yes or yes?\", saw \"Yes or no?\"\n")

	for name, content := range map[string]string{"no.test.json": `{"bot":"no.json","cases":[{"name":"a","steps":[{"client":"hi"}]}]}`, "nobot.test.json": `{"cases":[{"name":"a","steps":[{"client":"hi"}]}]}`} {
		_, _, err = bottest.Main(&out, []string{write(name, content)})
		require.Error(t, err, name)
	}
}

func TestWorldsAreApart(t *testing.T) {
	t.Parallel()
	one, two := world(t, bottest.Options{Documents: []bot.Document{parse(t, asking)}}), world(t, bottest.Options{Documents: []bot.Document{parse(t, asking)}})
	require.NoError(t, one.Client("hi"))
	require.Empty(t, said(t, two))
	require.NoError(t, two.Silent(0))
}
