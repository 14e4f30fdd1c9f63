package db_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"salesbot/crm"
	"salesbot/db"
	"salesbot/db/dbtest"
)

func TestAFileIsKeptBesideTheDatabase(t *testing.T) {
	t.Parallel()
	eachCabinet(t, db.FileLimits{}, func(t *testing.T, c *cabinet) {
		png := "\x89PNG\r\n\x1a\n" + strings.Repeat("x", 100_000)
		made, err := c.store.AddFile(t.Context(), db.Upload{Name: "../a.html", Size: 1 << 20}, iotest.HalfReader(strings.NewReader(png)))
		require.NoError(t, err)
		require.Equal(t, crm.File{ID: made.ID, Type: "picture", Name: "a.html", MIME: "image/png", Size: int64(len(png))}, made)
		stored, err := c.store.File(t.Context(), made.ID)
		require.NoError(t, err)
		require.Equal(t, made, stored.File)
		require.Len(t, stored.Hash, 64)
		require.Equal(t, png, c.content(made.ID))
		require.Equal(t, 1, c.blobs.count())
	})
}

func TestAFileThatDoesNotComeWholeLeavesNothing(t *testing.T) {
	t.Parallel()
	eachCabinet(t, db.FileLimits{Visitor: 1000}, func(t *testing.T, c *cabinet) {
		up := c.from("ann", "198.51.100.7")
		broken := errors.New("gone")
		_, err := c.store.AddFile(t.Context(), up, io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken)))
		require.Equal(t, crm.TooMany, crm.CodeOf(err), "what says no size takes the room of the largest")
		up.Most = 900
		_, err = c.store.AddFile(t.Context(), up, io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken)))
		require.ErrorIs(t, err, broken)
		_, err = c.add(up, 0)
		require.Equal(t, crm.Invalid, crm.CodeOf(err))
		_, err = c.add(up, 901)
		require.Equal(t, crm.TooLarge, crm.CodeOf(err))
		gone, cancel := context.WithCancel(t.Context())
		c.blobs.afterPut = func(string) error { cancel(); return nil } // the client leaves at the last moment
		_, err = c.store.AddFile(gone, up, strings.NewReader("whole"))
		require.ErrorIs(t, err, context.Canceled)
		c.blobs.afterPut = nil
		c.gone()
		c.mustAdd(up, 900)
	})
}

func TestAFileThatIsStillComingIsNoFileYet(t *testing.T) {
	t.Parallel()
	eachCabinet(t, db.FileLimits{}, func(t *testing.T, c *cabinet) {
		up := c.from("ann", "")
		c.blobs.afterPut = func(name string) error {
			_, err := c.store.File(t.Context(), name)
			require.Equal(t, crm.NotFound, crm.CodeOf(err))
			_, err = c.store.OwnFiles(t.Context(), up.Owner, []string{name})
			require.Equal(t, crm.Invalid, crm.CodeOf(err))
			return nil
		}
		c.mustAdd(up, 10)
	})
}

func TestTheSameFileOfARepeatedDeliveryIsKeptOnce(t *testing.T) {
	t.Parallel()
	eachCabinet(t, db.FileLimits{}, func(t *testing.T, c *cabinet) {
		up := c.from("ann", "")
		up.ID = uuid.NewString()
		var wait sync.WaitGroup
		for range 8 {
			wait.Go(func() {
				file, err := c.add(up, 1000)
				if err == nil {
					require.Equal(t, up.ID, file.ID)
				}
			})
		}
		wait.Wait()
		require.Equal(t, 1, c.count("files"))
		require.Equal(t, 1, c.blobs.count())
		require.Zero(t, c.count("file_trash"))
		require.Len(t, c.content(up.ID), 1000)
	})
}

func TestAStoreWithoutAPlaceForFilesSaysSo(t *testing.T) {
	t.Parallel()
	url := dbtest.SQLiteURL(t)
	dbtest.Open(t, url)
	store, err := db.Open(t.Context(), db.Options{URL: url})
	require.NoError(t, err)
	defer store.Close()
	_, err = store.AddFile(t.Context(), db.Upload{}, bytes.NewReader([]byte("x")))
	require.ErrorContains(t, err, "place")
}
