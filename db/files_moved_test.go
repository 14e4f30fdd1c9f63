package db_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/crm"
	"salesbot/db"
)

func TestFilesInsideTheDatabaseAreReadAndMovedOut(t *testing.T) {
	t.Parallel()
	eachCabinet(t, db.FileLimits{}, func(t *testing.T, c *cabinet) {
		owner := c.from("client", "").Owner
		ours, sent, loose := c.old("", "ours"), c.old(owner, "sent"), c.old(owner, "never sent")
		in := says("1", "look")
		in.Files = []crm.File{{ID: sent, Type: "file"}}
		c.accept(in)
		want := map[string]string{ours: "ours", sent: "sent", loose: "never sent"}
		all := func() {
			for id, content := range want {
				require.Equal(t, content, c.content(id))
			}
		}
		all()
		// It dies after the second one's bytes, and a second process begins while the first still works.
		killed := errors.New("killed")
		var puts atomic.Int32
		c.blobs.afterPut = func(string) error {
			all()
			if puts.Add(1) == 2 {
				return killed
			}
			return nil
		}
		require.ErrorIs(t, c.store.MoveFiles(t.Context()), killed)
		all()
		var wait sync.WaitGroup
		for range 2 {
			wait.Go(func() { require.NoError(t, c.store.MoveFiles(t.Context())) })
		}
		wait.Wait()
		all()
		require.Equal(t, 3, c.blobs.count())
		var inside int
		require.NoError(t, c.query("SELECT COUNT(*) FROM files WHERE blob = '' OR length(content) > 0", &inside))
		require.Zero(t, inside)

		c.pass(25 * time.Hour)
		c.collect()
		delete(want, loose)
		all()
		require.Equal(t, 2, c.blobs.count())
	})
}
