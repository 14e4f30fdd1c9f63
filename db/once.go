package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"salesbot/crm"
)

// AnswerLife is how long the answer to a request with an idempotency key is kept.
const AnswerLife = 24 * time.Hour

// Attempt names a request that may be sent more than once.
type Attempt struct {
	// Owner is whose key it is; another owner's same key is another key.
	Owner, Key string
	// Request is a fingerprint of what is asked for.
	Request string
}

// Answer is what a request was answered.
type Answer struct {
	Status int
	Header map[string][]string
	Body   []byte
}

type keptAnswer struct {
	bun.BaseModel `bun:"table:kept_answers"`

	Owner     string `bun:",pk"`
	Key       string `bun:",pk"`
	Request   string
	Status    int
	Header    map[string][]string `bun:"type:jsonb"`
	Body      []byte
	CreatedAt time.Time
}

// Once lets do act the first time that the attempt comes, and later gives the same answer again, with repeated. do runs
// in one transaction that its context carries: each Change and each read of the store within joins it, and the answer is
// written with it. So whatever becomes of the process, either all of it happened and its answer is kept, or none. What do
// refuses leaves nothing behind. An attempt that is under way is InProgress; a key that came with another request before
// is KeyReused. do may run more than once, as in Change.
func (s *Store) Once(ctx context.Context, a Attempt, do func(ctx context.Context) (Answer, error)) (answer Answer, repeated bool, err error) {
	if !s.attempts.enter(a) {
		return Answer{}, false, inProgress()
	}
	defer s.attempts.leave(a)
	err = s.Change(ctx, func(ctx context.Context, tx *Tx) (err error) {
		answer, repeated, err = tx.once(ctx, a, do)
		return err
	})
	return answer, repeated, err
}

func (tx *Tx) once(ctx context.Context, a Attempt, do func(ctx context.Context) (Answer, error)) (Answer, bool, error) {
	if err := tx.claim(ctx, a); err != nil {
		return Answer{}, false, err
	}
	kept, err := tx.keptAnswer(ctx, a)
	if err != nil {
		return Answer{}, false, err
	}
	if kept != nil {
		if kept.Request != a.Request {
			return Answer{}, false, crm.Errorf(crm.KeyReused, "The Idempotency-Key came with another request before; each request needs a key of its own")
		}
		return Answer{Status: kept.Status, Header: kept.Header, Body: kept.Body}, true, nil
	}
	answer, err := do(joined(ctx, tx))
	if err == nil {
		err = tx.broken
	}
	if err != nil {
		return Answer{}, false, err
	}
	return answer, false, tx.keepAnswer(ctx, keptAnswer{Owner: a.Owner, Key: a.Key, Request: a.Request,
		Status: answer.Status, Header: answer.Header, Body: answer.Body, CreatedAt: tx.Now})
}

// claim keeps the same attempt out of other processes until the transaction ends. SQLite has one process.
func (tx *Tx) claim(ctx context.Context, a Attempt) error {
	if !tx.store.Postgres() {
		return nil
	}
	var free bool
	err := tx.NewRaw("SELECT pg_try_advisory_xact_lock(hashtextextended(current_schema() || ' attempt ' || ? || ' ' || ?, 0))", a.Owner, a.Key).Scan(ctx, &free)
	if err != nil {
		return fmt.Errorf("claim an idempotency key: %w", err)
	}
	if !free {
		return inProgress()
	}
	return nil
}

func inProgress() error {
	return crm.Errorf(crm.InProgress, "The first request with this Idempotency-Key is still being carried out; send it again in a moment")
}

// keptAnswer is nil if there is none, or it is too old.
func (tx *Tx) keptAnswer(ctx context.Context, a Attempt) (*keptAnswer, error) {
	var kept keptAnswer
	err := tx.NewSelect().Model(&kept).Where("owner = ?", a.Owner).Where("key = ?", a.Key).Where("created_at > ?", tx.Now.Add(-AnswerLife)).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look for a kept answer: %w", err)
	}
	return &kept, nil
}

func (tx *Tx) keepAnswer(ctx context.Context, kept keptAnswer) error {
	_, err := tx.NewInsert().Model(&kept).On("CONFLICT (owner, key) DO UPDATE").Set("request = EXCLUDED.request").Set("status = EXCLUDED.status").
		Set("header = EXCLUDED.header").Set("body = EXCLUDED.body").Set("created_at = EXCLUDED.created_at").Exec(ctx)
	if err != nil {
		return fmt.Errorf("keep the answer: %w", err)
	}
	return nil
}

// ForgetAnswers takes away the answers that are older than AnswerLife.
func (s *Store) ForgetAnswers(ctx context.Context) error {
	return s.Change(ctx, func(ctx context.Context, tx *Tx) error {
		_, err := tx.NewDelete().Model((*keptAnswer)(nil)).Where("created_at <= ?", tx.Now.Add(-AnswerLife)).Exec(ctx)
		if err != nil {
			return fmt.Errorf("forget old answers: %w", err)
		}
		return nil
	})
}
