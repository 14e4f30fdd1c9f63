package db_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/crm"
	"salesbot/db"
	"salesbot/db/dbtest"
)

// counter counts how often something was done, in the store itself.
type counter struct{ store *db.Store }

func (c counter) add(ctx context.Context) (db.Answer, error) {
	err := c.store.Change(ctx, func(ctx context.Context, tx *db.Tx) error { return tx.SetSetting(ctx, "count", c.read(ctx)+1) })
	return db.Answer{Status: 200 + c.read(ctx), Header: map[string][]string{"A": {"b"}}, Body: []byte{0, 255}}, err
}

func (c counter) read(ctx context.Context) int {
	var n int
	if _, err := c.store.Setting(ctx, "count", &n); err != nil {
		panic(err)
	}
	return n
}

var attempt = db.Attempt{Owner: "user 1", Key: "k", Request: "r"}

func TestOnceActsOnceAndGivesTheSameAnswerAgain(t *testing.T) {
	t.Parallel()
	dbtest.EachDB(t, func(t *testing.T, store *db.Store) {
		count := counter{store}
		want := db.Answer{Status: 201, Header: map[string][]string{"A": {"b"}}, Body: []byte{0, 255}}
		for i := range 3 {
			answer, repeated, err := store.Once(t.Context(), attempt, count.add)
			require.NoError(t, err)
			require.Equal(t, want, answer, "reads within see what was written within")
			require.Equal(t, i > 0, repeated)
		}
		require.Equal(t, 1, count.read(t.Context()))
		_, _, err := store.Once(t.Context(), db.Attempt{Owner: "user 1", Key: "k", Request: "other"}, count.add)
		require.Equal(t, crm.KeyReused, crm.CodeOf(err))
		_, repeated, err := store.Once(t.Context(), db.Attempt{Owner: "user 2", Key: "k", Request: "other"}, count.add)
		require.NoError(t, err)
		require.False(t, repeated)
		require.Equal(t, 2, count.read(t.Context()))
	})
}

func TestWhatEndsBeforeTheCommitLeavesNothingAndIsDoneTheNextTime(t *testing.T) {
	t.Parallel()
	dbtest.EachDB(t, func(t *testing.T, store *db.Store) {
		count := counter{store}
		for name, end := range map[string]func() error{
			"killed": func() error { panic("killed") }, "refused": func() error { return crm.Errorf(crm.Conflict, "no") },
		} {
			_, _, err := store.Once(t.Context(), attempt, func(ctx context.Context) (db.Answer, error) {
				answer, err := count.add(ctx)
				require.NoError(t, err)
				return answer, end()
			})
			require.Error(t, err, name)
			require.Equal(t, 0, count.read(t.Context()), name)
		}
		_, repeated, err := store.Once(t.Context(), attempt, count.add)
		require.NoError(t, err)
		require.False(t, repeated)
		require.Equal(t, 1, count.read(t.Context()))
	})
}

func TestAPartThatFailsFailsTheWholeWhateverIsMadeOfItsError(t *testing.T) {
	t.Parallel()
	dbtest.EachDB(t, func(t *testing.T, store *db.Store) {
		count := counter{store}
		_, _, err := store.Once(t.Context(), attempt, func(ctx context.Context) (db.Answer, error) {
			_ = store.Change(ctx, func(ctx context.Context, _ *db.Tx) error {
				_, _ = count.add(ctx)
				return errors.New("swallowed")
			})
			return db.Answer{Status: 200}, nil
		})
		require.ErrorContains(t, err, "swallowed")
		require.Equal(t, 0, count.read(t.Context()))
	})
}

func TestAnAttemptUnderWayIsInProgress(t *testing.T) {
	t.Parallel()
	dbtest.EachDB(t, func(t *testing.T, store *db.Store) {
		testInProgress(t, store, store)
	})
}

func TestAnAttemptUnderWayInAnotherProcessIsInProgress(t *testing.T) {
	t.Parallel()
	url := dbtest.PostgresURL(t) // a folder with SQLite has one process
	testInProgress(t, dbtest.Open(t, url), dbtest.Open(t, url))
}

func testInProgress(t *testing.T, one, other *db.Store) {
	t.Helper()
	within, goOn, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		_, _, err := one.Once(t.Context(), attempt, func(ctx context.Context) (db.Answer, error) {
			close(within)
			<-goOn
			return counter{one}.add(ctx)
		})
		done <- err
	}()
	select {
	case <-within:
	case err := <-done:
		require.NoError(t, err)
	}
	_, _, err := other.Once(t.Context(), attempt, counter{other}.add)
	close(goOn)
	require.Equal(t, crm.InProgress, crm.CodeOf(err))
	require.NoError(t, <-done)
	_, repeated, err := other.Once(t.Context(), attempt, counter{other}.add)
	require.NoError(t, err)
	require.True(t, repeated)
	require.Equal(t, 1, counter{other}.read(t.Context()))
}

func TestAnAnswerIsForgottenAfterADay(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]string{"sqlite": dbtest.SQLiteURL(t), "postgres": dbtest.PostgresURL(t)} {
		t.Run(name, func(t *testing.T) {
			now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
			store, err := db.Open(t.Context(), db.Options{URL: url, Now: func() time.Time { return now }})
			require.NoError(t, err)
			t.Cleanup(func() { _ = store.Close() })
			require.NoError(t, store.Migrate(t.Context()))
			count := counter{store}
			again := func(a db.Attempt) bool {
				_, repeated, err := store.Once(t.Context(), a, count.add)
				require.NoError(t, err)
				return repeated
			}
			require.False(t, again(attempt))
			now = now.Add(db.AnswerLife - time.Second)
			require.True(t, again(attempt))
			require.NoError(t, store.ForgetAnswers(t.Context()))
			require.True(t, again(attempt), "the collector leaves what still counts")
			now = now.Add(time.Second)
			require.False(t, again(attempt), "too old, though nobody has collected it")
			now = now.Add(db.AnswerLife)
			require.NoError(t, store.ForgetAnswers(t.Context()))
			now = now.Add(-time.Second) // had it been left, it would count again
			require.False(t, again(attempt))
		})
	}
}
