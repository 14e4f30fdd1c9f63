package workflows

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"salesbot/bot"
	"salesbot/crm"
)

// What an attempt could not record is recorded before anything else happens, and what did not go out is handed over again,
// however often and however long our own database is away.
func TestAHandOverOutlivesOutages(t *testing.T) {
	t.Parallel()
	notCalled := bot.Outcome{MessageID: "m", Unrecorded: &bot.Handed{Call: "a", Status: string(crm.MessageSending)}}
	slowDown := bot.Outcome{MessageID: "m", Unrecorded: &bot.Handed{Call: "b", Status: string(crm.MessageSending), RetryAfter: time.Hour}}
	refused := bot.Outcome{MessageID: "m", Failed: true, Error: "no", Unrecorded: &bot.Handed{Call: "c", Status: string(crm.MessageFailed)}}
	for name, c := range map[string]struct {
		attempts []bot.Outcome
		records  string
		want     bot.Outcome
		takes    time.Duration
	}{
		"recorded at once":              {[]bot.Outcome{{MessageID: "m"}}, "", bot.Outcome{MessageID: "m"}, 0},
		"refused while ours was away":   {[]bot.Outcome{refused}, "c", bot.Outcome{MessageID: "m", Failed: true, Error: "no"}, 0},
		"away, slowed down, then there": {[]bot.Outcome{notCalled, slowDown, notCalled, {MessageID: "m"}}, "aba", bot.Outcome{MessageID: "m"}, time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var suite testsuite.WorkflowTestSuite
			env := suite.NewTestWorkflowEnvironment()
			attempts, records := c.attempts, ""
			env.RegisterActivityWithOptions(func(context.Context, string, bot.OnUnknown, bool) (bot.Outcome, error) {
				next := attempts[0]
				attempts = attempts[1:]
				return next, nil
			}, activity.RegisterOptions{Name: "DeliverMessage"})
			env.RegisterActivityWithOptions(func(_ context.Context, _ string, h bot.Handed) error {
				records += h.Call
				return nil
			}, activity.RegisterOptions{Name: "RecordDelivery"})
			began := env.Now()
			env.ExecuteWorkflow(func(ctx workflow.Context) (bot.Outcome, error) {
				return handOver(withProvider(ctx, "deliver"), withOwnData(ctx, "record"), "m", bot.UnknownDelivered)
			})
			var outcome bot.Outcome
			require.NoError(t, env.GetWorkflowResult(&outcome))
			require.Equal(t, c.want, outcome)
			require.Equal(t, c.records, records)
			require.Empty(t, attempts)
			require.GreaterOrEqual(t, env.Now().Sub(began), c.takes)
		})
	}
}
