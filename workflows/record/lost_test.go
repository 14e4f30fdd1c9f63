package record

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
	"salesbot/postman"
)

// While the program runs, an operator terminates one conversation in Temporal and deletes another. Within a round of the
// watch the first one's run has ended and says why, and the second one goes on where it stood.
func TestRunsWhoseWorkflowIsGoneAreFoundWhileTheProgramRuns(t *testing.T) {
	st := open(t, start(t), scenario{number: 91, bots: bots(ask("next"), say("next", "Thanks for {{message_text}}", ""))})
	terminated := bot.Subject{LeadID: st.sayAs("terminated", "hi")}.WorkflowID()
	deleted := bot.Subject{LeadID: st.sayAs("deleted", "hi")}.WorkflowID()
	st.await(func(runs []crm.Run) bool {
		return len(runs) == 2 && runs[0].Status == "waiting" && runs[1].Status == "waiting"
	})
	st.quiet(terminated)
	st.quiet(deleted)
	require.NoError(t, st.temporal.TerminateWorkflow(t.Context(), terminated, "", "by an operator"))
	_, err := st.temporal.WorkflowService().DeleteWorkflowExecution(t.Context(), &workflowservice.DeleteWorkflowExecutionRequest{
		Namespace: "default", WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: deleted}})
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		_, err := st.temporal.DescribeWorkflowExecution(t.Context(), deleted, "")
		var unknown *serviceerror.NotFound
		return errors.As(err, &unknown)
	}, 30*time.Second, 50*time.Millisecond)
	st.forget()

	st.watch(50 * time.Millisecond)
	st.awaitAt("ask", bot.RunStopped)
	require.Contains(t, st.runs(db.RunFilter{})[1].Reason, "ended in Temporal (Terminated)")
	require.Eventually(t, func() bool { return st.wrote("Yes?") == 3 }, 30*time.Second, 20*time.Millisecond, "the other run asks again")
	st.sayAs("deleted", "Yes")
	require.Eventually(t, func() bool { return st.wrote("Thanks for Yes") == 1 }, 30*time.Second, 20*time.Millisecond)
}

// forget makes what happened so far two hours old: mail is forgotten by then. That it was sent is noted a little later
// than it is.
func (st *studio) forget() {
	st.t.Helper()
	require.Eventually(st.t, func() bool {
		var unsent int64
		require.NoError(st.t, st.store.Change(st.t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
			unsent, err = tx.NewSelect().Table("mail").Where("sent_at IS NULL").Count(ctx)
			return err
		}))
		return unsent == 0
	}, 30*time.Second, 20*time.Millisecond)
	require.NoError(st.t, st.store.Change(st.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.NewUpdate().Table("runs").Set("updated_at = ?", tx.Now.Add(-2*time.Hour)).Where("id > 0").Exec(ctx); err != nil {
			return err
		}
		_, err := tx.NewDelete().Table("mail").Where("sent_at IS NOT NULL").Exec(ctx)
		return err
	}))
}

// watch compares runs with their workflows that often, until the test ends.
func (st *studio) watch(every time.Duration) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = postman.New(st.store, st.temporal, slog.New(slog.DiscardHandler)).Watch(ctx, every)
	}()
	st.t.Cleanup(func() { cancel(); <-done })
}
