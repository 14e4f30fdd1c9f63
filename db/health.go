package db

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/uptrace/bun"
	"golang.org/x/sync/singleflight"
)

const (
	// healthLasts is how long an answer of Ping serves: however often is asked, the disk has one write a second.
	healthLasts = time.Second
	// healthTime is how long the write of Ping may take.
	healthTime = 5 * time.Second
)

// health is what Ping found out last.
type health struct {
	flight singleflight.Group
	mu     sync.Mutex
	until  time.Time
	err    error
}

// Ping says whether the store can do its work: it writes one small row as every change is written. Its answer is up to a
// second old. An error is one that Unavailable knows, or says what is broken.
func (s *Store) Ping(ctx context.Context) error {
	if err, ok := s.health.known(); ok {
		return err
	}
	answer := s.health.flight.DoChan("", func() (any, error) {
		if err, ok := s.health.known(); ok {
			return nil, err
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), healthTime)
		defer cancel()
		return nil, s.health.keep(s.heartbeat(ctx))
	})
	select {
	case result := <-answer:
		return result.Err
	case <-ctx.Done():
		return fmt.Errorf("write to the database: %w", ctx.Err())
	}
}

func (h *health) known() (error, bool) { //nolint:revive // the error is the thing that is known
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.err, time.Now().Before(h.until)
}

func (h *health) keep(err error) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.err, h.until = err, time.Now().Add(healthLasts)
	return err
}

// heartbeat asks the pool that serves queries, and writes.
func (s *Store) heartbeat(ctx context.Context) error {
	if err := s.read.PingContext(ctx); err != nil {
		return fmt.Errorf("read from the database: %w", err)
	}
	err := s.transact(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw("INSERT INTO heartbeat (id, at) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET at = excluded.at", s.Now()).Exec(ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("write to the database: %w", err)
	}
	return nil
}

// openedFile is the file that SQLite has opened, as the file system knows it.
type openedFile struct {
	path string
	info os.FileInfo
}

func newOpenedFile(databaseURL string) (*openedFile, error) {
	path := strings.TrimPrefix(databaseURL, "sqlite://")
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return &openedFile{path: path, info: info}, nil
}

// check refuses to go on once the name leads elsewhere: SQLite would write on into a file without a name.
func (f *openedFile) check() error {
	info, err := os.Stat(f.path)
	if err != nil || !os.SameFile(info, f.info) {
		return fmt.Errorf("%s: %w", f.path, errMoved)
	}
	return nil
}
