package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"salesbot/bot"
)

// What people tell a run, and what reaches it from outside. These are called by the conversation's coroutine; the run
// notices when it looks next.

func (r *run) obey(command bot.Control) {
	r.commands++
	switch command.Command {
	case bot.CommandStop:
		r.interruptAll(bot.RunStopped, reason(command, "stopped"))
	case bot.CommandPause:
		r.withSubBots(func(one *run) { one.pause(0, reason(command, "paused")) })
	case bot.CommandTakeOver:
		r.pause(0, reason(command, "taken over"))
	case bot.CommandResume:
		r.withSubBots(func(one *run) { one.resume(one.state.Paused) })
	case bot.CommandHandBack:
		r.resume(r.state.Paused)
	case bot.CommandSkip:
		if r.state.Wait != nil && r.state.Wait.Child == 0 {
			r.note("the wait was skipped by a person")
			r.offer(bot.Event{Kind: bot.EventSkipped, Timed: r.state.Wait.Timed}, command.At)
		}
	case bot.CommandGoto:
		r.stopChildren(bot.RunStopped, "the run that started it was sent elsewhere")
		r.breakOff(Interrupt{Step: command.Step, Reason: fmt.Sprintf("sent to step %q by a person", command.Step)})
	}
}

func reason(command bot.Control, what string) string {
	if command.Reason != "" {
		return command.Reason
	}
	if command.UserID != 0 {
		return fmt.Sprintf("%s by user %d", what, command.UserID)
	}
	return what
}

// managerWrote: a person of ours answered the client.
func (r *run) managerWrote(m bot.Message) {
	if r.state.Settings == (bot.Settings{}) {
		r.state.Early = append(r.state.Early, m)
		return
	}
	if m.TakenOver { // the take-over holds the run until the hand back, whatever is written meanwhile
		r.note("a manager wrote: %s", short(m.Text))
		return
	}
	r.commands++
	r.note("a manager wrote: %s", short(m.Text))
	switch r.state.Settings.OnManagerReply {
	case bot.ManagerStops:
		r.interruptAll(bot.RunStopped, "a manager answered")
	case bot.ManagerPauses:
		r.pause(time.Duration(r.state.Settings.PauseMinutes)*time.Minute, "a manager answered")
	}
}

// pause holds the run; 0 is until somebody lets it go. Of two holds the longer one counts; the time that was held is
// counted from the first.
func (r *run) pause(length time.Duration, why string) {
	now := workflow.Now(r.c.ctx)
	next := &Pause{Since: now, Reason: why}
	if length > 0 {
		next.Until = now.Add(length)
	}
	if held := r.state.Paused; held != nil {
		if held.Until.IsZero() || (length > 0 && !next.Until.After(held.Until)) {
			return
		}
		next.Since = held.Since
	}
	r.state.Paused = next
}

// resume lets the run go on; the wait's deadline moves by the time that the run was held.
func (r *run) resume(pause *Pause) {
	if pause == nil || r.state.Paused != pause {
		return
	}
	if wait := r.state.Wait; wait != nil && !wait.Until.IsZero() {
		wait.Until = wait.Until.Add(workflow.Now(r.c.ctx).Sub(pause.Since))
	}
	r.state.Paused = nil
}

// offer ends the wait with an event of that time, unless something else did before.
func (r *run) offer(event bot.Event, at time.Time) {
	if !r.leaving(at) {
		r.state.Offered = &event
	}
}

// deliver gives the run a message of the client's.
func (r *run) deliver(m bot.Message) { r.state.Inbox = append(r.state.Inbox, m) }

// overhear notes a message that the run does not wait for; it is what {{message_text}} stands for from now on.
func (r *run) overhear(m bot.Message) {
	r.state.Heard = &m
	r.note("the client wrote: %s", short(m.Text))
}

// replace stops the run because a newer one wants the same chat's message.
func (r *run) replace(by *run) {
	r.interruptAll(bot.RunReplaced, fmt.Sprintf("run %d took over the conversation", by.state.Launch.RunID))
}

// interruptAll ends the run and the sub-bots that it waits for.
func (r *run) interruptAll(status bot.RunStatus, why string) {
	r.stopChildren(status, why)
	r.breakOff(Interrupt{Status: status, Reason: why})
}

// withSubBots does something to the run and to those that it waits for: they talk for it.
func (r *run) withSubBots(do func(one *run)) {
	do(r)
	for _, other := range r.c.runs {
		if other.state.Parent == r.state.Launch.RunID && !other.ended {
			other.commands++
			other.withSubBots(do)
		}
	}
}

func (r *run) stopChildren(status bot.RunStatus, why string) {
	for _, other := range r.c.runs {
		if other.state.Parent == r.state.Launch.RunID && !other.ended {
			other.interruptAll(status, why)
		}
	}
}

// breakOff makes the step under way give up at once, whatever it waits for.
func (r *run) breakOff(why Interrupt) {
	if r.state.Interrupt != nil && r.state.Interrupt.Status != "" {
		return
	}
	r.state.Interrupt = &why
	if r.cancel != nil {
		r.cancel()
	}
}
