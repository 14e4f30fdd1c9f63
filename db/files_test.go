package db_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"
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

func TestStrangersCantSendMoreThanTheLimits(t *testing.T) {
	t.Parallel()
	const mb = 1 << 20
	for name, limits := range map[string]db.FileLimits{
		"visitor": {Visitor: mb}, "address": {Address: mb}, "channel": {Channel: mb}, "unattached": {Unattached: mb},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachCabinet(t, limits, func(t *testing.T, c *cabinet) {
				// next is the next stranger who counts together with the ones before.
				n := 0
				next := func() db.Upload {
					n++
					up := c.from(fmt.Sprint("visitor", n), fmt.Sprint("198.51.100.", n))
					switch name {
					case "visitor":
						up.Owner = c.from("ann", "").Owner
					case "address":
						up.Network = "2001:db8::/64"
					}
					up.Most = mb / 4
					return up
				}
				c.mustAdd(next(), mb/4)
				c.pass(time.Hour)
				for range 3 {
					c.mustAdd(next(), mb/4)
				}
				_, err := c.add(next(), 1)
				var refused *crm.Error
				require.ErrorAs(t, err, &refused)
				require.Equal(t, crm.TooMany, refused.Code)
				require.Equal(t, 23*time.Hour, refused.RetryAfter, "then the first one counts no more")
				require.Contains(t, refused.Message, "Write instead")

				stranger := db.Upload{Owner: "visitor/9/bob", ChannelID: 9, Network: "203.0.113.1", Name: "b", Most: mb}
				if name == "unattached" {
					stranger = db.Upload{Name: "b"}
				}
				c.mustAdd(stranger, mb/2)
				c.mustAdd(db.Upload{Name: "ours", Network: "2001:db8::/64"}, 2*mb)

				c.pass(23*time.Hour + time.Second)
				c.mustAdd(next(), mb/4)
				_, err = c.add(next(), 1)
				require.Equal(t, crm.TooMany, crm.CodeOf(err))
			})
		})
	}
}

func TestUploadsAtOnceCantShareTheLastRoom(t *testing.T) {
	t.Parallel()
	const most, each = 1 << 20, 1 << 18
	eachCabinet(t, db.FileLimits{Visitor: most}, func(t *testing.T, c *cabinet) {
		up := c.from("ann", "")
		up.Most = each
		var kept atomic.Int32
		release := make(chan struct{})
		var wait sync.WaitGroup
		for range 12 {
			wait.Go(func() {
				held := io.MultiReader(io.LimitReader(zeros{}, each-1), waiting(release))
				if _, err := c.store.AddFile(t.Context(), up, held); err == nil {
					kept.Add(1)
				} else if crm.CodeOf(err) != crm.TooMany {
					t.Error(err)
				}
			})
		}
		require.Eventually(t, func() bool { return c.count("files") == most/each }, 20*time.Second, time.Millisecond)
		close(release)
		wait.Wait()
		require.EqualValues(t, most/each, kept.Load())
	})
}

// waiting gives its one byte when the channel is closed.
func waiting(until <-chan struct{}) io.Reader {
	return readerFunc(func(into []byte) (int, error) { <-until; into[0] = 0; return 1, io.EOF })
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(into []byte) (int, error) { return f(into) }

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
