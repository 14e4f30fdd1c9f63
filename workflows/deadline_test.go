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
			require.False(t, r.settled(), "a continue-as-new waits until the run has seen its timer")
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

// A conversation continues as new only when there is nothing that its runs have yet to notice.
func TestAConversationContinuesAsNewOnlyWhenNothingIsUnderWay(t *testing.T) {
	t.Parallel()
	inbox := []bot.Message{{ID: "m"}}
	for _, c := range []struct {
		name    string
		change  func(r *run)
		settled bool
	}{
		{"a run that waits", func(*run) {}, true},
		{"a busy step", func(r *run) { r.parked = false }, false},
		{"an interruption", func(r *run) { r.state.Interrupt = &Interrupt{} }, false},
		{"a timer that has fired", func(r *run) { r.timer = fired{} }, false},
		{"an event that ends the wait", func(r *run) { r.state.Offered = &bot.Event{} }, false},
		{"a message that the wait takes", func(r *run) { r.state.Inbox, r.state.Wait.Message = inbox, true }, false},
		{"a message that is kept for the next wait", func(r *run) { r.state.Inbox = inbox }, false},
		{"a message that waits for its turn behind an older run", func(r *run) {
			r.state.Inbox, r.state.Wait.Message, r.state.Settings.OnConflict = inbox, true, bot.ConflictQueue
			older := newRun(r.c, &RunState{Launch: bot.Launch{RunID: 1, ChatID: "chat"}, Wait: &Wait{Wait: bot.Wait{Message: true}}})
			r.c.runs = []*run{older, r}
		}, true},
		{"a held run", func(r *run) { r.state.Paused = &Pause{} }, true},
		{"a held run with a message from before", func(r *run) { r.state.Paused, r.state.Inbox = &Pause{}, inbox }, true},
		{"a pause that is over", func(r *run) { r.state.Paused, r.timer = &Pause{}, fired{} }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRun(&conversation{}, &RunState{Launch: bot.Launch{RunID: 2, ChatID: "chat"}, Wait: &Wait{}})
			r.c.runs, r.parked = []*run{r}, true
			c.change(r)
			require.Equal(t, c.settled, r.settled())
		})
	}
}

// What lies in the inbox when a wait for something else begins, or is taken up again.
func TestAWaitThatIsTakenUpAgainKeepsWhatCameAfterItsDeadline(t *testing.T) {
	t.Parallel()
	deadline := time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name  string
		fresh bool
		wait  bot.Wait
		kept  []string
	}{
		{"a new wait notes what came while the step was busy", true, bot.Wait{Until: deadline}, nil},
		{"an old one keeps what came after its deadline", false, bot.Wait{Until: deadline}, []string{"late"}},
		{"an old one without a deadline", false, bot.Wait{}, nil},
		{"a wait for a message takes both", false, bot.Wait{Message: true, Until: deadline}, []string{"early", "late"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRun(&conversation{}, &RunState{Wait: &Wait{Wait: c.wait}, Inbox: []bot.Message{
				{ID: "early", Mail: bot.Mail{At: deadline.Add(-time.Second)}}, {ID: "late", Mail: bot.Mail{At: deadline}}}})
			r.settleInbox(c.fresh)
			var kept []string
			for _, m := range r.state.Inbox {
				kept = append(kept, m.ID)
			}
			require.Equal(t, c.kept, kept)
			require.Len(t, r.state.Current.Notes, 2-len(kept), "the others are noted")
		})
	}
}

// A pause holds what was written before its end; a message from after it is the run's, even if both show up together.
func TestAPauseHoldsWhatWasWrittenBeforeItsEnd(t *testing.T) {
	t.Parallel()
	end := time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name        string
		until, at   time.Time
		sub, listen bool
	}{
		{"during the pause", end, end.Add(-time.Millisecond), false, false},
		{"after it", end, end, false, true},
		{"without an end", time.Time{}, end.Add(time.Hour), false, false},
		{"while the sub-bot that talks for it is held", time.Time{}, end, true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			conversation := &conversation{}
			r := newRun(conversation, &RunState{Launch: bot.Launch{RunID: 1, ChatID: "chat"}, Wait: &Wait{Wait: bot.Wait{Message: !c.sub}}})
			held := r
			conversation.runs, r.parked = []*run{r}, true
			if c.sub {
				held = newRun(conversation, &RunState{Launch: bot.Launch{RunID: 2, ChatID: "chat"}, Parent: 1, Wait: &Wait{Wait: bot.Wait{Message: true}}})
				conversation.runs = append(conversation.runs, held)
			}
			held.state.Paused = &Pause{Until: c.until}
			conversation.message(bot.Message{Mail: bot.Mail{Seq: 1, At: c.at}, ID: "m", ChatID: "chat", Text: "hello"})
			require.Equal(t, c.listen, len(r.state.Inbox) == 1)
			require.Nil(t, r.state.Heard, "what was said to a person is not noted")
			require.Empty(t, r.state.Current.Notes)
		})
	}
}
