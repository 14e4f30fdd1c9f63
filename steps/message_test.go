package steps

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
)

const question = `{"text":"Which?","buttons":[{"id":"a","text":"Apples","synonyms":["fruit"]},{"id":"b","text":"Bread"}],
	"links":[{"text":"Shop","url":"https://example.com"}],"no_answer_after":{"hours":1,"minutes":1,"seconds":1}}`

func TestMessageWithoutButtonsDoesNotWait(t *testing.T) {
	t.Parallel()
	run := &fakeRun{}
	goesBy(t, "next", "message", `{"text":"Hi","links":[{"text":"Shop","url":"https://example.com"}],"to":"all_contacts","channel_ids":[3],"primary":true,
		"files":[{"type":"picture","url":"https://example.com/a.png"}]}`, run)
	require.Empty(t, run.waits)
	require.Nil(t, run.then[0])
	require.Equal(t, bot.Outgoing{
		Text: "Hi", Buttons: []bot.Button{{Text: "Shop", URL: "https://example.com"}}, To: bot.ToAllContacts, ChannelIDs: []int64{3}, Primary: true,
		Attachments: []bot.Attachment{{Type: "picture", URL: "https://example.com/a.png"}},
	}, run.sent[0])
}

func TestMessageNamesButtonsByRunAndVisit(t *testing.T) {
	t.Parallel()
	run := &fakeRun{events: []bot.Event{says("Bread")}}
	goesBy(t, "button:b", "message", question, run)
	require.Equal(t, []bot.Button{{ID: "7.3.a", Text: "Apples"}, {ID: "7.3.b", Text: "Bread"}, {Text: "Shop", URL: "https://example.com"}}, run.sent[0].Buttons)
}

func TestMessageExits(t *testing.T) {
	t.Parallel()
	tap := func(payload string) bot.Event {
		return bot.Event{Kind: bot.EventMessage, Messages: []bot.Message{{Button: payload, Text: "?"}}}
	}
	two := bot.Event{Kind: bot.EventMessage, Messages: []bot.Message{{Text: "well"}, {Text: "apples"}}}
	for name, c := range map[string]struct {
		event bot.Event
		want  string
	}{
		"a tap":                   {tap("7.3.a"), "button:a"},
		"a tap on another visit":  {tap("7.2.a"), "other"},
		"a title":                 {says("BREAD "), "button:b"},
		"a synonym":               {says("fruit"), "button:a"},
		"a number":                {says("2"), "button:b"},
		"something else":          {says("meat"), "other"},
		"the second of a bunch":   {two, "button:a"},
		"a failed delivery":       {bot.Event{Kind: bot.EventReceipt, Receipt: &bot.Receipt{Kind: bot.ReceiptFailed}}, "failed"},
		"a person skips the wait": {bot.Event{Kind: bot.EventSkipped}, "silent"},
	} {
		run := &fakeRun{events: []bot.Event{c.event}, outcome: bot.Outcome{MessageID: "m1"}}
		goesBy(t, c.want, "message", question, run)
		require.Equal(t, "m1", run.waits[0].MessageID, name)
		require.True(t, run.waits[0].Message, name)
	}
}

func TestMessageMatchesTitlesWithPlaceholders(t *testing.T) {
	t.Parallel()
	run := &fakeRun{values: bot.Values{"lead.name": {"Sofa"}}, events: []bot.Event{says("sofa")}}
	goesBy(t, "button:x", "message", `{"text":"?","buttons":[{"id":"x","text":"{{lead.name}}"}]}`, run)
}

func TestMessageNoAnswer(t *testing.T) {
	t.Parallel()
	exit, took, err := do(t, "message", question, &fakeRun{})
	require.NoError(t, err)
	require.Equal(t, "silent", exit)
	require.Equal(t, time.Hour+time.Minute+time.Second, took)
}

func TestMessageNotSent(t *testing.T) {
	t.Parallel()
	run := &fakeRun{outcome: bot.Outcome{Failed: true, Error: "blocked"}}
	goesBy(t, "failed", "message", question, run)
	require.Empty(t, run.waits)
	require.Len(t, run.notes, 1)
}

func TestMessageProblems(t *testing.T) {
	t.Parallel()
	env := Env{Channels: map[int64]bool{1: true}, MostButtons: 1}
	for config, want := range map[string][]string{
		`{}`:                                   {"empty_message"},
		`{"files":[{"type":"file","id":"f"}]}`: {},
		`{"files":[{"type":"file"}]}`:          {"bad_config"},
		`{"links":[{"text":"a","url":"https://b.example"}],"files":[{"type":"file","id":"f"}]}`: {"empty_message"},
		`{"text":"a","channel_ids":[1,2]}`:                                                                   {"unknown_channel"},
		`{"text":"a","no_answer_after":{"hours":1}}`:                                                         {"unused_timer"},
		`{"text":"a","buttons":[{"id":"x","text":"X"}]}`:                                                     {"no_answer_exit"},
		`{"text":"a","buttons":[{"id":"x","text":"X"}],"no_answer_after":{}}`:                                {"bad_config"},
		`{"text":"a","buttons":[{"id":"x","text":"X"},{"id":"x","text":"Y"}],"no_answer_after":{"hours":1}}`: {"duplicate_id", "many_buttons"},
		`{"text":"a","buttons":[{"id":"X!","text":""}]}`:                                                     {"bad_config", "bad_config"},
		`{"text":"a","no_answer_after":{"hours":8761}}`:                                                      {"bad_config"},
		`{"text":1}`:  {"bad_config"},
		`{"txt":"a"}`: {"bad_config"},
	} {
		require.Equal(t, want, problems(t, "message", config, env), config)
	}
}
