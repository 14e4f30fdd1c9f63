package postman

import (
	"context"
	"errors"
	"fmt"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"

	"salesbot/db"
)

// Revive compares the runs that are alive in the store with their workflows. A conversation that Temporal does not know
// any more (its data was lost or set back far) is launched again where its runs stood; the runs of one that was ended
// in Temporal, by an operator's hand, have ended. Mail that is still to be sent starts a conversation by itself.
func (p *Postman) Revive(ctx context.Context) error {
	const page = 500
	after := ""
	for {
		ids, err := p.store.AliveConversations(ctx, after, page)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := p.revive(ctx, id); err != nil {
				p.log.Warn("a conversation could not be compared with its workflow", "workflow", id, "error", err)
			}
			after = id
		}
		if len(ids) < page || ctx.Err() != nil {
			return ctx.Err()
		}
	}
}

func (p *Postman) revive(ctx context.Context, workflowID string) error {
	described, err := p.temporal.DescribeWorkflowExecution(ctx, workflowID, "")
	var unknown *serviceerror.NotFound
	if errors.As(err, &unknown) {
		p.log.Warn("Temporal does not know a conversation; its runs are launched again where they stood", "workflow", workflowID)
		return p.store.Change(ctx, func(ctx context.Context, tx *db.Tx) error { return tx.RelaunchRuns(ctx, workflowID) })
	}
	if err != nil {
		return fmt.Errorf("look at the workflow: %w", err)
	}
	status := described.GetWorkflowExecutionInfo().GetStatus()
	if status == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING || status == enumspb.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW {
		return nil
	}
	reason := fmt.Sprintf("its workflow was ended in Temporal (%s)", status)
	return p.store.Change(ctx, func(ctx context.Context, tx *db.Tx) error { return tx.EndOrphans(ctx, workflowID, reason) })
}
