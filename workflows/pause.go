package workflows

import (
	"slices"
	"time"

	"go.temporal.io/sdk/workflow"

	"salesbot/bot"
)

// sitOut waits while a person holds the run. The held time is added to the deadline of the wait.
func (r *run) sitOut() error {
	pause := r.state.Paused
	if err := r.record(bot.Progress{Status: bot.RunPaused, Step: r.state.Step, Reason: pause.Reason, WaitingUntil: optionalTime(pause.Until)}); err != nil {
		return err
	}
	r.parked = true
	r.c.mailbox.nudge()
	over := func() bool { return r.state.Paused != pause || r.state.Interrupt != nil }
	cancel := r.setPauseTimer(pause)
	defer cancel()
	if err := workflow.Await(r.ctx, func() bool { return over() || r.due() }); err != nil {
		return ctxError(err)
	}
	if err := r.cancelled(); err != nil {
		return err
	}
	r.parked = false
	alone := !over()
	if alone {
		r.resume(pause)
	}
	if r.state.Interrupt != nil || r.state.Paused != nil {
		return nil
	}
	return r.goOn(alone)
}

// goOn records that a held run goes on; alone says that nobody told it to, its pause was over.
func (r *run) goOn(alone bool) error {
	progress := bot.Progress{Status: bot.RunRunning, Step: r.state.Step}
	if r.state.Wait != nil {
		progress = r.waiting(r.state.Wait.Wait)
	}
	progress.Resumed = alone
	return r.record(progress)
}

// setPauseTimer arms the timer of a pause that has an end. What it returns disarms it.
func (r *run) setPauseTimer(pause *Pause) func() {
	if pause.Until.IsZero() {
		return func() {}
	}
	ctx, cancel := workflow.WithCancel(r.ctx)
	left := max(pause.Until.Sub(workflow.Now(ctx)), 0)
	r.timer = workflow.NewTimerWithOptions(ctx, left, workflow.TimerOptions{Summary: "pause: " + pause.Reason})
	return func() {
		r.timer = nil
		cancel()
	}
}

// heldAt says that people held the run, or a sub-bot that talks for it, when mail of that time was written. A pause that
// was over by then is over for the mail, although the run may not have noticed yet.
func (r *run) heldAt(at time.Time) bool {
	if pause := r.state.Paused; pause != nil && (pause.Until.IsZero() || at.Before(pause.Until)) {
		return true
	}
	return slices.ContainsFunc(r.c.runs, func(sub *run) bool {
		return !sub.ended && sub.state.Parent == r.state.Launch.RunID && sub.heldAt(at)
	})
}
