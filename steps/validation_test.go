package steps

import (
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
)

func TestValidationChecks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		check, text, datum string
		ok                 bool
	}{
		{`"check":"equals","value":"Yes"`, " yes ", " yes ", true},
		{`"check":"equals","value":"{{contact.name}}"`, "ann", "ann", true},
		{`"check":"not_equals","value":"yes"`, "no", "no", true},
		{`"check":"not_equals","value":"yes"`, "YES", "", false},
		{`"check":"contains","what":"numbers"`, "room 12", "12", true},
		{`"check":"contains","what":"numbers"`, "room", "", false},
		{`"check":"contains","what":"letters"`, "12 Ёлка!", "Ёлка", true},
		{`"check":"not_contains","what":"letters"`, "12", "12", true},
		{`"check":"contains","what":"phone"`, "it is +1 (415) 555-2671", "+14155552671", true},
		{`"check":"contains","what":"phone"`, "123", "", false},
		{`"check":"not_contains","what":"phone"`, "123", "123", true},
		{`"check":"contains","what":"email"`, "Me@Example.com", "me@example.com", true},
		{`"check":"contains","what":"range","from":1,"to":9`, "I take 12 or 7", "7", true},
		{`"check":"contains","what":"range","from":1,"to":9`, "12", "", false},
		{`"check":"not_contains","what":"range","from":1,"to":9`, "12", "12", true},
		{`"check":"contains","what":"range","from":18`, "120", "120", true},
		{`"check":"contains","what":"text","value":"please"`, "Please, tea", "Please, tea", true},
		{`"check":"length","from":4,"to":4`, "añob", "añob", true},
		{`"check":"length","to":3`, "four", "", false},
		{`"check":"length","from":1`, "", "", false},
		{`"subject":"{{contact.name}}","check":"equals","value":"ann"`, "-", "Ann", true},
		{`"subject":"contact.name","check":"length","from":3,"to":3`, "-", "Ann", true},
	} {
		t.Run(c.check+" "+c.text, func(t *testing.T) {
			run := &fakeRun{values: bot.Values{"message_text": {c.text}, "contact.name": {"Ann"}}}
			want := "else"
			if c.ok {
				want = "rule:r"
			}
			goesBy(t, want, "validation", `{"rules":[{"id":"r","checks":[{`+c.check+`}]}]}`, run)
			require.Equal(t, c.datum, run.values.First("last_validation_result"))
		})
	}
}

func TestValidationRules(t *testing.T) {
	t.Parallel()
	const config = `{"rules":[
		{"id":"both","checks":[{"check":"contains","what":"phone"},{"check":"contains","what":"email"}]},
		{"id":"one","logic":"or","checks":[{"check":"contains","what":"phone"},{"check":"contains","what":"email"}]}]}`
	for text, want := range map[string][2]string{
		"+14155552671 a@b.de": {"rule:both", "a@b.de"},
		"+14155552671":        {"rule:one", "+14155552671"},
		"a@b.de":              {"rule:one", "a@b.de"},
		"neither":             {"else", ""},
	} {
		run := &fakeRun{values: bot.Values{"message_text": {text}}}
		goesBy(t, want[0], "validation", config, run)
		require.Equal(t, want[1], run.values.First("last_validation_result"), text)
	}
}

func TestValidationPatterns(t *testing.T) {
	t.Parallel()
	run := &fakeRun{results: map[string]any{"MatchPattern": bot.PatternFound{OK: true, Found: "42"}}}
	goesBy(t, "rule:r", "validation", `{"rules":[{"id":"r","checks":[{"check":"regex","value":"/#(\\d+)/iu"}]}]}`, run)
	require.Equal(t, "42", run.values.First("last_validation_result"))
	require.Equal(t, bot.PatternMatch{Subject: "{{message_text}}", Pattern: `/#(\d+)/iu`}, run.changes[0].Input)

	run = &fakeRun{results: map[string]any{"MatchPattern": bot.PatternFound{OK: true}}}
	goesBy(t, "else", "validation", `{"rules":[{"id":"r","checks":[{"check":"not_regex","value":"x"}]}]}`, run)
}

func TestValidationProblems(t *testing.T) {
	t.Parallel()
	for check, want := range map[string][]string{
		`"check":"contains"`:                                 {"bad_config"},
		`"check":"contains","what":"text"`:                   {"bad_config"},
		`"check":"contains","what":"range"`:                  {"bad_config"},
		`"check":"contains","what":"range","from":9,"to":1`:  {"bad_config"},
		`"check":"contains","what":"range","from":"1"`:       {"bad_config"},
		`"subject":"text","check":"length","to":1`:           {"bad_placeholder"},
		`"check":"length"`:                                   {"bad_config"},
		`"check":"regex"`:                                    {"bad_pattern"},
		`"check":"regex","value":"/a/q"`:                     {"bad_pattern"},
		`"check":"regex","value":"^\\d+$"`:                   {},
		`"check":"contains","what":"range","from":-1,"to":1`: {},
	} {
		config := `{"rules":[{"id":"r","checks":[{` + check + `}]}]}`
		require.Equal(t, want, problems(t, "validation", config, Env{}), check)
	}
}
