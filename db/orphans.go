package db

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"salesbot/bot"
	"salesbot/crm"
)

// AliveConversations are the workflows, by id, after the given one, that have something to go on with: a run that has not
// ended, or a state that was kept.
func (s *Store) AliveConversations(ctx context.Context, after string, limit int) ([]string, error) {
	kept := s.read.NewSelect().Model((*conversationRow)(nil)).Column("workflow_id").Where("workflow_id > ?", after)
	both := s.read.NewSelect().Column("workflow_id").TableExpr("(?) AS alive", s.aliveRuns(after).Union(kept))
	return conversations(ctx, both, limit)
}

// LateConversations are those that should have moved since before: a timer is over, or a step is under way.
func (s *Store) LateConversations(ctx context.Context, before time.Time, after string, limit int) ([]string, error) {
	late := s.aliveRuns(after).Where("(waiting_until <= ? OR (status IN (?, ?) AND updated_at <= ?))", before, bot.RunStarting, bot.RunRunning, before)
	return conversations(ctx, late, limit)
}

func (s *Store) aliveRuns(after string) *bun.SelectQuery {
	return s.read.NewSelect().Model((*crm.Run)(nil)).ColumnExpr("DISTINCT workflow_id").Where("ended_at IS NULL").Where("workflow_id > ?", after)
}

func conversations(ctx context.Context, q *bun.SelectQuery, limit int) ([]string, error) {
	var ids []string
	if err := q.Order("workflow_id").Limit(int64(limit)).Scan(ctx, &ids); err != nil {
		return nil, fmt.Errorf("read the conversations that are alive: %w", err)
	}
	return ids, nil
}

// EndRuns ends the runs of a conversation whose workflow was ended by hand, and forgets its state. A run whose launch is
// still on its way is left to the workflow that gets it. It says how many it ended.
func (s *Store) EndRuns(ctx context.Context, subject bot.Subject, reason string) (int, error) {
	var ended int
	err := s.Change(ctx, func(ctx context.Context, tx *Tx) error {
		var adopted bot.Adopted
		launching, err := tx.adoptMail(ctx, subject, noLaunch, &adopted)
		if err != nil {
			return err
		}
		runs, err := tx.AliveRuns(ctx, subject.WorkflowID())
		if err != nil {
			return err
		}
		ended = 0
		for _, run := range runs {
			if launching[run.ID] {
				continue
			}
			ended++
			if err := tx.record(ctx, run, bot.Progress{Status: bot.RunStopped, Step: run.Step, Reason: reason}); err != nil {
				return err
			}
		}
		_, err = tx.NewDelete().Model((*conversationRow)(nil)).Where("workflow_id = ?", subject.WorkflowID()).Exec(ctx)
		return err
	})
	return ended, err
}
