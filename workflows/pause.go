package workflows

import (
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
	over := func() bool { return r.state.Paused != pause || r.interrupt != nil }
	timer, cancel := r.pauseTimer(pause)
	defer cancel()
	if err := workflow.Await(r.ctx, func() bool { return over() || (timer != nil && timer.IsReady()) }); err != nil {
		return ctxError(err)
	}
	r.parked = false
	alone := !over()
	if alone {
		r.resume(pause)
	}
	if r.interrupt != nil || r.state.Paused != nil {
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

func (r *run) pauseTimer(pause *Pause) (workflow.Future, workflow.CancelFunc) {
	ctx, cancel := workflow.WithCancel(r.ctx)
	if pause.Until.IsZero() {
		return nil, cancel
	}
	left := max(pause.Until.Sub(workflow.Now(ctx)), 0)
	return workflow.NewTimerWithOptions(ctx, left, workflow.TimerOptions{Summary: "pause: " + pause.Reason}), cancel
}
