package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/lib/pq"
	"github.com/uptrace/bun"

	"salesbot/crm"
)

// Tx is one transaction. Methods that change something live on it, so that several changes can be one.
type Tx struct {
	bun.Tx
	store *Store
	// Now is the time of the whole transaction, UTC.
	Now     time.Time
	changed bool
	mailTo  []string
	// broken is why one of the parts that joined failed.
	broken error
}

// Change runs fn in one transaction and, after the commit, wakes whoever follows the events and the outgoing mail.
// On PostgreSQL a serialization failure or a deadlock is retried, so fn may run more than once. Within Once it is a part
// of that transaction.
func (s *Store) Change(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	if tx := s.joins(ctx); tx != nil {
		return tx.join(ctx, fn)
	}
	var changed bool
	var mailTo []string
	run := func(ctx context.Context, raw bun.Tx) error {
		tx := &Tx{Tx: raw, store: s, Now: s.Now()}
		err := guarded(ctx, tx, fn)
		changed, mailTo = tx.changed, tx.mailTo
		return err
	}
	if err := s.transact(ctx, run); err != nil {
		return err
	}
	if changed {
		s.wake()
	}
	if len(mailTo) > 0 && s.tellMail != nil {
		s.tellMail(mailTo)
	}
	return nil
}

// guarded turns a panic into an error: a writer serves everybody and must outlive one bad transaction.
func guarded(ctx context.Context, tx *Tx, fn func(context.Context, *Tx) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in a transaction: %v\n%s", p, debug.Stack())
		}
	}()
	return fn(ctx, tx)
}

func (s *Store) transact(ctx context.Context, run func(context.Context, bun.Tx) error) error {
	if s.group != nil {
		return s.group.do(ctx, run)
	}
	const attempts = 5
	for attempt := 1; ; attempt++ {
		err := s.write.RunInTx(ctx, nil, run)
		if attempt == attempts || !retryable(err) {
			return err
		}
	}
}

// retryable: serialization_failure and deadlock_detected (PostgreSQL, appendix A).
func retryable(err error) bool {
	var pqErr *pq.Error
	return errors.As(err, &pqErr) && (pqErr.Code == "40001" || pqErr.Code == "40P01")
}

// lock adds FOR UPDATE on PostgreSQL; SQLite has one writer and no such words.
func (tx *Tx) lock(q *bun.SelectQuery) *bun.SelectQuery {
	if tx.store.Postgres() {
		return q.For("UPDATE")
	}
	return q
}

// event records what happened. It is the only writer of events.
func (tx *Tx) event(ctx context.Context, actor crm.Actor, fact crm.Fact) error {
	e, err := crm.NewEvent(actor, tx.Now, fact)
	if err != nil {
		return fmt.Errorf("record %s: %w", fact.Type(), err)
	}
	insert := tx.NewInsert().Model(&e)
	if tx.store.Postgres() {
		insert = insert.Value("tx", "pg_current_xact_id()::text::bigint")
	}
	if _, err := insert.Exec(ctx); err != nil {
		return fmt.Errorf("record %s: %w", e.Type, err)
	}
	tx.changed = true
	return nil
}

func optionalJSON(v any) (json.RawMessage, error) {
	if v == nil {
		return nil, nil
	}
	return json.Marshal(v)
}

// found turns "no rows" into a not-found error that names the thing.
func found(err error, what string, id any) error {
	if errors.Is(err, sql.ErrNoRows) {
		return crm.Errorf(crm.NotFound, "%s %v does not exist", what, id)
	}
	if err != nil {
		return fmt.Errorf("read %s %v: %w", what, id, err)
	}
	return nil
}
