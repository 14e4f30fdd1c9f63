package db_test

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/db"
	"salesbot/db/dbtest"
)

// A disk is made for the test, which only root can do; the other tests of outages need no rights.
func TestAFullDiskIsAnOutageAndPingKnows(t *testing.T) {
	t.Parallel()
	disk := dbtest.SmallDisk(t, "8m")
	store := dbtest.Open(t, "sqlite://"+filepath.Join(disk, "salesbot.db"))
	require.NoError(t, store.Ping(t.Context()))
	ballast := filepath.Join(disk, "ballast")
	require.ErrorIs(t, os.WriteFile(ballast, make([]byte, 16<<20), 0o600), syscall.ENOSPC)
	for err := error(nil); err == nil; { // the write-ahead log has some room left
		err = store.Change(t.Context(), func(ctx context.Context, tx *db.Tx) error { return addContact(ctx, tx, "x") })
		require.True(t, err == nil || db.Unavailable(err), "%v", err)
	}
	eventually(t, func() bool { return db.Unavailable(store.Ping(context.Background())) }, "")
	require.NoError(t, os.Remove(ballast))
	eventually(t, func() bool { return store.Ping(context.Background()) == nil }, "")
}
