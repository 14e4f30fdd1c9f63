package db

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"salesbot/bot"
	"salesbot/crm"
)

// Two bots that move a lead to and fro would launch each other for ever: more launches of one bot on one lead than
// this, within this time, are no coincidence.
const (
	mostLaunches = 10
	launchWindow = time.Minute
)

// StageTriggerRelay launches the bots whose trigger stands at the stage in which a lead was made or to which it was moved;
// once for each such event, because the launch and the cursor are one transaction.
func (s *Store) StageTriggerRelay() Relay {
	return Relay{Store: s, Name: "stage_triggers", InTx: launchAtStages}
}

func launchAtStages(ctx context.Context, tx *Tx, events []crm.Event) error {
	for _, event := range events {
		kinds := []crm.TriggerKind{crm.TriggerStageEntered}
		switch event.Type {
		case crm.LeadAdded:
			kinds = append(kinds, crm.TriggerStageCreated)
		case crm.LeadStatusChanged:
			kinds = append(kinds, crm.TriggerStageMoved)
		default:
			continue
		}
		if err := tx.launchAtStage(ctx, event, kinds); err != nil {
			return fmt.Errorf("event %d: %w", event.ID, err)
		}
	}
	return nil
}

func (tx *Tx) launchAtStage(ctx context.Context, event crm.Event, kinds []crm.TriggerKind) error {
	_, after, err := event.Values()
	if err != nil {
		return err
	}
	if after == nil || after.LeadStatus == nil {
		return errors.New("it names no stage")
	}
	stage := *after.LeadStatus
	triggers, err := tx.StageTriggers(ctx, stage.PipelineID, stage.ID, kinds...)
	if err != nil || len(triggers) == 0 {
		return err
	}
	free, err := tx.mayLaunch(ctx, event.LeadID)
	if err != nil || !free {
		return err
	}
	chosen, first, lost := choose(triggers)
	for _, id := range chosen {
		if err := tx.launchOnce(ctx, id, event); err != nil {
			return err
		}
	}
	return tx.passOver(ctx, first, lost, event.LeadID, "")
}

// choose gives the bots that are launched: those that stand alongside, and that of the first of the other triggers.
func choose(triggers []crm.Trigger) (bots []int64, first crm.Trigger, lost []crm.Trigger) {
	for _, t := range triggers {
		switch {
		case t.Alongside:
		case first.ID == 0:
			first = t
		default:
			lost = append(lost, t)
			continue
		}
		if !slices.Contains(bots, t.BotID) {
			bots = append(bots, t.BotID)
		}
	}
	lost = slices.DeleteFunc(lost, func(t crm.Trigger) bool { return slices.Contains(bots, t.BotID) })
	return bots, first, lost
}

// mayLaunch: nothing is launched by itself on a lead that is gone, or whose client a person talks with.
func (tx *Tx) mayLaunch(ctx context.Context, leadID int64) (bool, error) {
	there, err := tx.hasLead(ctx, leadID)
	if err != nil || !there {
		return false, err
	}
	taken, err := tx.NewSelect().Model((*crm.Chat)(nil)).Where("lead_id = ?", leadID).Where("taken_over_by <> 0").Exists(ctx)
	return !taken, err
}

// launchOnce launches the bot unless it is at work on the lead already, or goes round in circles.
func (tx *Tx) launchOnce(ctx context.Context, botID int64, event crm.Event) error {
	leadID := event.LeadID
	runs := tx.NewSelect().Model((*crm.Run)(nil)).Where("bot_id = ?", botID).Where("lead_id = ?", leadID)
	alive, err := runs.Clone().Where("ended_at IS NULL").Exists(ctx)
	if err != nil || alive {
		return err
	}
	recent, err := runs.Where("created_at > ?", tx.Now.Add(-launchWindow)).Where("status <> ?", bot.RunRefused).Count(ctx)
	if err != nil {
		return fmt.Errorf("count launches: %w", err)
	}
	if recent >= mostLaunches {
		run := crm.Run{BotID: botID, LeadID: leadID, WorkflowID: bot.Subject{LeadID: leadID}.WorkflowID(), LaunchedBy: byTrigger, Birth: tx.newBirth(), CreatedAt: tx.Now, UpdatedAt: tx.Now}
		_, err := tx.refuseLaunch(ctx, crm.Actor{Kind: crm.BySystem}, run, fmt.Sprintf("stages launched this bot on this lead %d times within %s", recent, launchWindow))
		return err
	}
	launch := Launch{BotID: botID, Subject: bot.Subject{LeadID: leadID}, By: byTrigger}
	if event.ActorKind == crm.ByBot {
		launch.CauseID = event.ActorID
	}
	_, err = tx.LaunchRun(ctx, crm.Actor{Kind: crm.BySystem}, launch)
	return err
}
