package db

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"salesbot/bot"
	"salesbot/crm"
)

// deadLetter is mail that nobody could read.
type deadLetter struct {
	bun.BaseModel `bun:"table:dead_letters"`

	Seq        int64 `bun:",pk"`
	WorkflowID string
	Signal     string
	Payload    string
	CreatedAt  time.Time
	Reason     string
	DiedAt     time.Time
}

// BuryLetter takes mail that nobody can read out of the way of what comes behind it, and keeps it for a person to look at. A run
// that it should have launched fails with the reason, if the letter still tells which.
func (s *Store) BuryLetter(ctx context.Context, l Letter, reason string) error {
	return s.Change(ctx, func(ctx context.Context, tx *Tx) error {
		gone, err := affected(tx.NewDelete().Model(&l).WherePK().Exec(ctx))
		if err != nil || !gone {
			return err
		}
		dead := deadLetter{Seq: l.Seq, WorkflowID: l.WorkflowID, Signal: l.Signal, Payload: string(l.Payload), CreatedAt: l.CreatedAt, Reason: reason, DiedAt: tx.Now}
		// A restored database gives numbers out again.
		_, err = tx.NewInsert().Model(&dead).On("CONFLICT (seq) DO UPDATE").Set("workflow_id = EXCLUDED.workflow_id").Set("signal = EXCLUDED.signal").
			Set("payload = EXCLUDED.payload").Set("created_at = EXCLUDED.created_at").Set("reason = EXCLUDED.reason").Set("died_at = EXCLUDED.died_at").Exec(ctx)
		if err != nil {
			return fmt.Errorf("bury letter %d: %w", l.Seq, err)
		}
		return tx.failLaunch(ctx, l, reason)
	})
}

// failLaunch ends a run that waits for a launch which will never come.
func (tx *Tx) failLaunch(ctx context.Context, l Letter, reason string) error {
	id, ok := l.launches()
	if !ok {
		return nil
	}
	run, err := tx.lockRun(ctx, id)
	if crm.CodeOf(err) == crm.NotFound {
		return nil
	}
	if err != nil || run.EndedAt != nil || run.WorkflowID != l.WorkflowID {
		return err
	}
	return tx.record(ctx, run, bot.Progress{Status: bot.RunFailed, Step: run.Step, Reason: "its launch can't be read: " + reason})
}
