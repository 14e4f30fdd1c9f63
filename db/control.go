package db

import (
	"context"
	"encoding/json"
	"fmt"
	"math"

	"salesbot/bot"
	"salesbot/crm"
)

// A command holds a run from its own commit on, before the conversation has heard of it: effects check the hold in
// their transaction. That is why nothing is said after a take-over was acknowledged.
var holds = map[bot.Command]bool{bot.CommandStop: true, bot.CommandPause: true, bot.CommandTakeOver: true}

// holdReply is the hold of a pause by a manager's reply. It is weaker than a person's command, and ends by itself.
const holdReply = "reply"

// ControlRun gives a run a person's command. It refuses one that has ended and a command that makes no sense for its
// state. Who stops a run answers the client.
func (tx *Tx) ControlRun(ctx context.Context, actor crm.Actor, runID int64, control bot.Control) (crm.Run, error) {
	run, err := tx.controlRun(ctx, actor, runID, control)
	if err != nil || control.Command != bot.CommandStop {
		return run, err
	}
	return run, tx.attend(ctx, chatsOfRun(run), true)
}

func (tx *Tx) controlRun(ctx context.Context, actor crm.Actor, runID int64, control bot.Control) (crm.Run, error) {
	run, err := tx.lockRun(ctx, runID)
	if err != nil {
		return run, err
	}
	if run.EndedAt != nil {
		return run, crm.Errorf(crm.Conflict, "run %d has ended (%s)", run.ID, run.Status)
	}
	if err := checkCommand(run, control); err != nil {
		return run, err
	}
	if holds[control.Command] || control.Command == bot.CommandResume {
		run.Hold = ""
		if holds[control.Command] {
			run.Hold = string(control.Command)
		}
		if err := tx.holdWithSubBots(ctx, run); err != nil {
			return run, err
		}
	}
	control.RunID, control.UserID = run.ID, actor.UserID()
	if err := tx.post(ctx, subjectOf(run), bot.SignalControl, control); err != nil {
		return run, err
	}
	return run, tx.runEvent(ctx, actor, run)
}

func checkCommand(run crm.Run, control bot.Control) error {
	if run.Hold == string(bot.CommandStop) && control.Command != bot.CommandStop {
		return crm.Errorf(crm.Conflict, "run %d is being stopped; launch its bot again to start anew", run.ID)
	}
	switch control.Command {
	case bot.CommandStop, bot.CommandPause, bot.CommandSkip:
		return nil
	case bot.CommandResume:
		if run.Hold == "" && run.Status != string(bot.RunPaused) {
			return crm.Errorf(crm.Conflict, "run %d is not paused", run.ID)
		}
		return nil
	case bot.CommandGoto:
		if control.Step == "" {
			return crm.FieldError("step", "name the step to go to")
		}
		return nil
	}
	return crm.FieldError("command", "%q is no command for one run", control.Command)
}

// holdWithSubBots gives the run's hold to the runs that it started, too: they talk for it.
func (tx *Tx) holdWithSubBots(ctx context.Context, run crm.Run) error {
	if err := tx.setHold(ctx, run); err != nil {
		return err
	}
	runs, err := tx.AliveRuns(ctx, run.WorkflowID)
	if err != nil {
		return err
	}
	family := map[int64]bool{run.ID: true}
	for _, other := range runs { // a sub-bot is younger than the run that started it
		if !family[other.ParentID] {
			continue
		}
		family[other.ID] = true
		other.Hold = run.Hold
		if err := tx.setHold(ctx, other); err != nil {
			return err
		}
	}
	return nil
}

// setHold holds a run, or lets it go. A stop is for good: nothing that comes after it gives the run its voice back, also
// if the conversation has not heard of the stop yet.
func (tx *Tx) setHold(ctx context.Context, run crm.Run) error {
	_, err := tx.NewUpdate().Model((*crm.Run)(nil)).Set("hold = ?", run.Hold).Set("updated_at = ?", tx.Now).
		Where("id = ?", run.ID).Where("hold <> ?", bot.CommandStop).Exec(ctx)
	if err != nil {
		return fmt.Errorf("hold run %d: %w", run.ID, err)
	}
	if run.Hold == string(bot.CommandStop) {
		return tx.spend(ctx, run, math.MaxInt32, nil)
	}
	return nil
}

func subjectOf(run crm.Run) bot.Subject {
	if run.LeadID != 0 {
		return bot.Subject{LeadID: run.LeadID}
	}
	return bot.Subject{ContactID: run.ContactID}
}

// TakeOver gives a lead's chats to a user: the bots are held and the lead is the user's. From its commit on no run of
// the lead says anything.
func (tx *Tx) TakeOver(ctx context.Context, actor crm.Actor, leadID, userID int64) error {
	if err := tx.assign(ctx, actor, leadID, userID); err != nil {
		return err
	}
	if err := tx.markTakenOver(ctx, actor, leadID, userID); err != nil {
		return err
	}
	return tx.commandAll(ctx, actor, leadID, bot.CommandTakeOver)
}

// HandBack gives a lead's chats back to the bots.
func (tx *Tx) HandBack(ctx context.Context, actor crm.Actor, leadID int64) error {
	if _, err := tx.Lead(ctx, leadID); err != nil {
		return err
	}
	if err := tx.markTakenOver(ctx, actor, leadID, 0); err != nil {
		return err
	}
	if err := tx.attend(ctx, crm.Chat{LeadID: leadID}, false); err != nil {
		return err
	}
	return tx.commandAll(ctx, actor, leadID, bot.CommandHandBack)
}

func (tx *Tx) markTakenOver(ctx context.Context, actor crm.Actor, leadID, userID int64) error {
	_, err := tx.NewUpdate().Model((*crm.Chat)(nil)).Set("taken_over_by = ?", userID).Set("updated_at = ?", tx.Now).Where("lead_id = ?", leadID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("take over the chats of lead %d: %w", leadID, err)
	}
	return tx.event(ctx, actor, crm.ChatChangedEvent{Chat: crm.Chat{LeadID: leadID}, After: crm.ChatPart{TakenOverBy: &userID}})
}

// commandAll holds or frees every alive run of the lead and tells the conversation, if there is a run to tell.
func (tx *Tx) commandAll(ctx context.Context, actor crm.Actor, leadID int64, command bot.Command) error {
	subject := bot.Subject{LeadID: leadID}
	runs, err := tx.AliveRuns(ctx, subject.WorkflowID())
	if err != nil || len(runs) == 0 {
		return err
	}
	for _, run := range runs {
		run.Hold = ""
		if holds[command] {
			run.Hold = string(command)
		}
		if err := tx.setHold(ctx, run); err != nil {
			return err
		}
	}
	return tx.post(ctx, subject, bot.SignalControl, bot.Control{Command: command, UserID: actor.UserID()})
}

func (tx *Tx) assign(ctx context.Context, actor crm.Actor, leadID, userID int64) error {
	lead, err := tx.Lead(ctx, leadID)
	if err != nil || lead.ResponsibleID == userID {
		return err
	}
	_, err = tx.UpdateLead(ctx, actor, leadID, LeadEdit{ResponsibleID: &userID})
	return err
}

// ManagerWrote tells the runs of a chat that a person of ours wrote in it. The message's row exists already. A run
// whose bot stops or pauses then is held from this commit on. In a chat that was taken over the runs are held already, until
// it is handed back, and stay as they are whatever is written meanwhile.
func (tx *Tx) ManagerWrote(ctx context.Context, chat crm.Chat, message bot.Message) error {
	if err := tx.attend(ctx, chat, true); err != nil {
		return err
	}
	subject := chatSubject(chat)
	runs, err := tx.AliveRuns(ctx, subject.WorkflowID())
	if err != nil || len(runs) == 0 {
		return err
	}
	message.FromManager, message.TakenOver = true, chat.TakenOverBy != 0
	for _, run := range runs {
		if message.TakenOver || run.ChatID != chat.ID || run.OnManagerReply == string(bot.ManagerContinues) {
			continue
		}
		switch {
		case run.OnManagerReply != string(bot.ManagerPauses):
			run.Hold = string(bot.CommandStop)
		case run.Hold == "":
			run.Hold = holdReply
		}
		if err := tx.setHold(ctx, run); err != nil {
			return err
		}
	}
	return tx.post(ctx, subject, bot.SignalMessage, message)
}

func chatSubject(chat crm.Chat) bot.Subject {
	if chat.LeadID != 0 {
		return bot.Subject{LeadID: chat.LeadID}
	}
	return bot.Subject{ContactID: chat.ContactID}
}

// AnswerRun passes a person's or a service's answer to a run that asked for it at that visit.
func (tx *Tx) AnswerRun(ctx context.Context, actor crm.Actor, runID int64, visit int, value json.RawMessage) error {
	run, err := tx.lockRun(ctx, runID)
	if err != nil {
		return err
	}
	if run.EndedAt != nil || run.Visit != visit {
		return crm.Errorf(crm.Conflict, "run %d no longer waits for this answer", run.ID)
	}
	return tx.post(ctx, subjectOf(run), bot.SignalAnswer, bot.Answer{RunID: run.ID, Visit: visit, Value: value, UserID: actor.UserID()})
}
