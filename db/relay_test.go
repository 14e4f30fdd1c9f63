package db_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/crm"
	"salesbot/db"
	"salesbot/db/dbtest"
)

// soon is how long a test waits for what happens at once on a machine that has time.
const soon = 20 * time.Second

// say writes one event whose name tells it apart.
func say(t testing.TB, store *db.Store, name string) {
	t.Helper()
	require.NoError(t, store.Change(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.CreateContact(ctx, crm.Actor{Kind: crm.BySystem}, crm.Contact{Name: name})
		return err
	}))
}

// heard collects what a relay hands over.
type heard struct {
	mu  sync.Mutex
	ids []int64
}

func (h *heard) add(events []crm.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, e := range events {
		h.ids = append(h.ids, e.ID)
	}
}

func (h *heard) all() []int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]int64{}, h.ids...)
}

// visible waits until so many events are shown: on PostgreSQL, until every transaction of the server that began before
// them is over.
func visible(t testing.TB, store *db.Store, count int) {
	t.Helper()
	require.Eventually(t, func() bool {
		events, err := store.EventsAfter(context.Background(), db.EventCursor{}, count)
		return err == nil && len(events) == count
	}, soon, 5*time.Millisecond)
}

// start runs the relay until the returned function is called, which waits for its end.
func start(t testing.TB, relay db.Relay) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = relay.Run(ctx)
	}()
	stop = func() {
		cancel()
		<-done
	}
	t.Cleanup(stop)
	return stop
}

func TestARelayHandsOverEveryEventInOrder(t *testing.T) {
	t.Parallel()
	dbtest.EachDB(t, func(t *testing.T, store *db.Store) {
		say(t, store, "before")
		var got heard
		start(t, db.Relay{Store: store, Name: "test", Batch: 3, Handle: func(_ context.Context, events []crm.Event) error {
			got.add(events)
			return nil
		}})
		for i := range 10 {
			say(t, store, fmt.Sprint("n", i))
		}
		require.Eventually(t, func() bool { return len(got.all()) == 11 }, soon, 5*time.Millisecond)
		require.IsIncreasing(t, got.all())
	})
}

func TestACrashBeforeTheCursorIsSavedDeliversAgain(t *testing.T) {
	t.Parallel()
	dbtest.EachDB(t, func(t *testing.T, store *db.Store) {
		say(t, store, "one")
		say(t, store, "two")
		visible(t, store, 2)
		var got heard
		ctx, crash := context.WithCancel(context.Background())
		err := db.Relay{Store: store, Name: "test", Handle: func(_ context.Context, events []crm.Event) error {
			got.add(events)
			crash()
			return nil
		}}.Run(ctx)
		require.ErrorIs(t, err, context.Canceled)
		first := got.all()
		require.Len(t, first, 2)
		stop := start(t, db.Relay{Store: store, Name: "test", Handle: func(_ context.Context, events []crm.Event) error {
			got.add(events)
			return nil
		}})
		require.Eventually(t, func() bool { return len(got.all()) == 4 }, soon, 5*time.Millisecond)
		require.Equal(t, first, got.all()[2:])
		say(t, store, "three")
		require.Eventually(t, func() bool { return len(got.all()) == 5 }, soon, 5*time.Millisecond, "and goes on behind them")
		stop()
	})
}

func TestAFailedBatchIsTriedAgainAndNothingPassesIt(t *testing.T) {
	t.Parallel()
	dbtest.EachDB(t, func(t *testing.T, store *db.Store) {
		var got heard
		failures := 2
		start(t, db.Relay{Store: store, Name: "test", Batch: 1, Handle: func(_ context.Context, events []crm.Event) error {
			if failures > 0 {
				failures--
				return errors.New("not now")
			}
			got.add(events)
			return nil
		}})
		say(t, store, "one")
		say(t, store, "two")
		require.Eventually(t, func() bool { return len(got.all()) == 2 }, soon, 5*time.Millisecond)
		require.IsIncreasing(t, got.all())
	})
}

func TestTwoRelaysOfOneNameHandleEachEventOnce(t *testing.T) {
	t.Parallel()
	dbtest.EachDB(t, func(t *testing.T, store *db.Store) {
		once := func(ctx context.Context, tx *db.Tx, events []crm.Event) error {
			for _, e := range events {
				// The primary key refuses a second time.
				if _, err := tx.ExecContext(ctx, "INSERT INTO settings (name, value) VALUES (?, '1')", fmt.Sprint("event ", e.ID)); err != nil {
					return err
				}
			}
			return nil
		}
		for range 2 {
			start(t, db.Relay{Store: store, Name: "test", InTx: once, Batch: 7})
		}
		const writers, each = 8, 15
		var group sync.WaitGroup
		for w := range writers {
			group.Go(func() {
				for i := range each {
					say(t, store, fmt.Sprintf("w%d-%d", w, i))
				}
			})
		}
		group.Wait()
		require.Eventually(t, func() bool {
			var n int
			err := store.Change(context.Background(), func(ctx context.Context, tx *db.Tx) error {
				return tx.NewSelect().Table("settings").ColumnExpr("count(*)").Where("name LIKE 'event %'").Scan(ctx, &n)
			})
			return err == nil && n == writers*each
		}, soon, 20*time.Millisecond, "none is skipped, though the writers commit in any order")
	})
}

func TestALateCommitIsNotSkipped(t *testing.T) {
	t.Parallel()
	store := dbtest.Open(t, dbtest.PostgresURL(t))
	var got heard
	start(t, db.Relay{Store: store, Name: "test", Handle: func(_ context.Context, events []crm.Event) error {
		got.add(events)
		return nil
	}})
	written, finish := make(chan struct{}), make(chan struct{})
	end := sync.OnceFunc(func() { close(finish) })
	defer end()
	done := make(chan error, 1)
	go func() {
		var once sync.Once
		done <- store.Change(context.Background(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.CreateContact(ctx, crm.Actor{Kind: crm.BySystem}, crm.Contact{Name: "late"})
			once.Do(func() { close(written) })
			<-finish
			return err
		})
	}()
	<-written
	say(t, store, "early") // a larger id, committed first
	shown, err := store.EventsAfter(context.Background(), db.EventCursor{}, 10)
	require.NoError(t, err)
	require.Empty(t, shown, "nothing is shown behind which something may still come")
	end()
	require.NoError(t, <-done)
	require.Eventually(t, func() bool { return len(got.all()) == 2 }, soon, 5*time.Millisecond)
	require.IsIncreasing(t, got.all())
}

func TestARelayMayBeginWithWhatComes(t *testing.T) {
	t.Parallel()
	dbtest.EachDB(t, func(t *testing.T, store *db.Store) {
		say(t, store, "old")
		visible(t, store, 1)
		var got heard
		relay := db.Relay{Store: store, Name: "test", FromNow: true, Handle: func(_ context.Context, events []crm.Event) error {
			got.add(events)
			return nil
		}}
		// The first run makes the cursor; whatever it stands at, the second finds it there.
		stop := start(t, relay)
		require.Eventually(t, func() bool { return cursorExists(t, store) }, soon, 5*time.Millisecond)
		stop()
		say(t, store, "new")
		start(t, relay)
		require.Eventually(t, func() bool { return len(got.all()) == 1 }, soon, 5*time.Millisecond)
		require.Equal(t, []int64{2}, got.all())
	})
}

func cursorExists(t *testing.T, store *db.Store) bool {
	var n int
	require.NoError(t, store.Change(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		return tx.NewSelect().Table("cursors").ColumnExpr("count(*)").Scan(ctx, &n)
	}))
	return n == 1
}

func TestATailShowsWhatComesToAllWhoFollow(t *testing.T) {
	t.Parallel()
	dbtest.EachDB(t, func(t *testing.T, store *db.Store) {
		say(t, store, "old")
		visible(t, store, 1)
		tail := store.NewTail()
		one, leaveOne, err := tail.Follow(t.Context())
		require.NoError(t, err)
		two, leaveTwo, err := tail.Follow(t.Context())
		require.NoError(t, err)
		say(t, store, "new")
		require.EqualValues(t, 2, (<-one).ID)
		require.EqualValues(t, 2, (<-two).ID)
		leaveOne()
		leaveTwo()
		leaveTwo() // once more is harmless
		_, open := <-one
		require.False(t, open)
		say(t, store, "nobody listens")
		visible(t, store, 3)
		again, leave, err := tail.Follow(t.Context())
		require.NoError(t, err)
		defer leave()
		say(t, store, "again")
		require.EqualValues(t, 4, (<-again).ID)
	})
}

func TestASlowFollowerIsCutOff(t *testing.T) {
	t.Parallel()
	store := dbtest.Open(t, dbtest.SQLiteURL(t))
	tail := store.NewTail()
	slow, leaveSlow, err := tail.Follow(t.Context())
	require.NoError(t, err)
	defer leaveSlow()
	fast, leaveFast, err := tail.Follow(t.Context())
	require.NoError(t, err)
	defer leaveFast()
	const rounds, each = 4, 500
	for range rounds {
		require.NoError(t, store.Change(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			for range each {
				if _, err := tx.CreateContact(ctx, crm.Actor{Kind: crm.BySystem}, crm.Contact{Name: "x"}); err != nil {
					return err
				}
			}
			return nil
		}))
		for range each {
			_, open := <-fast
			require.True(t, open, "who reads on is not cut off by one who does not")
		}
	}
	count := 0
	for range slow { // ends because the channel was closed
		count++
	}
	require.Less(t, count, rounds*each)
}

// A relay that lost its lock unnoticed may find, after its batch, that another process went further.
func TestARelayThatWasOvertakenDoesNotSetTheCursorBack(t *testing.T) {
	t.Parallel()
	dbtest.EachDB(t, func(t *testing.T, store *db.Store) {
		for i := range 5 {
			say(t, store, fmt.Sprint("n", i))
		}
		visible(t, store, 5)
		all, err := store.EventsAfter(t.Context(), db.EventCursor{}, 5)
		require.NoError(t, err)
		overtake := sync.OnceValue(func() error {
			return store.Change(context.Background(), func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.NewUpdate().Table("cursors").Set("tx = ?", all[4].Tx).Set("event_id = ?", all[4].ID).Where("name = 'test'").Exec(ctx)
				return err
			})
		})
		var got heard
		start(t, db.Relay{Store: store, Name: "test", Batch: 2, Handle: func(_ context.Context, events []crm.Event) error {
			got.add(events)
			return overtake()
		}})
		require.Eventually(t, func() bool { return len(got.all()) == 2 }, soon, 5*time.Millisecond)
		say(t, store, "new")
		require.Eventually(t, func() bool { return len(got.all()) > 2 }, soon, 5*time.Millisecond)
		require.Greater(t, got.all()[2], all[4].ID, "what the other process handled does not come again")
	})
}
