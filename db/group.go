package db

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/uptrace/bun"
)

// maxGroup bounds how many transactions share one commit.
const maxGroup = 256

// groupCommit lets many transactions share one synchronous commit of SQLite: each runs under a savepoint of its own,
// so that one that fails takes nothing else with it, and none is acknowledged before the shared commit is on the disk.
type groupCommit struct {
	db    *bun.DB
	file  *openedFile
	queue chan *grouped
	done  chan struct{}
	quit  chan struct{}
	once  sync.Once
}

type grouped struct {
	ctx    context.Context
	run    func(ctx context.Context, tx bun.Tx) error
	result chan error
}

var errStoreClosed = errors.New("the database is closed")

func startGroupCommit(db *bun.DB) *groupCommit {
	g := &groupCommit{db: db, queue: make(chan *grouped, maxGroup), done: make(chan struct{}), quit: make(chan struct{})}
	go g.loop()
	return g
}

func (g *groupCommit) stop() {
	g.once.Do(func() { close(g.quit) })
	<-g.done
}

// do runs fn in a transaction and returns when it is durable. Once begun it is not given up when ctx ends: its outcome
// would be unknown to the caller otherwise.
func (g *groupCommit) do(ctx context.Context, fn func(context.Context, bun.Tx) error) error {
	job := &grouped{ctx: ctx, run: fn, result: make(chan error, 1)}
	select {
	case g.queue <- job:
	case <-ctx.Done():
		return ctx.Err()
	case <-g.quit:
		return errStoreClosed
	}
	select {
	case err := <-job.result:
		return err
	case <-g.done:
		select {
		case err := <-job.result:
			return err
		default:
			return errStoreClosed
		}
	}
}

func (g *groupCommit) loop() {
	defer close(g.done)
	for {
		select {
		case job := <-g.queue:
			g.commit(g.collect(job))
		case <-g.quit:
			return
		}
	}
}

// collect takes what else is waiting already; it never waits for more, so a lone transaction is not delayed.
func (g *groupCommit) collect(first *grouped) []*grouped {
	batch := []*grouped{first}
	for len(batch) < maxGroup {
		select {
		case job := <-g.queue:
			batch = append(batch, job)
		default:
			return batch
		}
	}
	return batch
}

func (g *groupCommit) commit(batch []*grouped) {
	ctx := context.Background()
	results := make([]error, len(batch))
	err := g.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := g.file.check(); err != nil {
			return err
		}
		for i, job := range batch {
			if results[i] = job.ctx.Err(); results[i] != nil {
				continue
			}
			var err error
			if results[i], err = underSavepoint(ctx, tx, job); err != nil {
				return err
			}
		}
		return nil
	})
	for i, job := range batch {
		if err != nil && results[i] == nil {
			results[i] = fmt.Errorf("commit: %w", err)
		}
		job.result <- results[i]
	}
}

// underSavepoint returns the job's own error apart from one that breaks the whole group.
func underSavepoint(ctx context.Context, tx bun.Tx, job *grouped) (own, broken error) {
	if _, err := tx.ExecContext(ctx, "SAVEPOINT job"); err != nil {
		return nil, err
	}
	own = job.run(context.WithoutCancel(job.ctx), tx)
	if own != nil {
		if _, err := tx.ExecContext(ctx, "ROLLBACK TO job"); err != nil {
			return own, brokenBy(own, err)
		}
	}
	_, broken = tx.ExecContext(ctx, "RELEASE job")
	return own, broken
}

// brokenBy: when the disk is full or fails, SQLite rolls back the whole transaction and the savepoint is gone. The others
// in the group are told the cause, not that.
func brokenBy(own, err error) error {
	if Unavailable(own) {
		return own
	}
	return err
}
