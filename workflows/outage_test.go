package workflows

import (
	"testing"

	"github.com/stretchr/testify/require"
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
