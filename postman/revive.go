package postman

import (
	"context"
	"errors"
	"fmt"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"

	"salesbot/db"
)

// revive compares a conversation that is alive in the store with its workflow. One that Temporal does not know any more
// (its data was lost or set back far) is launched again where its runs stood; the runs of one that has ended in
// Temporal, such as by an operator's hand, have ended. Mail that is still to be sent starts a conversation by itself.
func (p *Postman) revive(ctx context.Context, workflowID string) error {
	described, err := p.temporal.DescribeWorkflowExecution(ctx, workflowID, "")
	var unknown *serviceerror.NotFound
	if errors.As(err, &unknown) {
		return p.settle(ctx, workflowID, "Temporal does not know its conversation", func(ctx context.Context, tx *db.Tx) (db.Settled, error) {
			return tx.RelaunchRuns(ctx, workflowID)
		})
	}
	if err != nil {
		return fmt.Errorf("look at the workflow: %w", err)
	}
	status := described.GetWorkflowExecutionInfo().GetStatus()
	if status == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING || status == enumspb.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW {
		return nil
	}
	reason := fmt.Sprintf("its workflow was ended in Temporal (%s)", status)
	return p.settle(ctx, workflowID, reason, func(ctx context.Context, tx *db.Tx) (db.Settled, error) {
		return tx.EndOrphans(ctx, workflowID, reason)
	})
}

// settle changes the runs of a conversation whose workflow is gone, and tells of it, if mail under way does not help.
func (p *Postman) settle(ctx context.Context, workflowID, reason string, change func(ctx context.Context, tx *db.Tx) (db.Settled, error)) error {
	var settled db.Settled
	err := p.store.Change(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		settled, err = change(ctx, tx)
		return err
	})
	if err != nil || settled == (db.Settled{}) {
		return err
	}
	p.lost.WithLabelValues(fateEnded).Add(float64(settled.Ended))
	p.lost.WithLabelValues(fateRelaunch).Add(float64(settled.Relaunched))
	p.log.Warn("runs had lost their workflow", "workflow", workflowID, "reason", reason, "ended", settled.Ended, "relaunched", settled.Relaunched)
	return nil
}
