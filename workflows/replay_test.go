package workflows_test

import (
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"salesbot/bot"
	"salesbot/codec"
	"salesbot/steps"
	"salesbot/workflows"
)

// TestReplay replays recorded conversations: open ones that were recorded by a released program must go on under this
// one. See record for how they are made, and why they are not made anew.
func TestReplay(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/histories/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	recorded := map[string][]string{}
	for _, file := range files {
		kind, state, ok := strings.Cut(strings.TrimSuffix(filepath.Base(file), ".json"), "__")
		require.True(t, ok, "%s is not called KIND__finished.json or KIND__parked.json", file)
		recorded[kind] = append(recorded[kind], state)
		t.Run(kind+" "+state, func(t *testing.T) {
			t.Parallel()
			require.NoError(t, replayer(t).ReplayWorkflowHistoryFromJSONFile(sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler)), file))
		})
	}
	for _, kind := range steps.Kinds() {
		require.ElementsMatch(t, []string{"finished", "parked"}, recorded[kind.Name], "record histories of the kind %q: RECORD=1 go test ./workflows/record", kind.Name)
	}
}

func replayer(t *testing.T) worker.WorkflowReplayer {
	t.Helper()
	converter, err := codec.DataConverter(nil)
	require.NoError(t, err)
	r, err := worker.NewWorkflowReplayerWithOptions(worker.WorkflowReplayerOptions{DataConverter: converter})
	require.NoError(t, err)
	r.RegisterWorkflowWithOptions(workflows.Conversation, workflow.RegisterOptions{Name: bot.ConversationType})
	r.RegisterWorkflowWithOptions(workflows.Delivery, workflow.RegisterOptions{Name: bot.DeliveryType})
	return r
}
