package record

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"

	"salesbot/bot"
	"salesbot/db"
)

// While no worker is there a timer fires, the client writes, and mail is sent again so often that the conversation shall
// continue as new. All of it shows up in one workflow task: the message is answered, and only then it continues as new.
func TestAMessageFromAfterATimerIsAnsweredAcrossAContinueAsNew(t *testing.T) {
	st := open(t, start(t), scenario{number: 90, bots: []string{document("Down",
		`{"id":"first","kind":"pause","config":{"waits":[{"id":"late","on":"timer","seconds":2}]},"exits":{"wait:late":"fired"}}`, say("fired", "The timer fired", "listen"),
		`{"id":"listen","kind":"pause","config":{"waits":[{"id":"reply","on":"message"}]},"exits":{"wait:reply":"echo"}}`, say("echo", "You said {{message_text}}", "listen"))}})
	st.say("hi")
	st.awaitAt("first", bot.RunWaiting)
	id := bot.Subject{LeadID: st.lead}.WorkflowID()
	first, err := st.temporal.DescribeWorkflowExecution(t.Context(), id, "")
	require.NoError(t, err)
	run := first.GetWorkflowExecutionInfo().GetExecution().GetRunId()

	st.stopWorker()
	st.awaitEvent(id, run, func(e *historypb.HistoryEvent) bool { return e.GetEventType() == enumspb.EVENT_TYPE_TIMER_FIRED })
	st.say("hello again")
	st.awaitEvent(id, run, func(e *historypb.HistoryEvent) bool {
		return e.GetWorkflowExecutionSignaledEventAttributes().GetSignalName() == bot.SignalMessage
	})
	for i := range int64(100) {
		require.NoError(t, st.temporal.SignalWorkflow(t.Context(), id, run, bot.SignalReceipt, bot.Receipt{Mail: bot.Mail{Seq: -i - 1}}))
	}
	st.startWorker()

	require.Eventually(t, func() bool { return st.wrote("You said hello again") == 1 }, 30*time.Second, 20*time.Millisecond, "the client is answered")
	require.Equal(t, 1, st.wrote("The timer fired"))
	st.awaitEvent(id, run, func(e *historypb.HistoryEvent) bool {
		return e.GetEventType() == enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW
	})
	const name = "conversation_timer_and_mail__continued"
	if _, err := os.Stat(filepath.Join(folder, name+".json")); err != nil && os.Getenv("RECORD") == "1" {
		st.writeHistory(id, run, name)
	}
}

func (st *studio) awaitEvent(id, run string, is func(*historypb.HistoryEvent) bool) {
	st.t.Helper()
	require.Eventually(st.t, func() bool { return slices.ContainsFunc(st.history(id, run), is) }, 30*time.Second, 50*time.Millisecond)
}

// wrote counts the messages with that text.
func (st *studio) wrote(text string) (n int) {
	st.t.Helper()
	require.NoError(st.t, st.store.Change(st.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		return tx.NewRaw("SELECT count(*) FROM messages WHERE text = ?", text).Scan(ctx, &n)
	}))
	return n
}
