package db_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/db"
	"salesbot/db/dbtest"
)

func TestARenewedEpochIsNewAndKept(t *testing.T) {
	dbtest.EachDB(t, func(t *testing.T, store *db.Store) {
		before, err := store.Epoch(t.Context())
		require.NoError(t, err)
		require.Empty(t, before, "nobody has given it one")
		seen := map[string]bool{}
		for range 3 {
			epoch, err := store.RenewEpoch(t.Context())
			require.NoError(t, err)
			require.Regexp(t, "^[0-9a-v]{16}$", epoch)
			require.False(t, seen[epoch])
			seen[epoch] = true
			kept, err := store.Epoch(t.Context())
			require.NoError(t, err)
			require.Equal(t, epoch, kept)
		}
	})
}

func TestEpochsSortByTheirTimes(t *testing.T) {
	now := time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)
	store, err := db.Open(t.Context(), db.Options{URL: dbtest.SQLiteURL(t), Now: func() time.Time { return now }})
	require.NoError(t, err)
	defer store.Close()
	require.NoError(t, store.Migrate(t.Context()))
	last := ""
	for _, pause := range []time.Duration{time.Second, time.Hour, 30 * 365 * 24 * time.Hour} {
		now = now.Add(pause)
		epoch, err := store.RenewEpoch(t.Context())
		require.NoError(t, err)
		require.Greater(t, epoch, last)
		last = epoch
	}
}
