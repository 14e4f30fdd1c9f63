package db_test

import (
	"context"
	"io"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"salesbot/crm"
	"salesbot/db"
	"salesbot/db/dbtest"
	"salesbot/files"
)

// watchedBlobs is a folder that a test can look into and disturb.
type watchedBlobs struct {
	files.Place

	mu    sync.Mutex
	names map[string]bool
	// afterPut runs when the bytes are there, before Put returns; beforeDelete before they go.
	afterPut     func(name string) error
	beforeDelete func(name string) error
}

func (b *watchedBlobs) Put(ctx context.Context, name string, from io.Reader) error {
	if err := b.Place.Put(ctx, name, from); err != nil {
		return err
	}
	b.mu.Lock()
	b.names[name] = true
	after := b.afterPut
	b.mu.Unlock()
	if after != nil {
		return after(name)
	}
	return nil
}

func (b *watchedBlobs) Delete(ctx context.Context, name string) error {
	b.mu.Lock()
	before := b.beforeDelete
	b.mu.Unlock()
	if before != nil {
		if err := before(name); err != nil {
			return err
		}
	}
	b.mu.Lock()
	delete(b.names, name)
	b.mu.Unlock()
	return b.Place.Delete(ctx, name)
}

func (b *watchedBlobs) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.names)
}

// cabinet is a store with a clock that the test moves, a channel, and blobs that it watches.
type cabinet struct {
	*desk

	blobs *watchedBlobs
	clock atomic.Int64
}

func (c *cabinet) pass(d time.Duration) { c.clock.Add(int64(d)) }

func eachCabinet(t *testing.T, limits db.FileLimits, test func(t *testing.T, c *cabinet)) {
	t.Helper()
	for name, address := range map[string]func(testing.TB) string{"sqlite": dbtest.SQLiteURL, "postgres": dbtest.PostgresURL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			place, err := files.Open(t.Context(), filepath.Join(t.TempDir(), "files"))
			require.NoError(t, err)
			c := &cabinet{blobs: &watchedBlobs{Place: place, names: map[string]bool{}}}
			c.clock.Store(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).UnixNano())
			store := dbtest.OpenWith(t, db.Options{URL: address(t), Files: c.blobs, FileLimits: limits, Now: func() time.Time { return time.Unix(0, c.clock.Load()) }})
			c.desk = &desk{t: t, store: store}
			change(t, store, func(ctx context.Context, tx *db.Tx) (err error) {
				if err := tx.EnsureDefaults(ctx); err != nil {
					return err
				}
				c.channel, err = tx.CreateChannel(ctx, ada, crm.Channel{Kind: "telegram", Name: "Telegram", PipelineID: 1, IsActive: true}, nil)
				return err
			})
			test(t, c)
		})
	}
}

// from is a stranger's upload.
func (c *cabinet) from(visitor, network string) db.Upload {
	return db.Upload{Owner: db.VisitorOwner(c.channel.ID, visitor), ChannelID: c.channel.ID, Network: network, Name: "a.bin"}
}

func (c *cabinet) add(up db.Upload, size int) (crm.File, error) {
	return c.store.AddFile(context.Background(), up, io.LimitReader(zeros{}, int64(size)))
}

func (c *cabinet) mustAdd(up db.Upload, size int) crm.File {
	c.t.Helper()
	file, err := c.add(up, size)
	require.NoError(c.t, err)
	return file
}

type zeros struct{}

func (zeros) Read(into []byte) (int, error) { clear(into); return len(into), nil }

func (c *cabinet) collect() {
	c.t.Helper()
	require.NoError(c.t, c.store.CollectFiles(c.t.Context()))
}

func (c *cabinet) content(id string) string {
	c.t.Helper()
	_, content, err := c.store.OpenFile(c.t.Context(), id)
	require.NoError(c.t, err)
	defer content.Close()
	all, err := io.ReadAll(content)
	require.NoError(c.t, err)
	return string(all)
}

// gone requires that nothing is left of the files, neither rows nor blobs nor what was to be done about them.
func (c *cabinet) gone() {
	c.t.Helper()
	require.Zero(c.t, c.count("files"))
	require.Zero(c.t, c.count("file_trash"))
	require.Zero(c.t, c.blobs.count())
}

// waiting gives its one byte when the channel is closed.
func waiting(until <-chan struct{}) io.Reader {
	return readerFunc(func(into []byte) (int, error) { <-until; into[0] = 0; return 1, io.EOF })
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(into []byte) (int, error) { return f(into) }

// old writes a file as versions did that kept them in the database.
func (c *cabinet) old(owner, content string) string {
	c.t.Helper()
	id := uuid.NewString()
	change(c.t, c.store, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO files (id, name, mime, type, size, chat_id, content, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			id, "old.txt", "text/plain", "file", len(content), owner, []byte(content), tx.Now)
		return err
	})
	return id
}

func (c *cabinet) query(text string, into any) error {
	return c.store.Change(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		return tx.NewRaw(text).Scan(ctx, into)
	})
}
