package db

import (
	"context"
	"sync"

	"github.com/uptrace/bun"
)

type joinKey struct{}

// joined is a context within which every Change and every read of the store is part of the transaction.
func joined(ctx context.Context, tx *Tx) context.Context {
	return context.WithValue(ctx, joinKey{}, tx)
}

// joins is the store's transaction that the context carries, or nil.
func (s *Store) joins(ctx context.Context) *Tx {
	if tx, ok := ctx.Value(joinKey{}).(*Tx); ok && tx.store == s {
		return tx
	}
	return nil
}

// join runs fn as a part of tx. A failed part fails the whole, whatever its caller makes of the error: what the part
// wrote before can't be told apart any more.
func (tx *Tx) join(ctx context.Context, fn func(context.Context, *Tx) error) error {
	err := fn(ctx, tx)
	if err != nil && tx.broken == nil {
		tx.broken = err
	}
	return err
}

// resolver sends a read to the transaction that its context carries (bun's ConnResolver).
type resolver struct{ store *Store }

// Close has nothing to close: the store closes its connections itself.
func (resolver) Close() error { return nil }

// ResolveConn is nil outside of such a context.
func (r resolver) ResolveConn(ctx context.Context, _ bun.Query) bun.IConn {
	if tx := r.store.joins(ctx); tx != nil {
		return tx.Tx
	}
	return nil
}

// attempts are those under way in this process.
type attempts struct {
	mu   sync.Mutex
	busy map[[2]string]bool
}

func (a *attempts) enter(attempt Attempt) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	key := [2]string{attempt.Owner, attempt.Key}
	if a.busy[key] {
		return false
	}
	if a.busy == nil {
		a.busy = map[[2]string]bool{}
	}
	a.busy[key] = true
	return true
}

func (a *attempts) leave(attempt Attempt) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.busy, [2]string{attempt.Owner, attempt.Key})
}
