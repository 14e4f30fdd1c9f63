package workflows

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"salesbot/activities"
	"salesbot/bot"
	"salesbot/steps"
)

// A state that a newer program wrote is not read by halves: the workflow task fails, and waits for that program.
func TestANewerStateIsRefused(t *testing.T) {
	t.Parallel()
	const newer = "has schema 2 and this program reads up to 1"
	for name, c := range map[string]struct {
		input State
		kept  string
		want  string
	}{
		"the workflow's input":    {input: State{Schema: stateSchema + 1}, want: newer},
		"what the database has":   {kept: `{"schema":2}`, want: newer},
		"an older one in there":   {kept: `{"schema":0}`},
		"its own in the database": {kept: `{"schema":1}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var suite testsuite.WorkflowTestSuite
			env := suite.NewTestWorkflowEnvironment()
			env.RegisterActivity(&activities.Activities{})
			env.OnActivity(act.Adopt, mock.Anything, mock.Anything).
				Return(func(context.Context, bot.Adopt) (bot.Adopted, error) {
					return bot.Adopted{Stamp: "a.1", State: []byte(c.kept)}, nil
				})
			env.ExecuteWorkflow(Conversation, c.input)
			if c.want == "" {
				require.NoError(t, env.GetWorkflowError())
				return
			}
			require.ErrorContains(t, env.GetWorkflowError(), c.want)
		})
	}
}

// A journal that a step was changed under is not read as if it were the new step's.
func TestAJournalAnswersOnlyTheVerbThatWroteIt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		entry  Entry
		panics bool
	}{
		"the verb":                  {entry: Entry{Verb: "send", Result: []byte(`1`)}},
		"from before verbs had one": {entry: Entry{Result: []byte(`1`)}},
		"another":                   {entry: Entry{Verb: "await", Result: []byte(`1`)}, panics: true},
		"another that was refused":  {entry: Entry{Verb: "call CallWebhook", Refusal: &steps.Refusal{Code: "x"}}, panics: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result := 0
			answer := func() { require.NoError(t, c.entry.answerTo("send", 3, &result)) }
			if c.panics {
				require.PanicsWithValue(t, `the journal has "`+c.entry.Verb+`" as verb 3 of this visit, and the step now asks for "send": the step was changed without a version`, answer)
				return
			}
			answer()
			require.Equal(t, 1, result)
		})
	}
}

// inVisit does something in a visit that began under the rules.
func inVisit(t *testing.T, rules workflow.Version, do func(r *run)) {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestWorkflowEnvironment()
	env.ExecuteWorkflow(func(ctx workflow.Context) error {
		r := newRun(&conversation{version: interpreter, ctx: ctx}, &RunState{Launch: bot.Launch{RunID: 7}, Rules: rules})
		r.base, r.ctx = ctx, ctx
		do(r)
		return nil
	})
	require.NoError(t, env.GetWorkflowError())
}

// Whether reading values has a number of its own does not depend on what the visit has set since: the verbs behind it would
// get one another's answers after a continue-as-new.
func TestReadingValuesIsAlwaysAVerb(t *testing.T) {
	t.Parallel()
	for rules, want := range map[workflow.Version]int{0: 0, interpreter: 1} {
		inVisit(t, rules, func(r *run) {
			first, err := r.Values(r.ctx, "run.id", "rand", "current_time")
			require.NoError(t, err)
			require.Len(t, r.state.Journal, want)
			again := newRun(r.c, r.state)
			again.base, again.ctx, again.replaying = r.base, r.ctx, true
			second, err := again.Values(r.ctx, "run.id", "rand", "current_time")
			require.NoError(t, err)
			require.Equal(t, want, again.ordinal)
			require.Equal(t, []string{"7"}, second["run.id"])
			require.Equal(t, want == 1, first["rand"][0] == second["rand"][0], "what was drawn stays")
		})
	}
}

// A run's values travel with each of its changes: they have a limit, beyond which the run ends instead of its workflow.
func TestTheValuesOfARunHaveALimit(t *testing.T) {
	t.Parallel()
	inVisit(t, interpreter, func(r *run) {
		r.SetValue("json.a", strings.Repeat("a", 200<<10))
		require.NoError(t, r.excess)
		r.SetValue("json.a", strings.Repeat("b", 250<<10))
		require.NoError(t, r.excess, "it replaces the one before")
		r.SetValue("json.c", strings.Repeat("c", 3<<10), strings.Repeat("c", 4<<10))
		require.ErrorContains(t, r.excess, `may take 256 KB together, and with "json.c"`)
		require.NotContains(t, r.state.Values, "json.c")
		r.SetValue("json.a", strings.Repeat("d", 300<<10))
		require.Equal(t, "b", r.state.Values["json.a"][0][:1], "what it had it has")
	})
}
