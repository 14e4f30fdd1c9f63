package bench

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"go.temporal.io/api/workflowservice/v1"
)

// settledTurns are few enough to stay within one workflow run.
const settledTurns = 40

// history counts what a settled turn adds to a conversation's history: one after another, so that no two share a
// workflow task.
func history(ctx context.Context, out io.Writer, target Target, f fixture, _ Options) error {
	before, err := conversations(ctx, target)
	if err != nil {
		return err
	}
	v, err := newVisitor(ctx, target, f.talking)
	if err != nil {
		return err
	}
	defer v.close()
	ours, err := newest(ctx, target, before)
	if err != nil {
		return err
	}
	oursEvents, oursBytes, err := growth(ctx, target, ours, v)
	if err != nil {
		return err
	}
	l, err := f.bare.open(ctx)
	if err != nil {
		return err
	}
	defer l.close()
	bareEvents, bareBytes, err := growth(ctx, target, l.id, l)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "History a settled turn\n  ours %.1f events, %.0f bytes   bare %.1f events, %.0f bytes\n\n", oursEvents, oursBytes, bareEvents, bareBytes)
	if oursEvents > bareEvents+1 {
		return fmt.Errorf("%.1f events a turn; the budget is the bare loop's %.1f plus one", oursEvents, bareEvents)
	}
	return nil
}

func growth(ctx context.Context, target Target, workflowID string, t talker) (events, bytes float64, err error) {
	length, size, err := historySize(ctx, target, workflowID)
	if err != nil {
		return 0, 0, err
	}
	for range settledTurns {
		if err := t.turn(ctx); err != nil {
			return 0, 0, err
		}
		if err := settle(ctx, target, workflowID); err != nil {
			return 0, 0, err
		}
	}
	nowLength, nowSize, err := historySize(ctx, target, workflowID)
	return float64(nowLength-length) / settledTurns, float64(nowSize-size) / settledTurns, err
}

// settle waits until the workflow task that answered is committed: the answer leaves before that.
func settle(ctx context.Context, target Target, workflowID string) error {
	deadline := time.Now().Add(10 * time.Second)
	for time.Now().Before(deadline) {
		d, err := target.Temporal.DescribeWorkflowExecution(ctx, workflowID, "")
		if err != nil {
			return err
		}
		if d.GetPendingWorkflowTask() == nil {
			return nil
		}
	}
	return fmt.Errorf("%s does not come to rest", workflowID)
}

func historySize(ctx context.Context, target Target, workflowID string) (length, size int64, err error) {
	d, err := target.Temporal.DescribeWorkflowExecution(ctx, workflowID, "")
	if err != nil {
		return 0, 0, err
	}
	return d.GetWorkflowExecutionInfo().GetHistoryLength(), d.GetWorkflowExecutionInfo().GetHistorySizeBytes(), nil
}

// conversations are the ids of the alive runs' workflows.
func conversations(ctx context.Context, target Target) (map[string]bool, error) {
	known := map[string]bool{}
	var token []byte
	for {
		page, err := target.Temporal.ListOpenWorkflow(ctx, &workflowservice.ListOpenWorkflowExecutionsRequest{MaximumPageSize: 1000, NextPageToken: token})
		if err != nil {
			return nil, err
		}
		for _, e := range page.GetExecutions() {
			known[e.GetExecution().GetWorkflowId()] = true
		}
		if token = page.GetNextPageToken(); len(token) == 0 {
			return known, nil
		}
	}
}

// newest is the conversation that was not there before; visibility lags behind a little.
func newest(ctx context.Context, target Target, before map[string]bool) (string, error) {
	deadline := time.Now().Add(30 * time.Second)
	for time.Now().Before(deadline) {
		now, err := conversations(ctx, target)
		if err != nil {
			return "", err
		}
		for id := range now {
			if !before[id] && strings.HasPrefix(id, "conversation/") {
				return id, nil
			}
		}
	}
	return "", fmt.Errorf("the new conversation does not show up")
}
