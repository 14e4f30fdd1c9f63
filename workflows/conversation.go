package workflows

import (
	"slices"

	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/workflow"

	"salesbot/activities"
	"salesbot/bot"
)

// Conversation is the workflow of one lead: it lives while a run there is alive. Everything that concerns the lead's
// bots arrives in its mailbox and is handled in order; each run is a coroutine that interprets one pinned bot version.
func Conversation(ctx workflow.Context, state State) error {
	version := workflow.GetVersion(ctx, "interpreter", oldestInterpreter, interpreter)
	c := &conversation{version: version, state: state, ctx: ctx, mailbox: openMailbox(ctx), log: workflow.GetLogger(ctx), keeper: newKeeper(ctx, state)}
	c.state.readable()
	if err := workflow.SetQueryHandlerWithOptions(ctx, QueryState, c.describe, workflow.QueryHandlerOptions{Description: "the runs of this conversation and where they stand"}); err != nil {
		return err
	}
	if c.keepsState() && len(state.Runs) == 0 {
		if err := c.adopt(ctx); err != nil {
			return err
		}
	}
	c.revive()
	return c.live(ctx)
}

type conversation struct {
	// version is the interpreter's under which this workflow run began.
	version workflow.Version
	state   State
	ctx     workflow.Context
	mailbox *mailbox
	runs    []*run
	keeper  keeper
	log     log.Logger
}

// sharesSteps says that sub-bots count their steps together with the run that waits for them.
func (c *conversation) sharesSteps() bool { return c.version >= 2 }

// passesInbox says that a sub-bot takes over the messages that are kept for the next wait.
func (c *conversation) passesInbox() bool { return c.version >= 3 }

// holdsNewSubBots says that a sub-bot which was being started while people began to hold its parent is held with it.
func (c *conversation) holdsNewSubBots() bool { return c.version >= 4 }

// keepsState says that the conversation's state is kept in our own database, too.
func (c *conversation) keepsState() bool { return c.version >= 5 }

// drawsChance says that chance comes from the system's random numbers.
func (c *conversation) drawsChance() bool { return c.version >= 6 }

// limitsValues says that a run's values have a limit of size.
func (c *conversation) limitsValues() bool { return c.version >= 6 }

// act is what the methods of the activities are named by; it is never called.
var act *activities.Activities

// live handles mail until no run is left. There must be no yield between the last look into the mailbox and the
// return, or mail could be lost; if mail arrives meanwhile the server refuses the completion and we look again.
func (c *conversation) live(ctx workflow.Context) error {
	for {
		c.handle(c.mailbox.collect())
		c.bury()
		switch {
		case c.keeper.outdated:
			return c.beginAnew(ctx)
		case len(c.state.Unheard) > 0:
			c.giveBack(ctx)
			continue
		case c.quiet() && len(c.keeper.handled) > 0:
			c.acknowledge(ctx)
			continue
		case len(c.runs) == 0:
			return nil
		}
		if c.quiet() && c.longHistory(ctx) {
			return workflow.NewContinueAsNewError(ctx, Conversation, c.snapshot())
		}
		workflow.SetCurrentDetails(ctx, c.details())
		c.mailbox.wait(ctx)
	}
}

func (c *conversation) handle(letters []letter) {
	for _, l := range letters {
		if !c.state.firstTime(l.mail) {
			continue
		}
		if c.keepsState() {
			c.keeper.handled = append(c.keeper.handled, l.mail)
		}
		switch mail := l.body.(type) {
		case bot.Launch:
			c.launch(mail, nil)
		case bot.Message:
			c.message(mail)
		case bot.Control:
			c.control(mail)
		case bot.Answer:
			c.answer(mail)
		case bot.Receipt:
			c.receipt(mail)
		}
	}
}

// launch begins a run. One that is alive already was launched by an earlier delivery of the same mail; one that only has
// the same number is of a state of the database that was lost, and makes room.
func (c *conversation) launch(launch bot.Launch, parent *run) {
	if r := c.find(launch.RunID); r != nil {
		if r.state.Launch.Birth == launch.Birth {
			return
		}
		r.lose()
	}
	state := begin(launch)
	if parent != nil {
		state.Parent = parent.state.Launch.RunID
		if c.sharesSteps() {
			state.SinceWait = parent.state.SinceWait
		}
		if c.passesInbox() { // the next wait for a message is the sub-bot's
			state.Inbox, parent.state.Inbox = parent.state.Inbox, nil
		}
		if c.holdsNewSubBots() && parent.state.Paused != nil {
			pause := *parent.state.Paused
			state.Paused = &pause
		}
	}
	r := newRun(c, state)
	c.runs = append(c.runs, r)
	workflow.GoNamed(c.ctx, r.name(), r.live)
}

// revive takes up the runs that an earlier workflow run left parked.
func (c *conversation) revive() {
	for _, state := range c.state.Runs {
		r := newRun(c, state)
		r.revived = state.Current.Number != 0
		if !c.keepsState() {
			state.Touched = false
		}
		c.runs = append(c.runs, r)
	}
	c.state.Runs = nil
	for _, r := range c.runs {
		workflow.GoNamed(c.ctx, r.name(), r.live)
	}
	unheard := c.state.Unheard
	c.state.Unheard = nil
	for _, m := range unheard {
		c.message(m)
	}
}

// bury forgets the runs that have ended.
func (c *conversation) bury() {
	c.runs = slices.DeleteFunc(c.runs, func(r *run) bool { return r.ended })
}

func (c *conversation) find(id int64) *run {
	for _, r := range c.runs {
		if r.state.Launch.RunID == id && !r.lost {
			return r
		}
	}
	return nil
}

// quiet says that every run is parked, so that nothing is under way that a continue-as-new would cut off.
func (c *conversation) quiet() bool {
	return !slices.ContainsFunc(c.runs, func(r *run) bool { return !r.settled() })
}

func (c *conversation) longHistory(ctx workflow.Context) bool {
	return c.mailbox.taken >= historyLimit || workflow.GetInfo(ctx).GetContinueAsNewSuggested()
}

func (c *conversation) snapshot() State {
	state := c.state
	state.Stamp = c.keeper.stamp
	for _, r := range c.runs {
		state.Runs = append(state.Runs, r.state)
	}
	return state
}
