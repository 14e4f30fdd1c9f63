package db

import (
	"context"
	"fmt"
	"time"

	"salesbot/bot"
	"salesbot/crm"
)

// mailSettles is how long after it was sent mail may just have started its conversation.
const mailSettles = time.Minute

// Settled counts what became of runs whose workflow was gone.
type Settled struct{ Ended, Relaunched int }

// AliveConversations are the workflows of runs that have not ended, by id, after the given one, if none of their runs
// has changed since before.
func (s *Store) AliveConversations(ctx context.Context, after string, before time.Time, limit int64) ([]string, error) {
	var ids []string
	err := s.read.NewSelect().Model((*crm.Run)(nil)).Column("workflow_id").Where("ended_at IS NULL").Where("workflow_id > ?", after).
		Group("workflow_id").Having("max(updated_at) <= ?", before).Order("workflow_id").Limit(limit).Scan(ctx, &ids)
	if err != nil {
		return nil, fmt.Errorf("read the conversations that are alive: %w", err)
	}
	return ids, nil
}

// RelaunchRuns writes the mail that starts a conversation's runs again where they stand on record, for a conversation
// that Temporal lost. Mail under way starts it by itself, and then nothing is done. A sub-bot's run ends: its parent
// stands at the step that starts it. So does a run that was stopped, or whose lead is gone.
func (tx *Tx) RelaunchRuns(ctx context.Context, workflowID string) (Settled, error) {
	var settled Settled
	runs, err := tx.lostRuns(ctx, workflowID)
	for i := 0; err == nil && i < len(runs); i++ {
		var reason string
		if reason, err = tx.relaunch(ctx, runs[i]); err != nil {
			break
		}
		if reason == "" {
			settled.Relaunched++
			continue
		}
		settled.Ended++
		err = tx.endOrphan(ctx, runs[i], reason)
	}
	return settled, err
}

// relaunch starts a run again, or gives the reason for which it ends.
func (tx *Tx) relaunch(ctx context.Context, run crm.Run) (reason string, err error) {
	switch {
	case run.ParentID != 0:
		return "its conversation was lost", nil
	case run.Hold == string(bot.CommandStop):
		return "it was stopped", nil
	}
	place, err := tx.placeOf(ctx, subjectOf(run), run.ChatID)
	if crm.CodeOf(err) == crm.NotFound {
		return "its lead was deleted", nil
	}
	if err != nil {
		return "", err
	}
	launch := bot.Launch{RunID: run.ID, Birth: run.Birth, BotID: run.BotID, VersionID: run.VersionID, ChatID: run.ChatID, ChannelKind: place.channelKind,
		PipelineID: place.pipelineID, Step: run.Step, Visit: run.Visit}
	return "", tx.post(ctx, subjectOf(run), bot.SignalLaunch, launch)
}

// EndOrphans ends the runs of a conversation whose workflow has ended without telling, unless mail is under way that
// starts it anew.
func (tx *Tx) EndOrphans(ctx context.Context, workflowID, reason string) (Settled, error) {
	var settled Settled
	runs, err := tx.lostRuns(ctx, workflowID)
	for i := 0; err == nil && i < len(runs); i++ {
		settled.Ended++
		err = tx.endOrphan(ctx, runs[i], reason)
	}
	return settled, err
}

// lostRuns are the alive runs of a conversation whose workflow was found to be gone; none if mail to it is unsent, or was
// sent so lately that the workflow may have been started since it was looked at.
func (tx *Tx) lostRuns(ctx context.Context, workflowID string) ([]crm.Run, error) {
	underWay, err := tx.NewSelect().Model((*Letter)(nil)).Where("workflow_id = ?", workflowID).
		Where("(sent_at IS NULL OR sent_at > ?)", tx.Now.Add(-mailSettles)).Exists(ctx)
	if err != nil || underWay {
		return nil, err
	}
	return tx.AliveRuns(ctx, workflowID)
}

func (tx *Tx) endOrphan(ctx context.Context, run crm.Run, reason string) error {
	return tx.record(ctx, run, bot.Progress{Status: bot.RunStopped, Step: run.Step, Reason: reason})
}
