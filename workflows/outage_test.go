package workflows

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"salesbot/activities"
)

// An outage of our own database uses up none of the tries that an address outside has.
func TestAnOutageOfOursOutlastsEveryPolicy(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		policy func(workflow.Context, string) workflow.Context
		fails  int
		with   string
		ends   bool
	}{
		"calls outside, ours away":  {withOutside, 23, activities.ErrorAway, false},
		"a provider, ours away":     {withProvider, 40, activities.ErrorAway, false},
		"calls outside, they fail":  {withOutside, 23, "Outside", true},
		"a provider, it fails long": {withProvider, 40, "Provider", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var suite testsuite.WorkflowTestSuite
			env := suite.NewTestWorkflowEnvironment()
			tries := 0
			work := func() (string, error) {
				if tries++; tries <= c.fails {
					return "", temporal.NewApplicationError("away", c.with)
				}
				return "done", nil
			}
			env.RegisterActivity(work)
			env.ExecuteWorkflow(func(ctx workflow.Context) (result string, err error) {
				err = untilOursIsBack(c.policy(ctx, "work"), &result, work)
				return result, err
			})
			require.True(t, env.IsWorkflowCompleted())
			if c.ends {
				require.Error(t, env.GetWorkflowError())
				return
			}
			var result string
			require.NoError(t, env.GetWorkflowResult(&result))
			require.Equal(t, "done", result)
			require.Equal(t, c.fails+1, tries)
		})
	}
}

// While Temporal or all our processes are away nobody tries: what is limited outside is the number of attempts, not the time.
func TestNoTimeOfOursIsCountedAgainstTheOutside(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		policy   func(workflow.Context, string) workflow.Context
		attempts int
		atMost   time.Duration
	}{
		"calls outside": {withOutside, 5, 5 * time.Minute},
		"a provider":    {withProvider, 15, 15 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var suite testsuite.WorkflowTestSuite
			env := suite.NewTestWorkflowEnvironment()
			env.SetWorkflowRunTimeout(untilItIs)
			attempts := 0
			var longest time.Duration
			work := func(ctx context.Context) error {
				attempts++
				info := activity.GetInfo(ctx)
				longest = info.StartToCloseTimeout
				require.Greater(t, info.ScheduleToCloseTimeout, 365*24*time.Hour)
				return temporal.NewApplicationError("down", "Outside")
			}
			env.RegisterActivity(work)
			began := env.Now()
			env.ExecuteWorkflow(func(ctx workflow.Context) error {
				return workflow.ExecuteActivity(c.policy(ctx, "work"), work).Get(ctx, nil)
			})
			require.Error(t, env.GetWorkflowError())
			require.Equal(t, c.attempts, attempts)
			require.LessOrEqual(t, env.Now().Sub(began)+time.Duration(c.attempts)*longest, c.atMost)
		})
	}
}
