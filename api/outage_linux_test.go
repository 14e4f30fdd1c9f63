package api_test

import (
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/api"
	"salesbot/db"
	"salesbot/db/dbtest"
	"salesbot/files"
)

// A disk is made for the test, which only root can do.
func TestAFullDiskForFilesIsAnOutageOfTheirsAlone(t *testing.T) {
	t.Parallel()
	disk := dbtest.SmallDisk(t, "1m")
	place, err := files.Open(t.Context(), filepath.Join(disk, "files"))
	require.NoError(t, err)
	w := newWorld(t, dbtest.OpenWith(t, db.Options{URL: dbtest.SQLiteURL(t), Files: place}), api.Deps{})
	ballast := filepath.Join(disk, "ballast")
	require.ErrorIs(t, os.WriteFile(ballast, make([]byte, 2<<20), 0o600), syscall.ENOSPC)

	full := w.upload("a.txt", make([]byte, 64<<10))
	full.refused(http.StatusServiceUnavailable, "unavailable", "")
	requireRetryAfter(t, full)
	w.call("POST", "/api/v4/contacts", `[{"name":"A"}]`).want(http.StatusOK)

	require.NoError(t, os.Remove(ballast))
	w.upload("a.txt", make([]byte, 64<<10)).want(http.StatusCreated)
}
