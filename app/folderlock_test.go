package app

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTheFoldersLockIsWatched(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		happens func(t *testing.T, folder string)
		lost    string // empty: the lock is kept
	}{
		"nothing":                 {func(*testing.T, string) {}, ""},
		"the lock's file deleted": {deleteLock, ""},
		"the lock's file deleted, and another server started": {func(t *testing.T, folder string) {
			deleteLock(t, folder)
			rival, err := lockFolder(folder)
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, rival.Close()) })
		}, "another server uses the data folder"},
		"the folder moved away": {func(t *testing.T, folder string) {
			require.NoError(t, os.Rename(folder, folder+" moved"))
		}, "the data folder was moved or deleted"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := filepath.Join(t.TempDir(), "data")
			l := &folderLock{folder: folder, lost: make(chan error, 1), stop: make(chan struct{}), done: make(chan struct{})}
			require.NoError(t, os.Mkdir(folder, 0o700))
			require.NoError(t, l.take())
			test.happens(t, folder)
			go l.watch()
			if test.lost != "" {
				select {
				case err := <-l.lost:
					require.ErrorContains(t, err, test.lost)
				case <-time.After(time.Minute):
					require.Fail(t, "the loss is not noticed")
				}
				require.NoError(t, l.Close())
				return
			}
			require.Eventually(t, func() bool {
				_, err := os.Stat(filepath.Join(folder, "server.lock"))
				return err == nil
			}, time.Minute, lookAtLock/10)
			_, err := lockFolder(folder)
			require.ErrorContains(t, err, "another server uses the data folder")
			require.NoError(t, l.Close())
			require.Empty(t, l.lost)
		})
	}
}

func deleteLock(t *testing.T, folder string) {
	t.Helper()
	require.NoError(t, os.Remove(filepath.Join(folder, "server.lock")))
}
