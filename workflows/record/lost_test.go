package record

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
	"salesbot/postman"
	"salesbot/workflows"
)

// What an operator, or a loss, may do to the workflow of a conversation that waits. The client writes afterwards; nobody
// has compared anything before.
func TestAConversationWhoseWorkflowIsGone(t *testing.T) {
	st := open(t, start(t), scenario{number: 91, bots: bots(ask("next"), say("next", "Thanks for {{message_text}}", ""))})
	asked := []string{"Yes?"}
	for _, c := range []struct {
		name   string
		do     func(t *testing.T, id string)
		status bot.RunStatus
		reason string
		heard  []string
	}{
		{"terminated", func(t *testing.T, id string) {
			require.NoError(t, st.temporal.TerminateWorkflow(t.Context(), id, "", "by an operator"))
		}, bot.RunStopped, "its workflow was terminated in Temporal: by an operator", asked},
		{"terminated after it continued as new", func(t *testing.T, id string) {
			st.renew(id)
			require.NoError(t, st.temporal.TerminateWorkflow(t.Context(), id, "", "later"))
		}, bot.RunStopped, "its workflow was terminated in Temporal: later", asked},
		{"cancelled", func(t *testing.T, id string) {
			require.NoError(t, st.temporal.CancelWorkflow(t.Context(), id, ""))
			require.NoError(t, st.temporal.GetWorkflow(t.Context(), id, "").Get(t.Context(), nil))
		}, bot.RunStopped, "its workflow was cancelled", asked},
		{"deleted", func(t *testing.T, id string) { st.delete(id) }, bot.RunFinished, "", append(asked, "Thanks for Yes")},
		{"reset", func(t *testing.T, id string) { st.reset(id) }, bot.RunFinished, "", append(asked, "Thanks for Yes")},
	} {
		t.Run(c.name, func(t *testing.T) {
			lead := st.sayAs(c.name, "hi")
			id := bot.Subject{LeadID: lead}.WorkflowID()
			last := func() crm.Run { return st.runs(db.RunFilter{LeadID: lead})[0] }
			require.Eventually(t, func() bool { return last().Status == string(bot.RunWaiting) }, 30*time.Second, 20*time.Millisecond)
			st.quiet(id)
			c.do(t, id)
			st.sayAs(c.name, "Yes")
			require.Eventually(t, func() bool { return last().EndedAt != nil }, 30*time.Second, 20*time.Millisecond)
			require.Equal(t, []string{string(c.status), c.reason}, []string{last().Status, last().Reason})
			require.Equal(t, c.heard, st.heard("")[c.name])
		})
	}
}

// While the program runs, a conversation is lost that waits for a timer. Where it is known that some may be lost the timer
// fires when it should have; it is found within a round after that otherwise.
func TestALostTimerFires(t *testing.T) {
	st := open(t, start(t), scenario{number: 94, bots: []string{document("Timer",
		`{"id":"wait","kind":"pause","config":{"waits":[{"id":"late","on":"timer","seconds":3}]},"exits":{"wait:late":"fired"}}`, say("fired", "The timer fired", ""))}})
	st.say("hi")
	st.awaitAt("wait", bot.RunWaiting)
	until := st.run().WaitingUntil
	st.delete(bot.Subject{LeadID: st.lead}.WorkflowID())
	p := postman.New(st.store, st.temporal, slog.New(slog.DiscardHandler))
	require.NoError(t, p.Recover(t.Context(), time.Now().Add(-time.Hour)))
	st.await(func(runs []crm.Run) bool { return runs[0].EndedAt != nil })
	require.Equal(t, 1, st.wrote("The timer fired"))
	require.WithinDuration(t, *until, *st.runs(db.RunFilter{})[0].EndedAt, 2*time.Second)
}

// A letter that comes again after its bot has ended, because the process died before it noted that it was sent, launches
// nothing.
func TestALetterThatComesAgainAfterTheEndIsNoNewOne(t *testing.T) {
	st := open(t, start(t), scenario{number: 95, bots: bots(say("hello", "Hello", ""))})
	require.NoError(t, st.store.Change(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.AddTrigger(ctx, crm.Actor{}, crm.Trigger{BotID: st.bots[0], Kind: crm.TriggerNoBot})
		return err
	}))
	var sent bot.Message
	st.say("hi")
	st.await(func(runs []crm.Run) bool { return len(runs) == 1 && runs[0].EndedAt != nil })
	st.say("hi again")
	st.await(func(runs []crm.Run) bool { return len(runs) == 2 && runs[0].EndedAt != nil })
	id := bot.Subject{LeadID: st.lead}.WorkflowID()
	require.NoError(t, st.temporal.GetWorkflow(t.Context(), id, "").Get(t.Context(), nil))
	require.NoError(t, st.store.Change(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		return tx.NewRaw("SELECT id, chat_id FROM messages WHERE text = 'hi again'").Scan(ctx, &sent.ID, &sent.ChatID)
	}))
	sent.Mail = bot.Mail{Seq: 2, At: time.Now()}
	_, err := st.temporal.SignalWithStartWorkflow(t.Context(), id, bot.SignalMessage, sent, client.StartWorkflowOptions{ID: id, TaskQueue: workflows.TaskQueue},
		bot.ConversationType, workflows.State{Subject: bot.Subject{LeadID: st.lead}})
	require.NoError(t, err)
	require.NoError(t, st.temporal.GetWorkflow(t.Context(), id, "").Get(t.Context(), nil))
	require.Len(t, st.runs(db.RunFilter{}), 2)
	require.Equal(t, 2, st.wrote("Hello"))
}

// delete makes Temporal forget the workflow.
func (st *studio) delete(id string) {
	st.t.Helper()
	_, err := st.temporal.WorkflowService().DeleteWorkflowExecution(st.t.Context(), &workflowservice.DeleteWorkflowExecutionRequest{
		Namespace: "default", WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: id}})
	require.NoError(st.t, err)
	require.Eventually(st.t, func() bool {
		_, err := st.temporal.DescribeWorkflowExecution(st.t.Context(), id, "")
		var unknown *serviceerror.NotFound
		return errors.As(err, &unknown)
	}, 30*time.Second, 50*time.Millisecond)
}

// reset takes the workflow back to its first task, as an operator can.
func (st *studio) reset(id string) {
	st.t.Helper()
	for _, event := range st.history(id, "") {
		if event.GetEventType() != enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED {
			continue
		}
		_, err := st.temporal.ResetWorkflowExecution(st.t.Context(), &workflowservice.ResetWorkflowExecutionRequest{Namespace: "default",
			WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: id}, Reason: "to try again", WorkflowTaskFinishEventId: event.GetEventId(), RequestId: id})
		require.NoError(st.t, err)
		return
	}
	require.Fail(st.t, "there is no workflow task")
}

// renew makes the conversation continue as new, by as much news as it takes.
func (st *studio) renew(id string) {
	st.t.Helper()
	first, err := st.temporal.DescribeWorkflowExecution(st.t.Context(), id, "")
	require.NoError(st.t, err)
	run := first.GetWorkflowExecutionInfo().GetExecution().GetRunId()
	for i := range int64(100) {
		if err := st.temporal.SignalWorkflow(st.t.Context(), id, run, bot.SignalReceipt, bot.Receipt{Mail: bot.Mail{Seq: -i - 1}}); err != nil {
			break // it was enough
		}
	}
	st.awaitEvent(id, run, func(e *historypb.HistoryEvent) bool {
		return e.GetEventType() == enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW
	})
	st.quiet(id)
}
