package workflows

import (
	"cmp"
	"errors"
	"time"

	"go.temporal.io/sdk/workflow"

	"salesbot/bot"
	"salesbot/steps"
)

// Await waits. The first thing that happens ends the wait.
func (r *run) Await(_ workflow.Context, wait bot.Wait) (bot.Event, error) {
	var event bot.Event
	err := r.once("await", &event, func() (any, error) { return r.await(Wait{Wait: wait}) })
	if err == nil && len(event.Messages) > 0 {
		last := event.Messages[len(event.Messages)-1]
		last.Text = event.Text()
		r.state.Heard = &last
	}
	return event, err
}

func (r *run) await(wait Wait) (bot.Event, error) {
	fresh := r.state.Wait == nil // else a revived run takes up the wait that it left, with its deadline
	if fresh {
		wait.Until = later(wait.Until, r.state.Late)
		r.state.Wait, r.state.Late = &wait, 0
	}
	defer func() { r.state.Wait, r.parked = nil, false }()
	if err := r.gate(); err != nil {
		return bot.Event{}, err
	}
	r.settleInbox(fresh)
	if r.state.Wait.Message && (fresh || r.c.keepsState()) { // a wait that was kept with its question may not have claimed the chat yet
		r.c.claim(r)
	}
	if r.state.Interrupt != nil {
		return bot.Event{}, errInterrupted
	}
	if !r.ready() {
		if err := r.park(); err != nil {
			return bot.Event{}, err
		}
	}
	if err := r.sleep(); err != nil {
		return bot.Event{}, err
	}
	return r.take()
}

// settleInbox: messages that came while the step was busy are the answer to a wait for one; any other wait only notes
// them, so that they are not mistaken for the answer to a question that is asked later. A wait that a revived run takes
// up is another matter: what came after its deadline came when the wait was over, and belongs to the next one.
func (r *run) settleInbox(fresh bool) {
	if r.state.Wait.Message {
		return
	}
	var kept []bot.Message
	for _, m := range r.state.Inbox {
		if fresh || r.inTime(m.At) {
			r.overhear(m)
		} else {
			kept = append(kept, m)
		}
	}
	r.state.Inbox = kept
}

// park records that the run waits, unless the effect before it did.
func (r *run) park() error {
	if r.state.Wait.Child == 0 || !r.c.sharesSteps() {
		r.state.SinceWait = 0
	}
	return r.record(r.waiting(r.state.Wait.Wait))
}

func (r *run) waiting(wait bot.Wait) bot.Progress {
	progress := bot.Progress{Status: bot.RunWaiting, Step: r.state.Step, WaitingFor: wait.For}
	if !wait.Until.IsZero() {
		progress.WaitingUntil = &wait.Until
	}
	return progress
}

// record writes progress that nothing else carries, if it is not on record already.
func (r *run) record(progress bot.Progress) error {
	if !r.state.Touched && len(r.state.Trail) == 0 && sameProgress(r.state.Recorded, progress) {
		return nil
	}
	return r.refusal(r.recording(progress, nil, func(ctx workflow.Context, progress bot.Progress) error {
		ctx = withOwnData(ctx, r.label(string(progress.Status)))
		return workflow.ExecuteLocalActivity(ctx, act.Record, r.state.Launch.RunID, progress).Get(ctx, nil)
	}))
}

func sameProgress(a, b bot.Progress) bool {
	sameTime := (a.WaitingUntil == nil) == (b.WaitingUntil == nil) && (a.WaitingUntil == nil || a.WaitingUntil.Equal(*b.WaitingUntil))
	return sameTime && a.Status == b.Status && a.Step == b.Step && a.WaitingFor == b.WaitingFor && a.Reason == b.Reason
}

// sleep returns when the wait has something to take, or with an error when the run was interrupted.
func (r *run) sleep() error {
	for !r.ready() {
		r.parked = true
		r.c.mailbox.nudge()
		timedOut, err := r.doze(r.state.Wait.Until, "until "+r.state.Wait.For)
		r.parked = false
		if err != nil {
			return err
		}
		if r.state.Interrupt != nil {
			return errInterrupted
		}
		if r.state.Paused != nil {
			if err := r.sitOut(); err != nil {
				return err
			}
			continue
		}
		if timedOut && !r.metDeadline() {
			r.state.Offered = &bot.Event{Kind: bot.EventTimer, Timed: r.state.Wait.Timed}
		}
	}
	return nil
}

// doze returns at the deadline, or as soon as anything happened to the run.
func (r *run) doze(deadline time.Time, why string) (timedOut bool, err error) {
	happened := func() bool { return r.ready() || r.state.Interrupt != nil || r.state.Paused != nil }
	if deadline.IsZero() {
		return false, ctxError(workflow.Await(r.ctx, happened))
	}
	ctx, cancel := workflow.WithCancel(r.ctx)
	defer cancel()
	left := max(deadline.Sub(workflow.Now(ctx)), 0)
	r.timer = workflow.NewTimerWithOptions(ctx, left, workflow.TimerOptions{Summary: short(r.label(why))})
	defer func() { r.timer = nil }()
	err = workflow.Await(r.ctx, func() bool { return r.timer.IsReady() || happened() })
	return r.timer.IsReady(), cmp.Or(ctxError(err), r.cancelled())
}

// metDeadline says that something ended the wait before its timer did. A timer and mail may show up together, after a
// crash or a long workflow task; then the time at which the mail was written decides, so that a task which is done
// again takes the way that it took before.
func (r *run) metDeadline() bool {
	return r.state.Offered != nil || (r.waitsForMessage() && len(r.state.Inbox) > 0 && r.inTime(r.state.Inbox[0].At))
}

// inTime says that mail of that time came before the wait's deadline.
func (r *run) inTime(at time.Time) bool {
	wait := r.state.Wait
	return wait == nil || wait.Until.IsZero() || at.Before(wait.Until)
}

// leaving says that the wait is over, although the run has not noticed yet; at is when the mail that asks was written.
func (r *run) leaving(at time.Time) bool {
	return r.ready() || (r.state.Paused == nil && r.due() && !r.inTime(at))
}

// ready says that the wait is over.
func (r *run) ready() bool {
	return r.state.Offered != nil || (r.waitsForMessage() && len(r.state.Inbox) > 0)
}

// waitsForMessage says that the chat's next message is this run's.
func (r *run) waitsForMessage() bool {
	wait := r.state.Wait
	if wait == nil || !wait.Message || r.ended {
		return false
	}
	return r.state.Settings.OnConflict != bot.ConflictQueue || !r.behindOther()
}

// behindOther: a bot that queues stands back while an older run waits for the same chat's message.
func (r *run) behindOther() bool {
	for _, other := range r.c.inChat(r.state.Launch.ChatID) {
		if other == r {
			return false
		}
		if other.state.Wait != nil && other.state.Wait.Message && other.root() != r.root() {
			return true
		}
	}
	return false
}

// settled says that nothing is under way and nothing waits to be noticed: no event, no timer that has fired, and no
// message that a wait for something else keeps for the next one.
func (r *run) settled() bool {
	if !r.parked || r.state.Interrupt != nil || r.due() {
		return false
	}
	return r.state.Paused != nil || !r.ready() && (len(r.state.Inbox) == 0 || r.state.Wait.Message)
}

// due says that the timer for which the run is parked has fired, and that the run has not noticed yet.
func (r *run) due() bool { return r.timer != nil && r.timer.IsReady() }

// take is what ended the wait. A bot that gathers goes on listening for a few seconds after the first message.
func (r *run) take() (bot.Event, error) {
	if event := r.state.Offered; event != nil {
		r.state.Offered = nil
		return *event, nil
	}
	if err := r.gather(); err != nil {
		return bot.Event{}, err
	}
	taken := r.state.Inbox[:1]
	if r.state.Settings.GatherSeconds > 0 {
		taken = r.state.Inbox
	}
	r.state.Inbox = append([]bot.Message(nil), r.state.Inbox[len(taken):]...)
	event := bot.Event{Kind: bot.EventMessage, Messages: append([]bot.Message(nil), taken...)}
	for _, m := range event.Messages {
		r.state.Current.Got = append(r.state.Current.Got, bot.Heard{MessageID: m.ID, Text: m.Text})
	}
	r.state.Touched = true
	return event, nil
}

func (r *run) gather() error {
	if r.state.Settings.GatherSeconds == 0 {
		return nil
	}
	ctx, cancel := workflow.WithCancel(r.ctx)
	defer cancel()
	timer := workflow.NewTimerWithOptions(ctx, time.Duration(r.state.Settings.GatherSeconds)*time.Second, workflow.TimerOptions{Summary: short(r.label("gather messages"))})
	err := workflow.Await(r.ctx, func() bool { return timer.IsReady() || r.state.Interrupt != nil })
	if r.state.Interrupt != nil {
		return errInterrupted
	}
	return cmp.Or(ctxError(err), r.cancelled())
}

// cancelled is an error if the workflow was cancelled, or the visit: the timers of a cancelled one are over, too, but their
// time is not.
func (r *run) cancelled() error { return ctxError(r.ctx.Err()) }

func ctxError(err error) error {
	if err != nil {
		return errInterrupted
	}
	return nil
}

func asRefusal(err error, refusal **steps.Refusal) bool { return errors.As(err, refusal) }

// later moves a deadline; without one there is nothing to move.
func later(deadline time.Time, by time.Duration) time.Time {
	if deadline.IsZero() {
		return deadline
	}
	return deadline.Add(by)
}

func optionalTime(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// short keeps a summary within the server's limit of 400 bytes.
func short(summary string) string {
	const limit = 100
	if runes := []rune(summary); len(runes) > limit {
		return string(runes[:limit-1]) + "…"
	}
	return summary
}
