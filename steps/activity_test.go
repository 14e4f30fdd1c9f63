package steps

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
)

const scores = `{"name":"ScoreLead","input":{"price":"{{lead.price}}"},"result_as":"score","errors":["NoPrice"]}`

func performing(answer any, err error) *fakeRun {
	return &fakeRun{results: map[string]any{"PrepareActivity": bot.Performance{Name: "ScoreLead", TaskQueue: "scoring"}, "ScoreLead": answer}, errors: map[string]error{"ScoreLead": err}}
}

func TestAnActivityGoesOnByWhatItReturns(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		config string
		answer any
		err    error
		exit   string
		values bot.Values
	}{
		"an object under a name": {scores, map[string]any{"grade": "A", "points": 90}, nil, exitNext, bot.Values{"json.score.grade": {"A"}, "json.score.points": {"90"}}},
		"an object":              {`{"name":"ScoreLead"}`, map[string]any{"grade": "A"}, nil, exitNext, bot.Values{"json.grade": {"A"}}},
		"a number under a name":  {scores, 90, nil, exitNext, bot.Values{"json.score": {"90"}}},
		"a number":               {`{"name":"ScoreLead"}`, 90, nil, exitNext, bot.Values{"json.result": {"90"}}},
		"a list":                 {`{"name":"ScoreLead"}`, []string{"a"}, nil, exitNext, bot.Values{"json.result": {"a"}, "json.result.0": {"a"}}},
		"nothing":                {scores, nil, nil, exitNext, nil},
		"an error with an exit":  {scores, nil, &Refusal{Code: "NoPrice", Message: "no"}, "error:NoPrice", nil},
		"an error without one":   {scores, nil, &Refusal{Code: "Other", Message: "no"}, exitFailed, nil},
		"a time that was over":   {scores, nil, &Refusal{Code: "timeout", Message: "late"}, exitFailed, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run := performing(c.answer, c.err)
			exit, _, err := do(t, "activity", c.config, run)
			require.NoError(t, err)
			require.Equal(t, c.exit, exit)
			require.Equal(t, c.values, run.values)
			require.Equal(t, c.err != nil, len(run.notes) > 0)
		})
	}
	run := performing(nil, nil)
	run.errors["PrepareActivity"] = &Refusal{Code: "not_found", Message: "no such activity"}
	run.step.Exits = map[string]string{exitFailed: "x"}
	exit, _, err := do(t, "activity", scores, run)
	require.NoError(t, err)
	require.Equal(t, exitFailed, exit)
}

func TestAnActivityHasTheLimitsOfItsAuthor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		config              string
		timeout, altogether time.Duration
		attempts            int
	}{
		{`{"name":"ScoreLead"}`, time.Minute, time.Hour, 5},
		{`{"name":"ScoreLead","timeout_seconds":5,"attempts":2,"give_up_after":{"minutes":3}}`, 5 * time.Second, 3 * time.Minute, 2},
		{`{"name":"ScoreLead","give_up_after":{}}`, time.Minute, time.Hour, 5},
	} {
		run := performing(nil, nil)
		_, _, err := do(t, "activity", c.config, run)
		require.NoError(t, err)
		require.Len(t, run.changes, 2)
		p, ok := run.changes[1].Input.(bot.Performance)
		require.True(t, ok)
		require.Equal(t, bot.Performance{Name: "ScoreLead", TaskQueue: "scoring", Timeout: c.timeout, GiveUpAfter: c.altogether, Attempts: c.attempts}, p)
	}
}

func TestAnActivityIsCheckedAgainstItsRegistration(t *testing.T) {
	t.Parallel()
	env := Env{Activities: map[string]CustomActivity{
		"ScoreLead": {TaskQueue: "scoring", InputSchema: json.RawMessage(`{"type":"object","properties":{"price":{"type":"number"},"list":{"type":"array","items":{"type":"integer"}}},"required":["price"],"additionalProperties":false}`)},
		"Asleep":    {TaskQueue: "night", InputSchema: json.RawMessage(`{}`), Unserved: true},
	}}
	for name, c := range map[string]struct {
		config string
		env    Env
		want   []string // code and path
	}{
		"right":                    {`{"name":"ScoreLead","input":{"price":12}}`, env, nil},
		"a placeholder":            {`{"name":"ScoreLead","input":{"price":"{{lead.price}}","list":["{{lead.id}}"]}}`, env, nil},
		"a number as text":         {`{"name":"ScoreLead","input":{"price":"12"}}`, env, nil},
		"no number":                {`{"name":"ScoreLead","input":{"price":"much","list":[1,"x"]}}`, env, []string{"bad_config input.list.1", "bad_config input.price"}},
		"what is missing":          {`{"name":"ScoreLead"}`, env, []string{"bad_config input"}},
		"what it does not know":    {`{"name":"ScoreLead","input":{"price":1,"prize":2}}`, env, []string{"bad_config input"}},
		"not registered":           {`{"name":"Nobody"}`, env, []string{"unknown_activity name"}},
		"nobody knows what is":     {`{"name":"Nobody"}`, Env{}, nil},
		"no worker":                {`{"name":"Asleep"}`, env, []string{"no_worker name"}},
		"a bad name of the result": {`{"name":"Asleep","result_as":"a.b"}`, Env{}, []string{"bad_config result_as"}},
		"an error twice":           {`{"name":"Asleep","errors":["A","A",""]}`, Env{}, []string{"bad_config errors.1", "bad_config errors.2"}},
	} {
		step, err := Decode(bot.Step{ID: "a", Kind: "activity", Config: json.RawMessage(c.config)})
		require.NoError(t, err, name)
		checker, ok := step.(Checker)
		require.True(t, ok)
		var got []string
		for _, p := range checker.Check(c.env) {
			got = append(got, p.Code+" "+p.Path)
			require.NotEmpty(t, p.Message)
			require.NotEmpty(t, p.Fix)
			require.Equal(t, p.Code == "no_worker", p.Warning)
		}
		require.ElementsMatch(t, c.want, got, name)
	}
}
