package db

import (
	"context"
	"fmt"

	"salesbot/bot"
	"salesbot/crm"
)

// AliveConversations are the workflows of runs that have not ended, by id, after the given one.
func (s *Store) AliveConversations(ctx context.Context, after string, limit int64) ([]string, error) {
	var ids []string
	err := s.read.NewSelect().Model((*crm.Run)(nil)).ColumnExpr("DISTINCT workflow_id").Where("ended_at IS NULL").
		Where("workflow_id > ?", after).Order("workflow_id").Limit(limit).Scan(ctx, &ids)
	if err != nil {
		return nil, fmt.Errorf("read the conversations that are alive: %w", err)
	}
	return ids, nil
}

// RelaunchRuns writes the mail that starts a conversation's runs again where they stand on record, for a conversation
// that Temporal lost. Mail that is unsent starts it by itself, and then nothing is done. A sub-bot's run ends: its
// parent stands at the step that starts it.
func (tx *Tx) RelaunchRuns(ctx context.Context, workflowID string) error {
	unsent, err := tx.NewSelect().Model((*Letter)(nil)).Where("workflow_id = ?", workflowID).Where("sent_at IS NULL").Exists(ctx)
	if err != nil || unsent {
		return err
	}
	runs, err := tx.AliveRuns(ctx, workflowID)
	if err != nil {
		return err
	}
	for _, run := range runs {
		if run.ParentID != 0 {
			if err := tx.endOrphan(ctx, run, "its conversation was lost"); err != nil {
				return err
			}
			continue
		}
		place, err := tx.placeOf(ctx, subjectOf(run), run.ChatID)
		if err != nil {
			return err
		}
		launch := bot.Launch{RunID: run.ID, BotID: run.BotID, VersionID: run.VersionID, ChatID: run.ChatID, ChannelKind: place.channelKind,
			PipelineID: place.pipelineID, Step: run.Step, Visit: run.Visit}
		if err := tx.post(ctx, subjectOf(run), bot.SignalLaunch, launch); err != nil {
			return err
		}
	}
	return nil
}

// EndOrphans ends the runs of a conversation whose workflow has ended without telling.
func (tx *Tx) EndOrphans(ctx context.Context, workflowID, reason string) error {
	unsent, err := tx.NewSelect().Model((*Letter)(nil)).Where("workflow_id = ?", workflowID).Where("sent_at IS NULL").Exists(ctx)
	if err != nil || unsent {
		return err
	}
	runs, err := tx.AliveRuns(ctx, workflowID)
	if err != nil {
		return err
	}
	for _, run := range runs {
		if err := tx.endOrphan(ctx, run, reason); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) endOrphan(ctx context.Context, run crm.Run, reason string) error {
	return tx.record(ctx, run, bot.Progress{Status: bot.RunStopped, Step: run.Step, Reason: reason})
}
