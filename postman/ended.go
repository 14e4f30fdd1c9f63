package postman

import (
	"context"
	"errors"
	"fmt"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
)

// EndedByHand says how a workflow run was ended, or the last of those that continued it as new: by an operator who
// terminated it, by a failure, by its time. It is empty if it ended by itself, still runs, or is not known any more.
func EndedByHand(ctx context.Context, temporal client.Client, workflowID, runID string) (reason string, err error) {
	for runID != "" {
		last, err := lastEvent(ctx, temporal, workflowID, runID)
		var unknown *serviceerror.NotFound
		var malformed *serviceerror.InvalidArgument // a run's id that no server has given out
		if errors.As(err, &unknown) || errors.As(err, &malformed) {
			return "", nil
		}
		if err != nil {
			return "", fmt.Errorf("look how %s ended: %w", workflowID, err)
		}
		if reason := endOf(last); reason != "" {
			return reason, nil
		}
		runID = last.GetWorkflowExecutionContinuedAsNewEventAttributes().GetNewExecutionRunId()
	}
	return "", nil
}

func lastEvent(ctx context.Context, temporal client.Client, workflowID, runID string) (*historypb.HistoryEvent, error) {
	described, err := temporal.DescribeWorkflowExecution(ctx, workflowID, runID)
	if err != nil || described.GetWorkflowExecutionInfo().GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
		return nil, err
	}
	return temporal.GetWorkflowHistory(ctx, workflowID, runID, false, enumspb.HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT).Next()
}

func endOf(last *historypb.HistoryEvent) string {
	switch last.GetEventType() {
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED:
		how := last.GetWorkflowExecutionTerminatedEventAttributes()
		return withDetail("its workflow was terminated in Temporal", how.GetReason())
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED:
		return "its workflow was cancelled in Temporal"
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED:
		return withDetail("its workflow failed", last.GetWorkflowExecutionFailedEventAttributes().GetFailure().GetMessage())
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT:
		return "the time that Temporal gave to its workflow was over"
	}
	return ""
}

func withDetail(text, detail string) string {
	if detail == "" {
		return text
	}
	return text + ": " + detail
}
