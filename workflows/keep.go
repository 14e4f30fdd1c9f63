package workflows

import (
	"encoding/json"
	"fmt"
	"hash/crc32"
	"slices"
	"strconv"
	"time"

	"go.temporal.io/sdk/workflow"

	"salesbot/bot"
)

// keeper keeps the conversation's state in our own database: with every change that the conversation makes, one at a time.
// Temporal holds the state too, and is ahead of the database only by what changed nothing yet. So whatever is set back
// or lost, the database or Temporal, the conversation goes on from what the database has.
type keeper struct {
	turn workflow.Mutex
	// stamp is that of the state which was kept last, and count counts the states.
	stamp string
	count int
	// handled is the mail that no kept state knows of.
	handled []bot.Mail
	// before are the keys of mail that was handled before the conversation kept its state.
	before []int64
	// outdated says that the database has another state than this workflow.
	outdated bool
	// outdatedBefore counts the workflow runs before this one that found the same and changed nothing.
	outdatedBefore int
}

func newKeeper(ctx workflow.Context, state State) keeper {
	k := keeper{turn: workflow.NewMutex(ctx), stamp: state.Stamp, outdatedBefore: state.Outdated}
	if state.Stamp == "" && len(state.Runs) > 0 {
		k.before = state.Seen
	}
	return k
}

// change makes one change to our own data, together with the state as it is after it. The changed run, if there is one,
// has made that progress by then and waits for what comes then.
func (c *conversation) change(ctx workflow.Context, r *run, progress bot.Progress, then *Wait, do func(ctx workflow.Context, progress bot.Progress) error) error {
	if !c.keepsState() {
		return do(ctx, progress)
	}
	ctx, _ = workflow.NewDisconnectedContext(ctx) // a change that is under way is waited for, whatever is cancelled
	if err := c.keeper.turn.Lock(ctx); err != nil {
		return err
	}
	defer c.keeper.turn.Unlock()
	if c.keeper.outdated {
		return errInterrupted
	}
	keep, err := c.keep(r, progress, then)
	if err != nil {
		return err
	}
	progress.Keep = keep
	err = do(ctx, progress)
	if isOutdated(err) {
		c.outdate(err)
	}
	if err == nil {
		c.kept(keep)
	}
	return err
}

// keep is the state that is kept next.
func (c *conversation) keep(r *run, progress bot.Progress, then *Wait) (*bot.Keep, error) {
	c.keeper.count++
	state := c.stateAfter(r, progress, then)
	handled := slices.Clone(c.keeper.handled)
	keep := &bot.Keep{WorkflowID: c.state.Subject.WorkflowID(), Before: c.keeper.stamp, Handled: handled, Seen: c.keeper.before, Stamp: c.nextStamp(handled)}
	if len(state.Runs) == 0 && len(state.Unheard) == 0 {
		return keep, nil
	}
	var err error
	keep.State, err = json.Marshal(state)
	return keep, err
}

// nextStamp is the same when a workflow task is done again that was cut off, unless more mail has come meanwhile: what was
// kept then knows nothing of it.
func (c *conversation) nextStamp(handled []bot.Mail) string {
	var keys []byte
	for _, m := range handled {
		keys = strconv.AppendInt(append(keys, ' '), m.Key(), 10)
	}
	return bot.Stamp(workflow.GetInfo(c.ctx).WorkflowExecution.RunID, fmt.Sprintf("%d.%08x", c.keeper.count, crc32.ChecksumIEEE(keys)))
}

// stateAfter is the conversation's state as it is when the run has made that progress.
func (c *conversation) stateAfter(r *run, progress bot.Progress, then *Wait) State {
	state := c.state
	state.Unheard = slices.Clone(state.Unheard)
	state.Seen = state.Seen[max(0, len(state.Seen)-keptSeen):]
	for _, one := range c.runs {
		switch {
		case one.ended:
		case one == r && progress.Status.Final():
			state.Unheard = append(state.Unheard, one.leaves(progress.Status)...)
		case one == r:
			state.Runs = append(state.Runs, one.stateAfter(progress, then))
		default:
			state.Runs = append(state.Runs, one.stateNow())
		}
	}
	return state
}

// stateNow is the state of a run that is not the one which changes. One that is about to end shall not go on.
func (r *run) stateNow() *RunState {
	if r.outcome == "" {
		return r.state
	}
	state := *r.state
	state.Interrupt = &Interrupt{Status: r.outcome, Reason: r.reason}
	return &state
}

// keptSeen bounds the keys of handled mail that are kept: mail which a kept state knows of is sent no more, so that only
// such can come twice as was on its way just then.
const keptSeen = 64

// stateAfter is the run's state when it has made that progress: what goes on record with it is on record, and it waits already.
func (r *run) stateAfter(progress bot.Progress, then *Wait) *RunState {
	state := *r.state
	state.Trail, state.Touched = nil, false
	if progress.Status != "" {
		progress.Visits, progress.Birth, progress.Keep = nil, "", nil
		state.Recorded = progress
	}
	if then != nil {
		state.Wait, state.Late = then, 0
	}
	return &state
}

// kept notes that the database has the state.
func (c *conversation) kept(keep *bot.Keep) {
	c.keeper.stamp, c.keeper.before, c.keeper.outdatedBefore = keep.Stamp, nil, 0
	if len(keep.State) == 0 {
		c.keeper.stamp = ""
	}
	c.keeper.handled = slices.Clone(c.keeper.handled[len(keep.Handled):])
}

// outdate makes the conversation begin anew from what the database has.
func (c *conversation) outdate(err error) {
	if c.keeper.outdated {
		return
	}
	c.log.Warn("the database has another state than this workflow: Temporal or the database was set back. The conversation goes on from what the database has", "error", err)
	c.keeper.outdated = true
	for _, r := range c.runs {
		if !r.ended {
			r.lose()
		}
	}
	c.mailbox.nudge()
}

// beginAnew begins from what the database has. If that was of no use the last times, it waits: the conversation must not
// go round in a circle for ever.
func (c *conversation) beginAnew(ctx workflow.Context) error {
	const often, pause = 3, time.Minute
	if c.keeper.outdatedBefore >= often {
		if err := workflow.Sleep(ctx, pause); err != nil {
			return err
		}
	}
	return workflow.NewContinueAsNewError(ctx, Conversation, State{Schema: stateSchema, Subject: c.state.Subject, Outdated: c.keeper.outdatedBefore + 1})
}

// acknowledge keeps the state if mail was handled that no change told of: a message that a step only noted, a command for
// a run that has ended.
func (c *conversation) acknowledge(ctx workflow.Context) {
	err := c.change(ctx, nil, bot.Progress{}, nil, func(ctx workflow.Context, p bot.Progress) error {
		ctx = withOwnData(ctx, "Keep what was heard")
		return workflow.ExecuteLocalActivity(ctx, act.KeepState, *p.Keep).Get(ctx, nil)
	})
	if err != nil && !c.keeper.outdated {
		c.log.Error("keep the state", "error", err)
		c.keeper.handled = nil // it would fail again
	}
}
