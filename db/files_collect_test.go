package db_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"salesbot/crm"
	"salesbot/db"
)

func TestOnlyFilesThatNobodyNamesAreCollected(t *testing.T) {
	t.Parallel()
	eachCabinet(t, db.FileLimits{}, func(t *testing.T, c *cabinet) {
		sent, manager, drawn := c.mustAdd(c.from("client", ""), 10), c.mustAdd(db.Upload{Name: "m"}, 10), c.mustAdd(db.Upload{Name: "d"}, 10)
		edited := c.mustAdd(db.Upload{Name: "e"}, 10)
		loose, ours := c.mustAdd(c.from("client", ""), 10), c.mustAdd(db.Upload{Name: "o"}, 10)
		in := says("1", "look")
		in.Files = []crm.File{sent}
		chat := c.accept(in).Chat
		change(t, c.store, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.WriteAsManager(ctx, ada, db.ManagerMessage{ChatID: chat.ID, ClientID: uuid.NewString(), Files: []crm.File{{ID: manager.ID}}}, func(string) bool { return true })
			return err
		})
		change(t, c.store, func(ctx context.Context, tx *db.Tx) error {
			b, err := tx.CreateBot(ctx, ada, "Bot", drawing(drawn.ID))
			if err != nil {
				return err
			}
			_, err = tx.UpdateBot(ctx, ada, b.ID, db.BotChange{Draft: drawing(edited.ID), Revision: &b.Revision})
			return err
		})
		c.pass(24*time.Hour - time.Second)
		c.collect()
		require.Equal(t, 6, c.count("files"), "a day is not over")
		c.pass(2 * time.Second)
		c.collect()
		for _, file := range []crm.File{sent, manager, drawn, edited} {
			require.Len(t, c.content(file.ID), 10)
		}
		for _, file := range []crm.File{loose, ours} {
			_, err := c.store.File(t.Context(), file.ID)
			require.Equal(t, crm.NotFound, crm.CodeOf(err))
		}
		require.Equal(t, 4, c.blobs.count())
		require.Zero(t, c.count("file_trash"))

		in = says("2", "again")
		in.Files = []crm.File{sent}
		c.accept(in) // a second message may name it, too
		in = says("3", "too late")
		in.Files = []crm.File{sent, loose}
		_, err := c.store.Accept(t.Context(), c.channel, true, in)
		var field *crm.Error
		require.ErrorAs(t, err, &field)
		require.Equal(t, "attachments.1", field.Field)
	})
}

func drawing(file string) json.RawMessage {
	return json.RawMessage(`{"schema":1,"name":"Bot","start":"a","steps":[{"id":"a","kind":"message","config":{"files":[{"id":"` + file + `","type":"file"}]}}]}`)
}

func TestARowGoesBeforeItsBlobAndTheBlobIsNotForgotten(t *testing.T) {
	t.Parallel()
	eachCabinet(t, db.FileLimits{}, func(t *testing.T, c *cabinet) {
		for range 3 {
			c.mustAdd(c.from("ann", ""), 10)
		}
		c.pass(25 * time.Hour)
		full := errors.New("the disk does not answer")
		first := ""
		c.blobs.beforeDelete = func(name string) error {
			require.Zero(t, c.count("files"), "the rows are gone")
			if first == "" {
				first = name
				return full
			}
			return nil
		}
		require.ErrorIs(t, c.store.CollectFiles(t.Context()), full)
		require.Equal(t, 1, c.count("file_trash"), "the others did not wait for the one that failed")
		c.collect()
		c.gone()
	})
}

// A process that dies between the bytes and the row is one that never comes back from Put.
func TestWhatAKillLeavesBetweenTheBytesAndTheRowIsCollected(t *testing.T) {
	t.Parallel()
	eachCabinet(t, db.FileLimits{}, func(t *testing.T, c *cabinet) {
		there, release := make(chan struct{}), make(chan struct{})
		c.blobs.afterPut = func(string) error { close(there); <-release; return nil }
		ended := make(chan error)
		go func() { _, err := c.add(c.from("ann", ""), 10); ended <- err }()
		<-there
		c.pass(2 * time.Hour)
		c.collect()
		require.Equal(t, 1, c.blobs.count(), "it may still be coming")
		c.pass(2 * time.Hour)
		c.collect()
		c.gone()
		close(release)
		require.Equal(t, crm.Conflict, crm.CodeOf(<-ended), "whoever comes back so late is told so")
		c.gone()
	})
}
