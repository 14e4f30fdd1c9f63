package db_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lib/pq"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"salesbot/crm"
	"salesbot/db"
	"salesbot/db/dbtest"
)

func addContact(ctx context.Context, tx *db.Tx, name string) error {
	_, err := tx.CreateContact(ctx, crm.Actor{Kind: crm.BySystem}, crm.Contact{Name: name})
	return err
}

func TestWhatPassesIsToldFromWhatStays(t *testing.T) {
	t.Parallel()
	refused := &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	for _, passing := range []error{driver.ErrBadConn, refused, context.DeadlineExceeded,
		&pq.Error{Code: "08006"}, &pq.Error{Code: "53300"}, &pq.Error{Code: "53100"}, &pq.Error{Code: "57P01"}, &pq.Error{Code: "57P03"},
		&pq.Error{Code: "57014"}, &pq.Error{Code: "25006"}, &pq.Error{Code: "55P03"}, &pq.Error{Code: "58030"}, &pq.Error{Code: "40001"},
		&pq.Error{Code: "40P01"}, errors.Join(crm.Errorf(crm.NotFound, "no"), driver.ErrBadConn), errors.New("sql: database is closed")} {
		require.True(t, db.Unavailable(fmt.Errorf("read lead 1: %w", passing)), "%v", passing)
	}
	for _, staying := range []error{errors.New("x"), &pq.Error{Code: "23505"}, &pq.Error{Code: "42601"}, &pq.Error{Code: "57000"}, &pq.Error{},
		&pq.Error{Code: "22021"}, crm.Errorf(crm.Invalid, "no"), context.Canceled, &url.Error{Op: "Post", URL: "https://example.com", Err: refused}} {
		require.False(t, db.Unavailable(fmt.Errorf("read lead 1: %w", staying)), "%v", staying)
	}
	require.False(t, db.Unavailable(nil))
}

func TestADatabaseThatIsAwayIsKnownAndComesBack(t *testing.T) {
	t.Parallel()
	dbtest.EachOutage(t, func(t *testing.T, store *db.Store, outage dbtest.Outage) {
		require.NoError(t, store.Ping(t.Context()))
		outage.Begin()
		err := store.Change(t.Context(), func(ctx context.Context, tx *db.Tx) error { return addContact(ctx, tx, "lost") })
		require.True(t, db.Unavailable(err), "%v", err)
		eventually(t, func() bool { return db.Unavailable(store.Ping(context.Background())) }, "what Ping knows is a second old at most")
		outage.End()
		eventually(t, func() bool { return store.Ping(context.Background()) == nil }, "")
		require.NoError(t, store.Change(t.Context(), func(ctx context.Context, tx *db.Tx) error { return addContact(ctx, tx, "kept") }))
	})
}

// A transaction that has begun has the same right to be called an outage as one that can't begin.
func TestAnOutageInTheMiddleOfATransactionIsKnown(t *testing.T) {
	t.Parallel()
	target := dbtest.PostgresURL(t)
	store, other := dbtest.Open(t, target), dbtest.Open(t, target)
	err := store.Change(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		var pid int
		if err := tx.NewRaw("SELECT pg_backend_pid()").Scan(ctx, &pid); err != nil {
			return err
		}
		require.NoError(t, other.Change(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.NewRaw("SELECT pg_terminate_backend(?, 5000)", pid).Exec(ctx)
			return err
		}))
		return addContact(ctx, tx, "lost")
	})
	require.True(t, db.Unavailable(err), "%v", err)
	require.NoError(t, store.Change(t.Context(), func(ctx context.Context, tx *db.Tx) error { return addContact(ctx, tx, "kept") }))
}

func TestPingTriesAWriteByTheWriter(t *testing.T) {
	t.Parallel()
	store := dbtest.Open(t, dbtest.SQLiteURL(t))
	require.NoError(t, store.Change(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, "PRAGMA query_only = 1")
		return err
	}))
	require.True(t, db.Unavailable(store.Ping(t.Context())))
}

// Probes cost the disk one write a second, however many there are.
func TestPingsShareOneWrite(t *testing.T) {
	t.Parallel()
	dbtest.EachDB(t, func(t *testing.T, store *db.Store) {
		beats := map[string]bool{}
		for begun := time.Now(); time.Since(begun) < 500*time.Millisecond; {
			require.NoError(t, store.Ping(t.Context()))
			require.NoError(t, store.Change(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				var at string
				err := tx.NewRaw("SELECT CAST(at AS TEXT) FROM heartbeat").Scan(ctx, &at)
				beats[at] = true
				return err
			}))
		}
		require.LessOrEqual(t, len(beats), 2)
	})
}

// A file that another one has replaced would take what is written with it.
func TestNothingIsWrittenIntoAFileThatIsNoLongerThere(t *testing.T) {
	t.Parallel()
	target := dbtest.SQLiteURL(t)
	store, path := dbtest.Open(t, target), strings.TrimPrefix(target, "sqlite://")
	require.NoError(t, os.Remove(path))
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	err := store.Change(t.Context(), func(ctx context.Context, tx *db.Tx) error { return addContact(ctx, tx, "lost") })
	require.True(t, db.Unavailable(err), "%v", err)
	require.ErrorContains(t, err, "put the file back")
	require.ErrorContains(t, store.Ping(t.Context()), path)
}

// Those who share a commit with one that finds the disk full are told what it was, and all of them get in once it passes.
func TestAFullDatabaseIsAnOutageForAllThatShareTheCommit(t *testing.T) {
	t.Parallel()
	store := dbtest.Open(t, dbtest.SQLiteURL(t))
	limit := func(pages string) {
		require.NoError(t, store.Change(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.ExecContext(ctx, "PRAGMA max_page_count = "+pages)
			return err
		}))
	}
	limit("1")
	errs := writeAtOnce(t, store)
	full := 0
	for _, err := range errs {
		if err != nil {
			full++
			require.True(t, db.Unavailable(err), "%v", err)
		}
	}
	require.Positive(t, full)
	limit("1000000")
	for _, err := range writeAtOnce(t, store) {
		require.NoError(t, err)
	}
}

func writeAtOnce(t *testing.T, store *db.Store) []error {
	t.Helper()
	errs := make([]error, 20)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() {
			errs[i] = store.Change(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				for range 30 {
					if err := addContact(ctx, tx, strings.Repeat("x", 200)); err != nil {
						return err
					}
				}
				return nil
			})
		})
	}
	all.Wait()
	return errs
}

func TestAClosedStoreIsAnOutage(t *testing.T) {
	t.Parallel()
	dbtest.EachDB(t, func(t *testing.T, store *db.Store) {
		require.NoError(t, store.Close())
		require.True(t, db.Unavailable(store.Change(t.Context(), func(context.Context, *db.Tx) error { return nil })))
		_, err := store.Contact(t.Context(), 1)
		require.True(t, db.Unavailable(err), "%v", err)
		require.True(t, db.Unavailable(store.Ping(t.Context())))
	})
}

func eventually(t *testing.T, holds func() bool, text string) {
	t.Helper()
	require.Eventually(t, holds, 10*time.Second, 20*time.Millisecond, text)
}

// While the file is away a reader makes no other one in its place: it would go on reading that when the right one is back.
func TestAReaderOutlivesAnOutage(t *testing.T) {
	t.Parallel()
	dbtest.EachOutage(t, func(t *testing.T, store *db.Store, outage dbtest.Outage) {
		outage.Begin()
		read := func() error { _, err := store.Channels(t.Context()); return err }
		group := errgroup.Group{}
		for range 20 { // more than there are connections, so that new ones are made
			group.Go(func() error { _ = read(); return nil })
		}
		require.NoError(t, group.Wait())
		outage.End()
		for range 20 {
			group.Go(read)
		}
		require.NoError(t, group.Wait())
	})
}
