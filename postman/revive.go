package postman

import (
	"context"
	"errors"
	"fmt"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"

	"salesbot/bot"
	"salesbot/workflows"
)

// revive compares a conversation that is alive in the store with its workflow. One whose workflow is gone begins again: it
// takes up what the store has, or ends its runs if a person ended the workflow. Mail that is still to be sent would do
// the same. A late one whose workflow runs is told to look what the database has: Temporal may have been set back to before
// it knew of the timer that is over.
func (p *Postman) revive(ctx context.Context, workflowID string) error {
	described, err := p.temporal.DescribeWorkflowExecution(ctx, workflowID, "")
	var unknown *serviceerror.NotFound
	if err != nil && !errors.As(err, &unknown) {
		return fmt.Errorf("look at the workflow: %w", err)
	}
	status := described.GetWorkflowExecutionInfo().GetStatus()
	if status == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING || status == enumspb.WORKFLOW_EXECUTION_STATUS_CONTINUED_AS_NEW {
		look := &bot.Receipt{Mail: bot.Mail{Seq: -p.store.Now().UnixMicro()}} // news that concern nobody, of a number that no mail has
		return p.temporal.SignalWorkflow(ctx, workflowID, "", bot.SignalReceipt, look)
	}
	subject, err := bot.ParseWorkflowID(workflowID)
	if err != nil {
		return err
	}
	_, err = p.temporal.ExecuteWorkflow(ctx, conversationOptions(workflowID, subject, nil), bot.ConversationType, workflows.State{Subject: subject})
	if err != nil {
		return fmt.Errorf("begin the conversation again: %w", err)
	}
	return nil
}
