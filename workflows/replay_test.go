package workflows_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"
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

// Among them are conversations that continued as new in each kind of wait, and went on in the workflow run that followed.
func TestHistoriesHoldWhatFollowedAContinueAsNew(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"question", "timer", "answer", "held", "subbot"} {
		events := func(state string) []*historypb.HistoryEvent {
			file, err := os.Open("testdata/histories/conversation_" + kind + "_continued__" + state + ".json")
			require.NoError(t, err)
			defer file.Close()
			history, err := client.HistoryFromJSON(file, client.HistoryJSONOptions{})
			require.NoError(t, err)
			return history.GetEvents()
		}
		before, after := events("continued"), events("finished")
		follows := before[len(before)-1].GetWorkflowExecutionContinuedAsNewEventAttributes().GetNewExecutionRunId()
		require.NotEmpty(t, follows, kind)
		require.Equal(t, follows, after[0].GetWorkflowExecutionStartedEventAttributes().GetOriginalExecutionRunId(), kind)
		require.NotNil(t, after[len(after)-1].GetWorkflowExecutionCompletedEventAttributes(), kind)
		require.Greater(t, len(events("parked")), 3, kind)
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
