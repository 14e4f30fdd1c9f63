package workflows

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"salesbot/activities"
	"salesbot/bot"
	"salesbot/steps"
)

// once does a verb and keeps what it returned; a visit that is run again after a continue-as-new gets that instead.
// Only results and refusals are kept: an interruption is no answer.
func (r *run) once(verb string, result any, do func() (any, error)) error {
	index := r.ordinal
	r.ordinal++
	if index < len(r.state.Journal) {
		return r.state.Journal[index].answerTo(verb, index, result)
	}
	r.replaying = false
	value, err := do()
	var refusal *steps.Refusal
	if err != nil && !errors.As(err, &refusal) {
		return err
	}
	entry := Entry{Verb: verb, Refusal: refusal}
	if err == nil {
		if entry.Result, err = json.Marshal(value); err != nil {
			return err
		}
	}
	r.state.Journal = append(r.state.Journal, entry)
	return entry.answer(result)
}

// answerTo is what the verb returned the first time. If another verb stands there, the step's code has changed in a way that
// open visits don't know: the workflow task fails, and is done again until a program comes that still goes the old way.
func (e Entry) answerTo(verb string, index int, result any) error {
	if e.Verb != "" && e.Verb != verb {
		panic(fmt.Sprintf("the journal has %q as verb %d of this visit, and the step now asks for %q: the step was changed without a version", e.Verb, index, verb))
	}
	return e.answer(result)
}

func (e Entry) answer(result any) error {
	if e.Refusal != nil {
		return e.Refusal
	}
	if result == nil || len(e.Result) == 0 {
		return nil
	}
	return json.Unmarshal(e.Result, result)
}

// effect makes one change to our own data, together with the progress that is not on record yet. While the run is
// held it waits; when people let it go it tries again, under the same key.
// If it begins a wait, that is next, and the run is kept as one that waits already.
func (r *run) effect(name, summary string, input any, next *bot.Wait) (json.RawMessage, error) {
	key := r.key(name)
	raw, err := json.Marshal(input)
	if err != nil {
		return nil, err
	}
	asked := workflow.Now(r.base)
	var result json.RawMessage
	err = r.unheld(func() error {
		var progress bot.Progress
		then := r.begins(next, asked)
		if then != nil {
			progress = r.waiting(then.Wait)
		}
		return r.recording(progress, then, func(ctx workflow.Context, progress bot.Progress) error {
			e := bot.Effect{Key: key, Subject: r.c.state.Subject, ChatID: r.state.Launch.ChatID, Vars: r.vars(bot.JSONNames(raw)), Input: raw, Progress: progress}
			ctx = withOwnData(ctx, summary)
			return workflow.ExecuteLocalActivity(ctx, name, e).Get(ctx, &result)
		})
	})
	return result, err
}

// begins is the wait that an effect begins which was asked for then: the time for an answer begins with the question. A run
// that was kept when it asked waits already.
func (r *run) begins(next *bot.Wait, asked time.Time) *Wait {
	if next == nil || r.state.Wait != nil {
		return r.state.Wait
	}
	then := Wait{Wait: *next}
	if !then.Until.IsZero() {
		r.state.Late = workflow.Now(r.base).Sub(asked)
		then.Until = later(then.Until, r.state.Late)
	}
	return &then
}

// recording makes a change to our own data that puts the run's progress on record: that progress, and the visits which are not
// on record yet.
func (r *run) recording(progress bot.Progress, then *Wait, do func(ctx workflow.Context, progress bot.Progress) error) error {
	var made bot.Progress
	err := r.c.change(r.base, r, progress, then, func(ctx workflow.Context, progress bot.Progress) error {
		progress.Visits, progress.Birth, r.state.Touched = r.unrecorded(), r.state.Launch.Birth, false
		made = progress
		return do(ctx, progress)
	})
	if r.state.Touched = r.state.Touched || err != nil; err == nil {
		r.recorded(made)
	}
	return err
}

// unheld does something that is refused while people hold the run. It then waits for the command that must follow the
// hold, sits it out, and tries again.
func (r *run) unheld(do func() error) error {
	for {
		if err := r.gate(); err != nil {
			return err
		}
		heard := r.commands
		err := do()
		if !isHeld(err) {
			return r.refusal(err)
		}
		if err := workflow.Await(r.ctx, func() bool { return r.commands > heard }); err != nil {
			return r.refusal(err)
		}
	}
}

// key names the verb under way. Its mark is the step, what is done, and the message that led here.
func (r *run) key(activity string) bot.EffectKey {
	mark := r.state.Step + " " + activity
	if r.state.Heard != nil {
		mark += " " + r.state.Heard.ID
	}
	return bot.EffectKey{RunID: r.state.Launch.RunID, Birth: r.state.Launch.Birth, Visit: r.state.Visit, Ordinal: r.ordinal - 1, Mark: mark}
}

// gate holds a paused run before its next verb and stops an interrupted one.
func (r *run) gate() error {
	for r.state.Paused != nil && r.state.Interrupt == nil {
		if err := r.sitOut(); err != nil {
			return err
		}
	}
	if r.state.Interrupt != nil {
		return errInterrupted
	}
	return nil
}

// refusal turns an activity's final error into what a step understands.
func (r *run) refusal(err error) error {
	if err == nil {
		return nil
	}
	if isOutdated(err) {
		r.lose()
	}
	if r.state.Interrupt != nil || temporal.IsCanceledError(err) {
		return errInterrupted
	}
	return refusalOf(err)
}

// refusalOf is an activity's final error as a step or a person understands it.
func refusalOf(err error) error {
	var application *temporal.ApplicationError
	if errors.As(err, &application) {
		code := application.Type()
		if code == activities.ErrorRefused && application.HasDetails() {
			_ = application.Details(&code)
		}
		return &steps.Refusal{Code: code, Message: application.Message()}
	}
	var timeout *temporal.TimeoutError
	if errors.As(err, &timeout) {
		return &steps.Refusal{Code: "timeout", Message: "it was tried until its time was over"}
	}
	return err
}

func isHeld(err error) bool { return isOfType(err, activities.ErrorHeld) }

// isOutdated says that the database, which was set back to an older state, goes on without the one who asked.
func isOutdated(err error) bool { return isOfType(err, activities.ErrorOutdated) }

func isOfType(err error, name string) bool {
	var application *temporal.ApplicationError
	return errors.As(err, &application) && application.Type() == name
}

// lose makes the run end without a word: the database goes on without it.
func (r *run) lose() {
	r.lost = true
	r.breakOff(Interrupt{Status: bot.RunStopped, Reason: "the database was set back to an older state"})
}

// unrecorded are the visits that the run's trace does not hold as they stand.
func (r *run) unrecorded() []bot.Visit {
	visits := append([]bot.Visit(nil), r.state.Trail...)
	if r.state.Touched && r.state.Current.Number != 0 {
		visits = append(visits, r.state.Current)
	}
	return visits
}

// recorded notes what the run's row and trace hold by now. Nothing can have closed a visit meanwhile: the run itself
// waited for the record; what was added to the current one has touched it again.
func (r *run) recorded(progress bot.Progress) {
	r.state.Trail = nil
	if progress.Status != "" {
		progress.Visits, progress.Birth, progress.Keep = nil, "", nil
		r.state.Recorded = progress
	}
}
