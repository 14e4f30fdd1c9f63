package steps

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"salesbot/bot"
)

// fakeRun records what a step does and answers from prepared results.
type fakeRun struct {
	step   bot.Step
	values bot.Values
	// events are what Await returns, in order; without one the wait runs until its time.
	events  []bot.Event
	outcome bot.Outcome
	// results and errors are by activity.
	results map[string]any
	errors  map[string]error
	status  bot.RunStatus
	botErr  error

	sent    []bot.Outgoing
	then    []*bot.Wait
	waits   []bot.Wait
	changes []change
	notes   []string
	asked   [][]string
}

type change struct {
	Activity string
	Input    any
}

func (r *fakeRun) Step() bot.Step        { return r.step }
func (r *fakeRun) Visit() int            { return 3 }
func (r *fakeRun) RunID() int64          { return 7 }
func (r *fakeRun) Message() *bot.Message { return nil }

func (r *fakeRun) Values(_ workflow.Context, names ...string) (bot.Values, error) {
	r.asked = append(r.asked, names)
	return r.values, nil
}

func (r *fakeRun) SetValue(name string, values ...string) {
	if r.values == nil {
		r.values = bot.Values{}
	}
	r.values.Set(name, values...)
}

func (r *fakeRun) Send(_ workflow.Context, message bot.Outgoing, then *bot.Wait) (bot.Outcome, error) {
	r.sent, r.then = append(r.sent, message), append(r.then, then)
	return r.outcome, nil
}

func (r *fakeRun) Await(ctx workflow.Context, wait bot.Wait) (bot.Event, error) {
	r.waits = append(r.waits, wait)
	if len(r.events) > 0 {
		event := r.events[0]
		r.events = r.events[1:]
		return event, nil
	}
	if err := workflow.Sleep(ctx, wait.Until.Sub(workflow.Now(ctx))); err != nil {
		return bot.Event{}, err
	}
	return bot.Event{Kind: bot.EventTimer, Timed: wait.Timed}, nil
}

func (r *fakeRun) Change(_ workflow.Context, activity string, input, result any) error {
	r.changes = append(r.changes, change{activity, input})
	if err := r.errors[activity]; err != nil || result == nil {
		return err
	}
	data, err := json.Marshal(r.results[activity])
	if err != nil {
		return err
	}
	return json.Unmarshal(data, result)
}

func (r *fakeRun) Call(ctx workflow.Context, activity string, input, result any) error {
	return r.Change(ctx, activity, input, result)
}

func (r *fakeRun) Perform(ctx workflow.Context, p bot.Performance, answer *json.RawMessage) error {
	return r.Change(ctx, p.Name, p, answer)
}

func (r *fakeRun) StartBot(workflow.Context, int64) (bot.RunStatus, error) { return r.status, r.botErr }

func (r *fakeRun) Note(format string, _ ...any) { r.notes = append(r.notes, format) }

// do runs a configured step in a workflow with skipped time and returns the exit and how long it took.
func do(t *testing.T, kind, config string, run *fakeRun) (exit string, took time.Duration, err error) {
	t.Helper()
	run.step.ID, run.step.Kind, run.step.Config = "step", kind, json.RawMessage(config)
	step, decodeErr := Decode(run.step)
	require.NoError(t, decodeErr)
	env := new(testsuite.WorkflowTestSuite).NewTestWorkflowEnvironment()
	env.SetStartTime(time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC))
	env.SetTestTimeout(10 * time.Second)
	env.SetWorkflowRunTimeout(20 * 365 * 24 * time.Hour)
	env.ExecuteWorkflow(func(ctx workflow.Context) error {
		from := workflow.Now(ctx)
		exit, err = step.Run(ctx, run)
		took = workflow.Now(ctx).Sub(from)
		return nil
	})
	require.NoError(t, env.GetWorkflowError())
	return exit, took, err
}

// goesBy checks that a step goes on by an exit without trouble.
func goesBy(t *testing.T, want, kind, config string, run *fakeRun) {
	t.Helper()
	exit, _, err := do(t, kind, config, run)
	require.NoError(t, err)
	require.Equal(t, want, exit)
}

func says(text string) bot.Event {
	return bot.Event{Kind: bot.EventMessage, Messages: []bot.Message{{ID: "m", Text: text}}}
}

// problems are the codes that a step finds in a configuration.
func problems(t *testing.T, kind, config string, env Env) []string {
	t.Helper()
	codes := []string{}
	for _, issue := range lintConfig(bot.Step{ID: "step", Kind: kind, Config: json.RawMessage(config)}, env) {
		codes = append(codes, issue.Code)
	}
	return codes
}
