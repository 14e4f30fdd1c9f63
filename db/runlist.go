package db

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"salesbot/bot"
	"salesbot/crm"
)

// RunFilter narrows a list of runs; empty fields do not.
type RunFilter struct {
	LeadID, BotID int64
	ChatID        string
	Statuses      []string
	// Alive leaves out runs that have ended.
	Alive bool
	// StuckAt, if set, leaves only runs that should have moved by then; see Backlog.
	StuckAt time.Time
}

func (f RunFilter) narrow(q *bun.SelectQuery) *bun.SelectQuery {
	if f.LeadID != 0 {
		q = q.Where("lead_id = ?", f.LeadID)
	}
	if f.BotID != 0 {
		q = q.Where("bot_id = ?", f.BotID)
	}
	if f.ChatID != "" {
		q = q.Where("chat_id = ?", f.ChatID)
	}
	if f.Alive {
		q = q.Where("ended_at IS NULL")
	}
	if !f.StuckAt.IsZero() {
		q = stuck(q, f.StuckAt)
	}
	return whereIn(q, "status", f.Statuses)
}

// Runs lists runs, newest first, with the cursor of the next page.
func (s *Store) Runs(ctx context.Context, filter RunFilter, paging Paging) ([]crm.Run, string, error) {
	return pageByID(ctx, s.read, paging, true, filter.narrow, func(r crm.Run) int64 { return r.ID })
}

// Visits are a run's trace, oldest first.
func (s *Store) Visits(ctx context.Context, runID int64) ([]bot.Visit, error) {
	var rows []crm.StepVisit
	if err := s.read.NewSelect().Model(&rows).Where("run_id = ?", runID).Order("number").Scan(ctx); err != nil {
		return nil, fmt.Errorf("read the trace of run %d: %w", runID, err)
	}
	visits := make([]bot.Visit, len(rows))
	for i, row := range rows {
		v := bot.Visit{Number: row.Number, Step: row.Step, Kind: row.Kind, At: row.EnteredAt, Left: row.LeftAt, Exit: row.Exit}
		if err := json.Unmarshal(row.Detail, &v); err != nil {
			return nil, fmt.Errorf("read visit %d of run %d: %w", row.Number, runID, err)
		}
		visits[i] = v
	}
	return visits, nil
}

// StopRuns stops every run that the filter finds and that has not ended. None to stop is no error.
func (tx *Tx) StopRuns(ctx context.Context, actor crm.Actor, filter RunFilter, reason string) error {
	filter.Alive = true
	var ids []int64
	if err := filter.narrow(tx.NewSelect().Model((*crm.Run)(nil)).Column("id")).Order("id").Scan(ctx, &ids); err != nil {
		return fmt.Errorf("look for runs to stop: %w", err)
	}
	for _, id := range ids {
		if _, err := tx.ControlRun(ctx, actor, id, bot.Control{Command: bot.CommandStop, Reason: reason}); err != nil {
			return err
		}
	}
	return nil
}
