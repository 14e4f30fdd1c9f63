package workflows

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/workflow"

	"salesbot/bot"
)

// fired is a timer that has fired.
type fired struct{ workflow.Future }

func (fired) IsReady() bool { return true }

// A workflow task that a crash cut off is done again, and may then find a fired timer and mail side by side. It must
// take the way that it took before: the time at which the mail was written decides.
func TestMailAndATimerThatShowUpTogether(t *testing.T) {
	t.Parallel()
	deadline := time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name             string
		waitsForMessages bool
		written          time.Time
		answers, kept    bool
	}{
		{"a question, answered in time", true, deadline.Add(-time.Millisecond), true, true},
		{"a question, answered too late", true, deadline, false, true},
		{"a timer only, a word in time", false, deadline.Add(-time.Millisecond), false, false},
		{"a timer only, a word after it", false, deadline.Add(time.Millisecond), false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			conversation := &conversation{}
			r := newRun(conversation, &RunState{Launch: bot.Launch{RunID: 1, ChatID: "chat"}, Wait: &Wait{Wait: bot.Wait{Message: c.waitsForMessages, Until: deadline}}})
			r.parked, r.timer = true, fired{}
			conversation.runs = []*run{r}
			conversation.message(bot.Message{Mail: bot.Mail{Seq: 1, At: c.written}, ID: "m", ChatID: "chat", Text: "hello"})
			require.Equal(t, c.answers, r.metDeadline(), "it ends the wait")
			require.Equal(t, c.kept, len(r.state.Inbox) == 1, "it is kept for the next wait")
			require.Equal(t, !c.kept, r.state.Heard != nil, "else it is only noted")
		})
	}
}

func TestAnOfferAfterTheDeadlineIsNoAnswer(t *testing.T) {
	t.Parallel()
	deadline := time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)
	r := newRun(&conversation{}, &RunState{Wait: &Wait{Wait: bot.Wait{Until: deadline}}})
	r.timer = fired{}
	r.offer(bot.Event{Kind: bot.EventReceipt}, deadline.Add(time.Second))
	require.Nil(t, r.state.Offered)
	r.offer(bot.Event{Kind: bot.EventReceipt}, deadline.Add(-time.Second))
	require.NotNil(t, r.state.Offered)
	r.offer(bot.Event{Kind: bot.EventSkipped}, deadline.Add(-time.Second))
	require.Equal(t, bot.EventReceipt, r.state.Offered.Kind, "the first one counts")
}
