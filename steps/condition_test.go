package steps

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
)

func TestConditionTakesTheFirstBranchThatHolds(t *testing.T) {
	t.Parallel()
	const config = `{"branches":[
		{"id":"vip","terms":[{"value":"lead.tags","operator":"equals","operand":"VIP"},{"value":"{{origin}}","operator":"in","operand":"telegram, livechat"}]},
		{"id":"rich","logic":"or","terms":[{"value":"{{lead.price}}","operator":"between","operand":"1000","to":"{{lead.cf.LIMIT}}"},{"value":"{{contact.name}}","operator":"contains","operand":"rich"}]},
		{"id":"hello","terms":[{"value":"{{message_text}}","operator":"not_empty"}]}]}`
	for name, c := range map[string]struct {
		values bot.Values
		want   string
	}{
		"both terms":             {bot.Values{"lead.tags": {"new", "vip"}, "origin": {"livechat"}}, "branch:vip"},
		"one term of two":        {bot.Values{"lead.tags": {"vip"}, "origin": {"instagram"}}, "else"},
		"a range to a field":     {bot.Values{"lead.price": {"1500"}, "lead.cf.LIMIT": {"2000"}}, "branch:rich"},
		"above the field":        {bot.Values{"lead.price": {"2500"}, "lead.cf.LIMIT": {"2000"}}, "else"},
		"or":                     {bot.Values{"contact.name": {"Richard"}}, "branch:rich"},
		"the last branch":        {bot.Values{"message_text": {"hi"}}, "branch:hello"},
		"a client can't plant {": {bot.Values{"contact.name": {"{{lead.price}}"}}, "else"},
		"nothing":                {nil, "else"},
	} {
		t.Run(name, func(t *testing.T) {
			run := &fakeRun{values: c.values}
			goesBy(t, c.want, "condition", config, run)
			require.Len(t, run.asked, 1, "all values are read at once")
		})
	}
}

func TestConditionMatches(t *testing.T) {
	t.Parallel()
	const config = `{"branches":[{"id":"order","terms":[{"value":"{{message_text}}","operator":"matches","operand":"/^#\\d{2}$/"}]}]}`
	run := &fakeRun{results: map[string]any{"MatchPattern": bot.PatternFound{OK: true}}}
	goesBy(t, "branch:order", "condition", config, run)
	require.Equal(t, []change{{"MatchPattern", bot.PatternMatch{Subject: "{{message_text}}", Pattern: `/^#\d{2}$/`}}}, run.changes)

	run = &fakeRun{results: map[string]any{"MatchPattern": bot.PatternFound{Error: "too slow"}}}
	goesBy(t, "else", "condition", config, run)
	require.Len(t, run.notes, 1)

	_, _, err := do(t, "condition", config, &fakeRun{errors: map[string]error{"MatchPattern": errors.New("broken")}})
	require.ErrorContains(t, err, "broken")
}

func TestConditionProblems(t *testing.T) {
	t.Parallel()
	for term, want := range map[string][]string{
		`"operator":"equals"`:                              {},
		`"operator":"empty"`:                               {},
		`"operator":"contains"`:                            {"bad_config"},
		`"operator":"between","operand":"1"`:               {"bad_config"},
		`"operator":"between","operand":"1","to":"2"`:      {},
		`"operator":"matches","operand":"("`:               {"bad_pattern"},
		`"operator":"like","operand":"x"`:                  {"bad_config"},
		`"operator":"equals","operand":"x","other":"x"`:    {"bad_config"},
		`"operator":"equals","operand":["not","a","text"]`: {"bad_config"},
	} {
		config := `{"branches":[{"id":"a","terms":[{"value":"{{message_text}}",` + term + `}]}]}`
		require.Equal(t, want, problems(t, "condition", config, Env{}), term)
	}
	for value, want := range map[string][]string{"lead.tags": {}, "{{lead.tags}} {{origin}}": {}, "lead.tagz": {"bad_placeholder"}, "lead.cf.9": {"unknown_field"}} {
		config := `{"branches":[{"id":"a","terms":[{"value":"` + value + `","operator":"equals","operand":"x"}]}]}`
		require.Equal(t, want, problems(t, "condition", config, Env{Fields: []Field{}}), value)
	}
	require.Equal(t, []string{"bad_config"}, problems(t, "condition", `{"branches":[]}`, Env{}))
	require.Equal(t, []string{"bad_config"}, problems(t, "condition", `{}`, Env{}))
}
