package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/uptrace/bun"

	"salesbot/crm"
)

// Relay hands every event to one consumer, in order, by a cursor that survives restarts. Of several processes that run
// the relay of a name one works and the others stand by.
type Relay struct {
	Store *Store
	// Name is the cursor's; it never changes once released.
	Name string
	// Handle gets the events at least once: after a crash before the cursor was saved they come again. It must not keep
	// one event that it can't handle from the others: an error holds everything back until the batch succeeds.
	Handle func(ctx context.Context, events []crm.Event) error
	// InTx, instead of Handle, gets the events exactly once, in the transaction that moves the cursor. It may run more
	// than once for one batch, as every transaction may; only one of them is committed.
	InTx func(ctx context.Context, tx *Tx, events []crm.Event) error
	// FromNow lets a consumer that has never run begin with what comes; otherwise it begins with the first event ever.
	FromNow bool
	// Batch is the most events at once; 0 is 100.
	Batch int
}

const (
	defaultBatch = 100
	// pollPostgres is how often is looked for what other processes have committed, and for what a transaction held back.
	pollPostgres = 200 * time.Millisecond
	// pollSQLite only covers what a second process writes, such as a command beside a running server.
	pollSQLite  = 5 * time.Second
	standBy     = 2 * time.Second
	backoffFrom = 100 * time.Millisecond
	backoffTo   = 30 * time.Second
)

// errOvertaken says that another process has moved the cursor.
var errOvertaken = errors.New("another process has moved the cursor")

// Run works until ctx ends; it returns only then. Errors are logged and tried again.
func (r Relay) Run(ctx context.Context) error {
	wait := backoffFrom
	for {
		worked, err := r.lead(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if worked {
			wait = backoffFrom
		}
		pause := standBy
		if err != nil {
			r.Store.log.Error("a relay of events failed and tries again", slog.String("relay", r.Name), slog.Duration("in", wait), slog.Any("error", err))
			pause = wait
			wait = min(2*wait, backoffTo)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

// lead does the work while this process holds the relay's lock; without the lock it returns at once. worked says that
// at least one batch was handled.
func (r Relay) lead(ctx context.Context) (worked bool, err error) {
	held, release, err := r.Store.tryLock(ctx, "relay "+r.Name)
	if err != nil || !held {
		return false, err
	}
	defer release()
	cursor, err := r.begin(ctx)
	if err != nil {
		return false, err
	}
	news, stop := r.Store.Watch()
	defer stop()
	poll := time.NewTicker(r.Store.pollEvery())
	defer poll.Stop()
	for {
		next, err := r.step(ctx, cursor)
		if err != nil {
			return worked, err
		}
		if next != cursor {
			cursor, worked = next, true
			continue
		}
		select {
		case <-ctx.Done():
			return worked, ctx.Err()
		case <-news:
		case <-poll.C:
		}
	}
}

func (s *Store) pollEvery() time.Duration {
	if s.Postgres() {
		return pollPostgres
	}
	return pollSQLite
}

// step handles the next batch and returns where the cursor stands then.
func (r Relay) step(ctx context.Context, cursor EventCursor) (EventCursor, error) {
	batch := r.Batch
	if batch == 0 {
		batch = defaultBatch
	}
	events, err := r.Store.EventsAfter(ctx, cursor, batch)
	if err != nil || len(events) == 0 {
		return cursor, err
	}
	next := cursor.After(events[len(events)-1])
	if r.InTx == nil {
		if err := r.Handle(ctx, events); err != nil {
			return cursor, err
		}
	}
	err = r.Store.Change(ctx, func(ctx context.Context, tx *Tx) error {
		// The cursor moves first, so that a process that was overtaken stops before it has done anything.
		if err := tx.moveCursor(ctx, r.Name, cursor, next); err != nil || r.InTx == nil {
			return err
		}
		return r.InTx(ctx, tx, events)
	})
	if err != nil {
		return cursor, err
	}
	return next, nil
}

type cursorRow struct {
	bun.BaseModel `bun:"table:cursors"`

	Name      string `bun:",pk"`
	Tx        int64
	EventID   int64
	UpdatedAt time.Time
}

// begin reads the cursor, or makes it on the very first run.
func (r Relay) begin(ctx context.Context) (EventCursor, error) {
	var start EventCursor
	if r.FromNow {
		var err error
		if start, err = r.Store.EventsEnd(ctx); err != nil {
			return start, err
		}
	}
	var row cursorRow
	err := r.Store.Change(ctx, func(ctx context.Context, tx *Tx) error {
		fresh := &cursorRow{Name: r.Name, Tx: start.Tx, EventID: start.ID, UpdatedAt: tx.Now}
		if _, err := tx.NewInsert().Model(fresh).On("CONFLICT (name) DO NOTHING").Exec(ctx); err != nil {
			return fmt.Errorf("make the cursor of %s: %w", r.Name, err)
		}
		row = cursorRow{}
		return tx.NewSelect().Model(&row).Where("name = ?", r.Name).Scan(ctx)
	})
	return EventCursor{Tx: row.Tx, ID: row.EventID}, err
}

func (tx *Tx) moveCursor(ctx context.Context, name string, from, to EventCursor) error {
	result, err := tx.NewUpdate().Model((*cursorRow)(nil)).Set("tx = ?", to.Tx).Set("event_id = ?", to.ID).Set("updated_at = ?", tx.Now).
		Where("name = ?", name).Where("tx = ?", from.Tx).Where("event_id = ?", from.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("move the cursor of %s: %w", name, err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(errOvertaken, err)
	}
	return nil
}

// tryLock takes a lock that one process of all that share the database can have, if nobody has it. A data folder has one
// server anyway. The lock goes with its connection, so a process that dies leaves none behind.
func (s *Store) tryLock(ctx context.Context, name string) (held bool, release func(), err error) {
	if !s.Postgres() {
		return true, func() {}, nil
	}
	conn, err := s.write.Conn(ctx)
	if err != nil {
		return false, nil, fmt.Errorf("lock %s: %w", name, err)
	}
	// The schema is part of the lock's name: several installations may share one database.
	const key = "hashtextextended(current_schema() || ' ' || ?, 0)"
	if err := conn.QueryRowContext(ctx, "SELECT pg_try_advisory_lock("+key+")", name).Scan(&held); err != nil || !held {
		return false, nil, errors.Join(err, conn.Close())
	}
	return true, func() {
		_, err := conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock("+key+")", name)
		if err != nil {
			// A connection that may still hold the lock must not go back into the pool.
			_ = conn.Raw(func(any) error { return driver.ErrBadConn })
		}
		_ = conn.Close()
	}, nil
}
