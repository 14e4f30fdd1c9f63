package workflows

import (
	"encoding/json"
	"fmt"

	"go.temporal.io/sdk/workflow"

	"salesbot/bot"
)

// adopt takes over what the database has of the conversation: its state, the runs that are alive, the mail that no state
// knows of. For a lead's first bot that is only the mail by which it is launched.
func (c *conversation) adopt(ctx workflow.Context) error {
	subject := c.state.Subject
	ctx = withOwnData(ctx, "Look what there is to go on with")
	var adopted bot.Adopted
	in := bot.Adopt{Subject: subject, Outdated: c.state.Outdated > 0 || wasReset(ctx)}
	if err := workflow.ExecuteLocalActivity(ctx, act.Adopt, in).Get(ctx, &adopted); err != nil {
		return fmt.Errorf("read the conversation's state from the database: %w", err)
	}
	c.state = State{}
	if len(adopted.State) > 0 {
		if err := json.Unmarshal(adopted.State, &c.state); err != nil {
			return fmt.Errorf("read the state that was kept of %s: %w", subject.WorkflowID(), err)
		}
	}
	c.state.readable()
	c.state.Subject, c.keeper.stamp = subject, adopted.Stamp
	c.state.Runs = aliveOf(c.state.Runs, adopted)
	for _, sent := range adopted.Letters {
		letter, err := sent.Read()
		if err != nil { // nobody else could read it either
			c.log.Error("read mail", "seq", sent.Seq, "error", err)
			continue
		}
		c.mailbox.put(letter)
	}
	return nil
}

// wasReset says that an operator took the workflow back to an earlier point of its history. That ends the workflow run which
// was there before, but nothing shall end by it.
func wasReset(ctx workflow.Context) bool {
	info := workflow.GetInfo(ctx)
	return info.OriginalRunID != info.WorkflowExecution.RunID
}

// aliveOf are the states of the runs that are alive: as they were kept, or where they stand on record.
func aliveOf(kept []*RunState, adopted bot.Adopted) []*RunState {
	byID := map[int64]*RunState{}
	for _, state := range kept {
		byID[state.Launch.RunID] = state
	}
	var runs []*RunState
	for _, launch := range adopted.Alive {
		state := byID[launch.RunID]
		if state == nil || state.Launch.Birth != launch.Birth {
			parent := adopted.Parents[launch.RunID]
			if byID[parent] != nil {
				continue // its parent, which has not heard that it is there, starts it
			}
			if state = begin(launch); parent != 0 {
				state.Interrupt = &Interrupt{Status: bot.RunStopped, Reason: "the run that started it was lost"}
			}
		}
		if wait := state.Wait; wait != nil && wait.Child != 0 {
			endChild(state, adopted)
		}
		runs = append(runs, state)
	}
	return runs
}

// begin is the state of a run that begins, or begins again where its row says.
func begin(launch bot.Launch) *RunState {
	return &RunState{Launch: launch, Step: launch.Step, Visit: launch.Visit, Heard: launch.Message}
}

// endChild ends the wait for a sub-bot that ended while nobody could tell.
func endChild(parent *RunState, adopted bot.Adopted) {
	status, ended := adopted.Ended[parent.Wait.Child]
	if !ended || parent.Offered != nil {
		return
	}
	value, err := json.Marshal(status)
	if err != nil {
		return
	}
	parent.Offered = &bot.Event{Kind: bot.EventAnswer, Answer: &bot.Answer{RunID: parent.Launch.RunID, Visit: parent.Visit, Value: value}}
}
