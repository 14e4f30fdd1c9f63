package workflows

import (
	"cmp"
	"errors"
	"fmt"

	"go.temporal.io/sdk/workflow"

	"salesbot/bot"
	"salesbot/steps"
)

// run drives one RunState. It is a coroutine of its conversation and implements steps.Run for the step under way.
type run struct {
	state    *RunState
	c        *conversation
	document bot.Document
	// base is the run's own context. Changes of our own data use it: they are short, and one that is under way when the
	// run is interrupted is waited for, so that it can't be done after what comes next.
	base workflow.Context
	// ctx is the visit's; cancelling it ends what the visit has under way outside, and its waits.
	ctx    workflow.Context
	cancel workflow.CancelFunc
	// ordinal counts the verbs of the visit; replaying is true while they come from the journal.
	ordinal   int
	replaying bool
	// revived says that an earlier workflow run left the run in the midst of a visit.
	revived bool
	// parked says that nothing is under way: the run waits or is paused.
	parked bool
	ended  bool
	// commands counts what people told the run, so that an effect which was refused as held knows what it waits for.
	commands int
	// excess is set when the visit wanted to keep more than a run may.
	excess error
	// timer is the wait's, while the run dozes.
	timer workflow.Future
	// lost says that the database knows nothing of the run, so that nothing of it is recorded any more.
	lost bool
	// outcome is how the run ends, and reason says why.
	outcome bot.RunStatus
	reason  string
}

// errInterrupted is what verbs return to a step that shall give up; the run itself knows why.
var errInterrupted = errors.New("interrupted")

func newRun(c *conversation, state *RunState) *run {
	if state.Values == nil { // an empty map does not survive a continue-as-new
		state.Values = bot.Values{}
	}
	return &run{c: c, state: state}
}

func (r *run) name() string { return fmt.Sprintf("run-%d", r.state.Launch.RunID) }

// live walks from step to step until the run ends.
func (r *run) live(ctx workflow.Context) {
	r.base = ctx
	status, reason := r.walk(ctx)
	r.outcome, r.reason = status, reason
	if !r.lost {
		r.finish(ctx, status, reason)
	}
	r.ended = true
	r.tellParent()
	r.passOn()
	r.c.mailbox.nudge()
}

func (r *run) walk(ctx workflow.Context) (bot.RunStatus, string) {
	if err := r.load(ctx); err != nil {
		return bot.RunFailed, "the bot's version can't be loaded: " + err.Error()
	}
	if reason, refused := r.refused(); refused {
		return bot.RunRefused, reason
	}
	if r.state.Step == "" && r.state.Visit == 0 {
		r.state.Step = r.document.Start
	}
	for r.state.Step != "" {
		next, err := r.visit(ctx)
		if stop := r.state.Interrupt; stop != nil {
			r.state.Interrupt = nil
			if stop.Status != "" {
				return stop.Status, stop.Reason
			}
			next, err = stop.Step, nil
		}
		if errors.Is(err, errInterrupted) {
			return bot.RunStopped, "its workflow was cancelled"
		}
		if err != nil {
			return bot.RunFailed, err.Error()
		}
		r.state.Step = next
	}
	return bot.RunFinished, ""
}

// load reads the pinned version. It never changes, so that reading it again after a continue-as-new gives the same.
func (r *run) load(ctx workflow.Context) error {
	ctx = withOwnData(ctx, "Load the bot")
	if err := workflow.ExecuteLocalActivity(ctx, act.LoadVersion, r.state.Launch.VersionID).Get(ctx, &r.document); err != nil {
		return err
	}
	r.state.Settings = r.document.Settings.WithDefaults()
	early := r.state.Early
	r.state.Early = nil
	for _, m := range early {
		r.managerWrote(m)
	}
	return nil
}

// refused: a bot with on_conflict refuse does not begin in a chat in which another run talks.
func (r *run) refused() (string, bool) {
	if r.revived || r.state.Settings.OnConflict != bot.ConflictRefuse || r.state.Parent != 0 {
		return "", false
	}
	for _, other := range r.c.inChat(r.state.Launch.ChatID) {
		if other != r {
			return fmt.Sprintf("run %d talks in this chat already", other.state.Launch.RunID), true
		}
	}
	return "", false
}

// visit runs one step and says which comes next; "" ends the run.
func (r *run) visit(ctx workflow.Context) (next string, err error) {
	step, ok := r.document.Find(r.state.Step)
	if !ok {
		return "", fmt.Errorf("step %q does not exist in this version of the bot", r.state.Step)
	}
	if err := r.enter(ctx, step); err != nil {
		return "", err
	}
	defer r.cancel()
	config, err := steps.Decode(step)
	if err != nil {
		return "", err
	}
	exit, err := config.Run(r.ctx, r)
	r.leave(ctx, exit)
	err = cmp.Or(err, r.excess)
	if err != nil {
		return "", err
	}
	if linker, ok := config.(steps.Linker); ok {
		if target, ok := linker.Links()[exit]; ok {
			return target, nil
		}
	}
	return step.Exits[exit], nil
}

// enter begins a visit, or takes up the one in which a revived run was parked.
func (r *run) enter(ctx workflow.Context, step bot.Step) error {
	r.ctx, r.cancel = workflow.WithCancel(ctx)
	r.ordinal = 0
	r.replaying = r.revived
	if r.revived {
		r.revived = false
		return nil
	}
	if r.state.SinceWait++; r.state.SinceWait > maxStepsWithoutWait {
		return fmt.Errorf("%d steps without a wait: the bot runs in a circle at step %q; put a pause or a question into it", maxStepsWithoutWait, step.Label())
	}
	r.state.Visit++
	r.state.Rules = r.c.version
	r.state.Journal, r.state.Wait, r.state.Late = nil, nil, 0
	r.state.Current = bot.Visit{Number: r.state.Visit, Step: step.ID, Kind: step.Kind, At: workflow.Now(ctx)}
	r.state.Touched = true
	return nil
}

func (r *run) leave(ctx workflow.Context, exit string) {
	now := workflow.Now(ctx)
	r.state.Current.Left, r.state.Current.Exit = &now, exit
	if stop := r.state.Interrupt; stop != nil && stop.Reason != "" {
		r.state.Current.Notes = append(r.state.Current.Notes, stop.Reason)
	}
	r.state.Trail = append(r.state.Trail, r.state.Current)
	r.state.Current = bot.Visit{}
	r.state.Journal, r.state.Wait = nil, nil
	r.state.Offered = nil
}

// finish writes the end of the run down. It uses the conversation's own context: the visit's may be cancelled.
func (r *run) finish(ctx workflow.Context, status bot.RunStatus, reason string) {
	r.noteUnheard()
	progress := bot.Progress{Visits: r.unrecorded(), Birth: r.state.Launch.Birth, Status: status, Step: r.state.Step, Reason: reason}
	ctx, cancel := workflow.NewDisconnectedContext(ctx)
	defer cancel()
	err := r.c.change(ctx, r, progress, nil, func(ctx workflow.Context, progress bot.Progress) error {
		ctx = withOwnData(ctx, "End of the run: "+string(status))
		return workflow.ExecuteLocalActivity(ctx, act.Record, r.state.Launch.RunID, progress).Get(ctx, nil)
	})
	if err != nil && !isOutdated(err) && !r.lost {
		r.c.log.Error("record the end of a run", "run", r.state.Launch.RunID, "error", err)
	}
}

// noteUnheard keeps messages in the trace that came while the last steps were busy and that nothing waited for.
func (r *run) noteUnheard() {
	if len(r.state.Trail) == 0 {
		return
	}
	last := &r.state.Trail[len(r.state.Trail)-1]
	for _, m := range r.state.Inbox {
		last.Notes = append(last.Notes, "the client wrote, and the run has ended: "+short(m.Text))
	}
}

// passOn gives away what the client wrote while the last step was busy.
func (r *run) passOn() {
	left := r.leaves(r.outcome)
	r.state.Inbox = nil
	for _, m := range left {
		r.c.message(m)
	}
}

// leaves is what a run leaves for others when it ends so: what nobody has heard yet, if the run ends by itself. One that
// people or another bot end leaves the client to them.
func (r *run) leaves(end bot.RunStatus) []bot.Message {
	if end != bot.RunFinished && end != bot.RunFailed {
		return nil
	}
	return r.state.Inbox
}

func (r *run) root() *run {
	for r.state.Parent != 0 {
		parent := r.c.find(r.state.Parent)
		if parent == nil {
			return r
		}
		r = parent
	}
	return r
}
