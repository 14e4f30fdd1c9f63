package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"salesbot/bot"
	"salesbot/crm"
)

type effectRow struct {
	RunID     int64           `bun:",pk"`
	Visit     int             `bun:",pk"`
	Ordinal   int             `bun:",pk"`
	Mark      string          `bun:",pk"`
	Result    json.RawMessage `bun:"type:jsonb,nullzero"`
	CreatedAt time.Time
}

// Effect makes one change that a run asked for, exactly once: a repeated attempt gets the first one's result. In the
// same transaction it records the run's progress. A run that is held gets an error of code Held and
// changes nothing, one that has ended or of which this database knows nothing an Outdated one; an error from fn rolls everything back.
func (s *Store) Effect(ctx context.Context, e bot.Effect, fn func(ctx context.Context, tx *Tx) (any, error)) (json.RawMessage, error) {
	var result json.RawMessage
	err := s.Change(ctx, func(ctx context.Context, tx *Tx) error {
		run, err := tx.lockRunOf(ctx, e.Key.RunID, e.Key.Birth)
		if err != nil {
			return err
		}
		stored, done, err := tx.effectDone(ctx, e.Key)
		if err != nil {
			return err
		}
		if done {
			result = stored
			return tx.keepRepeated(ctx, e.Progress.Keep)
		}
		if run.EndedAt != nil {
			return crm.Errorf(crm.Outdated, "run %d has ended (%s)", run.ID, run.Status)
		}
		if err := tx.keep(ctx, e.Progress.Keep); err != nil { // first: who is outdated would wait in vain to be let go
			return err
		}
		if run.Hold != "" {
			return crm.Errorf(crm.Held, "run %d is held (%s)", run.ID, run.Hold)
		}
		value, err := fn(ctx, tx)
		if err != nil {
			return err
		}
		if result, err = optionalJSON(value); err != nil {
			return err
		}
		if err := tx.keepEffect(ctx, e.Key, result); err != nil {
			return err
		}
		return tx.record(ctx, run, e.Progress)
	})
	return result, err
}

func (tx *Tx) effectDone(ctx context.Context, key bot.EffectKey) (json.RawMessage, bool, error) {
	row := effectRow{RunID: key.RunID, Visit: key.Visit, Ordinal: key.Ordinal, Mark: key.Mark}
	err := tx.NewSelect().Model(&row).ModelTableExpr("effects AS effect_row").WherePK().Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("read effect %s: %w", key, err)
	}
	return row.Result, true, nil
}

func (tx *Tx) keepEffect(ctx context.Context, key bot.EffectKey, result json.RawMessage) error {
	row := effectRow{RunID: key.RunID, Visit: key.Visit, Ordinal: key.Ordinal, Mark: key.Mark, Result: result, CreatedAt: tx.Now}
	if _, err := tx.NewInsert().Model(&row).ModelTableExpr("effects").Exec(ctx); err != nil {
		return fmt.Errorf("keep effect %s: %w", key, err)
	}
	return nil
}

// Record writes a run's progress without any other effect: it waits, it was paused, it has ended. Repeating it is harmless.
// A run of which this database knows nothing is an error of code Outdated.
func (s *Store) Record(ctx context.Context, runID int64, progress bot.Progress) error {
	return s.Change(ctx, func(ctx context.Context, tx *Tx) error {
		run, err := tx.lockRun(ctx, runID)
		if crm.CodeOf(err) == crm.NotFound || (err == nil && progress.Birth != "" && progress.Birth != run.Birth) {
			return outdatedRun(runID)
		}
		if err != nil {
			return err
		}
		if run.EndedAt != nil {
			return tx.recordEnded(ctx, run, progress)
		}
		if err := tx.keep(ctx, progress.Keep); err != nil {
			return err
		}
		return tx.record(ctx, run, progress)
	})
}

// recordEnded: an end that is recorded again changes nothing. A run that goes on although it has ended, because people
// ended it here while its workflow was gone, is outdated.
func (tx *Tx) recordEnded(ctx context.Context, run crm.Run, progress bot.Progress) error {
	if progress.Keep != nil && !progress.Status.Final() {
		return crm.Errorf(crm.Outdated, "run %d has ended (%s)", run.ID, run.Status)
	}
	return tx.keepRepeated(ctx, progress.Keep)
}

func (tx *Tx) record(ctx context.Context, run crm.Run, progress bot.Progress) error {
	if err := tx.recordVisits(ctx, run.ID, progress.Visits); err != nil {
		return err
	}
	if err := tx.spendLeft(ctx, run, progress); err != nil {
		return err
	}
	if progress.Status == "" {
		return nil
	}
	before := run
	if n := len(progress.Visits); n > 0 {
		run.Visit = max(run.Visit, progress.Visits[n-1].Number)
	}
	run.Status, run.Step, run.Reason = string(progress.Status), progress.Step, progress.Reason
	run.WaitingFor, run.WaitingUntil, run.UpdatedAt = progress.WaitingFor, progress.WaitingUntil, tx.Now
	if progress.Status.Final() {
		run.EndedAt = &tx.Now
		if err := tx.failUnsent(ctx, run); err != nil {
			return err
		}
	}
	if progress.Status == bot.RunWaiting && progress.WaitingFor != bot.ForSubBot {
		if err := tx.heardOutside(ctx, &run); err != nil {
			return err
		}
	}
	if progress.Resumed && run.Hold == holdReply {
		run.Hold = ""
	}
	_, err := tx.NewUpdate().Model(&run).WherePK().
		Column("visit", "hops", "status", "hold", "step", "reason", "waiting_for", "waiting_until", "updated_at", "ended_at").Exec(ctx)
	if err != nil {
		return fmt.Errorf("record run %d: %w", run.ID, err)
	}
	if sameStand(before, run) {
		return nil
	}
	return tx.runEvent(ctx, crm.Actor{Kind: crm.ByBot, ID: run.ID}, run)
}

// sameStand says that nobody who looks at the run sees a difference. A conversation that goes on from a kept state records
// again where it stands.
func sameStand(a, b crm.Run) bool {
	sameTime := (a.WaitingUntil == nil) == (b.WaitingUntil == nil) && (a.WaitingUntil == nil || a.WaitingUntil.Equal(*b.WaitingUntil))
	return sameTime && a.Status == b.Status && a.Step == b.Step && a.Reason == b.Reason && a.WaitingFor == b.WaitingFor && a.Visit == b.Visit && a.Hold == b.Hold
}

func (tx *Tx) recordVisits(ctx context.Context, runID int64, visits []bot.Visit) error {
	if len(visits) == 0 {
		return nil
	}
	rows := make([]crm.StepVisit, len(visits))
	for i, v := range visits {
		detail, err := json.Marshal(map[string]any{"got": v.Got, "notes": v.Notes})
		if err != nil {
			return err
		}
		rows[i] = crm.StepVisit{RunID: runID, Number: v.Number, Step: v.Step, Kind: v.Kind, Exit: v.Exit, Detail: detail, EnteredAt: v.At, LeftAt: v.Left}
	}
	_, err := tx.NewInsert().Model(&rows).On("CONFLICT (run_id, number) DO UPDATE").
		Set("step = EXCLUDED.step").Set("kind = EXCLUDED.kind").Set("entered_at = EXCLUDED.entered_at").Set("exit = EXCLUDED.exit").Set("detail = EXCLUDED.detail").Set("left_at = EXCLUDED.left_at").Exec(ctx)
	if err != nil {
		return fmt.Errorf("record the trace of run %d: %w", runID, err)
	}
	return nil
}
