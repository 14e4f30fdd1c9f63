package db

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"salesbot/bot"
	"salesbot/crm"
)

const (
	// OverdueAfter is how long after a timer's time its run counts as stuck.
	OverdueAfter = time.Minute
	// IdleAfter is for how long a run may be busy with one step before it counts as stuck: longer than a webhook takes that is
	// tried again a few times.
	IdleAfter = 10 * time.Minute
	// callingAfter is how long a provider may take with one message before it is counted.
	callingAfter = time.Minute
)

// Backlog is what waits to be done.
type Backlog struct {
	// UnsentMail are the letters that Temporal has not got, and OldestMail is for how long the first of them has waited.
	UnsentMail int64
	OldestMail time.Duration
	// Runs are those that have not ended, by their status.
	Runs map[bot.RunStatus]int64
	// Overdue and Idle are those among them that are stuck: a timer is over, or a step is busy, for too long.
	Overdue, Idle int64
	// Calling are the messages that a provider has had for over a minute without an answer.
	Calling int64
	// Behind is how many events each relay has still to hand over, about, by the relay's name.
	Behind map[string]int64
}

// Backlog counts what waits to be done.
func (s *Store) Backlog(ctx context.Context) (Backlog, error) {
	b := Backlog{Runs: map[bot.RunStatus]int64{}, Behind: map[string]int64{}}
	for _, count := range []func(context.Context, *Backlog) error{s.countMail, s.countRuns, s.countStuck, s.countCalling, s.countEvents} {
		if err := count(ctx, &b); err != nil {
			return Backlog{}, fmt.Errorf("count what waits: %w", err)
		}
	}
	return b, nil
}

func (s *Store) countMail(ctx context.Context, b *Backlog) error {
	n, err := s.read.NewSelect().Model((*Letter)(nil)).Where("sent_at IS NULL").Count(ctx)
	if err != nil {
		return err
	}
	var first []Letter
	if err := s.read.NewSelect().Model(&first).Column("created_at").Where("sent_at IS NULL").Order("seq").Limit(1).Scan(ctx); err != nil {
		return err
	}
	b.UnsentMail = n
	for _, l := range first {
		b.OldestMail = max(0, s.Now().Sub(l.CreatedAt))
	}
	return nil
}

func (s *Store) countRuns(ctx context.Context, b *Backlog) error {
	var rows []struct {
		Status bot.RunStatus
		Runs   int64
	}
	err := s.read.NewSelect().Model((*crm.Run)(nil)).Column("status").ColumnExpr("count(*) AS runs").Where("ended_at IS NULL").Group("status").Scan(ctx, &rows)
	for _, status := range bot.AliveStatuses {
		b.Runs[status] = 0
	}
	for _, row := range rows {
		b.Runs[row.Status] = row.Runs
	}
	return err
}

func (s *Store) countStuck(ctx context.Context, b *Backlog) (err error) {
	if b.Overdue, err = overdue(s.read.NewSelect().Model((*crm.Run)(nil)), s.Now()).Count(ctx); err != nil {
		return err
	}
	b.Idle, err = idle(s.read.NewSelect().Model((*crm.Run)(nil)), s.Now()).Count(ctx)
	return err
}

func (s *Store) countCalling(ctx context.Context, b *Backlog) (err error) {
	b.Calling, err = s.read.NewSelect().Model((*crm.Message)(nil)).Where("status = ?", crm.MessageCalling).Where("updated_at <= ?", s.Now().Add(-callingAfter)).Count(ctx)
	return err
}

func (s *Store) countEvents(ctx context.Context, b *Backlog) error {
	var rows []struct {
		Name   string
		Behind int64
	}
	err := s.read.NewSelect().TableExpr("cursors").Column("name").ColumnExpr("(SELECT coalesce(max(id), 0) FROM events) - event_id AS behind").Scan(ctx, &rows)
	for _, row := range rows {
		b.Behind[row.Name] = max(0, row.Behind)
	}
	return err
}

// overdue leaves the runs whose timer was over a while ago and that nobody holds.
func overdue(q *bun.SelectQuery, now time.Time) *bun.SelectQuery {
	return q.Where("ended_at IS NULL").Where("hold = ''").Where("status = ?", bot.RunWaiting).Where("waiting_until <= ?", now.Add(-OverdueAfter))
}

// idle leaves the runs that have been busy with one step for too long.
func idle(q *bun.SelectQuery, now time.Time) *bun.SelectQuery {
	return q.Where("ended_at IS NULL").Where("status IN (?, ?)", bot.RunStarting, bot.RunRunning).Where("updated_at <= ?", now.Add(-IdleAfter))
}

// stuck leaves the runs that are overdue or idle.
func stuck(q *bun.SelectQuery, now time.Time) *bun.SelectQuery {
	return q.WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.WhereGroup(" OR ", func(q *bun.SelectQuery) *bun.SelectQuery { return overdue(q, now) }).
			WhereGroup(" OR ", func(q *bun.SelectQuery) *bun.SelectQuery { return idle(q, now) })
	})
}
