package hooks_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"sync"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/channels"
	"salesbot/channels/telegram"
	"salesbot/crm"
	"salesbot/db"
	"salesbot/db/dbtest"
	"salesbot/files"
)

// onRead is a channel whose first file does something when its bytes are read and when it is closed.
type onRead struct {
	*telegram.Channel

	once        sync.Once
	read, close func() error
}

func (o *onRead) Fetch(ctx context.Context, account channels.Account, file crm.File) (io.ReadCloser, int64, error) {
	content, size, err := o.Channel.Fetch(ctx, account, file)
	o.once.Do(func() { content = &watched{ReadCloser: content, o: o} })
	return content, size, err
}

type watched struct {
	io.ReadCloser

	o    *onRead
	once sync.Once
}

func (w *watched) Read(into []byte) (n int, err error) {
	w.once.Do(func() { err = w.o.read() })
	if err != nil {
		return 0, err
	}
	return w.ReadCloser.Read(into)
}

func (w *watched) Close() error {
	_ = w.o.close()
	return w.ReadCloser.Close()
}

var photo = map[string]any{"message_id": 9, "photo": []any{map[string]any{"file_id": "F1", "file_size": 3}}}

// A message must not lose its file because the database was away for the moment in which the file came.
func TestAFileThatComesInAnOutageIsDeliveredAgain(t *testing.T) {
	t.Parallel()
	dbtest.EachOutage(t, func(t *testing.T, store *db.Store, outage dbtest.Outage) {
		w := newWorldWith(t, store, func(kind *telegram.Channel) channels.Channel {
			return &onRead{Channel: kind, read: func() error { outage.Begin(); return nil }, close: func() error { outage.End(); return nil }}
		})
		w.requireKeptAtSecondDelivery()
	})
}

// fullAtFirst is a place for files whose disk is full until somebody makes room.
type fullAtFirst struct {
	files.Place

	once sync.Once
}

func (f *fullAtFirst) Put(ctx context.Context, name string, from io.Reader) (err error) {
	f.once.Do(func() { err = syscall.ENOSPC })
	if err != nil {
		return err
	}
	return f.Place.Put(ctx, name, from)
}

func TestAFileForWhichThereIsNoRoomIsDeliveredAgain(t *testing.T) {
	t.Parallel()
	place, err := files.Open(t.Context(), t.TempDir())
	require.NoError(t, err)
	w := newWorld(t, dbtest.OpenWith(t, db.Options{URL: dbtest.SQLiteURL(t), Files: &fullAtFirst{Place: place}}))
	w.requireKeptAtSecondDelivery()
}

func (w *world) requireKeptAtSecondDelivery() {
	w.t.Helper()
	w.telegram.AddFile("F1", []byte("png"))
	attempts, err := w.telegram.Say(ann, "", photo)
	require.NoError(w.t, err)
	require.Equal(w.t, 2, attempts)
	all := w.messages()
	require.Len(w.t, all, 1)
	require.NotEmpty(w.t, all[0].Files[0].ID, "the file came with the second delivery")
}

// The provider's outage is none of ours: the message is in, and is not held back until the file can be had.
func TestAFileThatTheProviderBreaksOffHoldsNothingBack(t *testing.T) {
	t.Parallel()
	broken := &net.OpError{Op: "read", Err: syscall.ECONNRESET}
	for name, cause := range map[string]error{"a connection": broken, "too slow": context.DeadlineExceeded} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorldWith(t, dbtest.Open(t, dbtest.SQLiteURL(t)), func(kind *telegram.Channel) channels.Channel {
				return &onRead{Channel: kind, read: func() error { return cause }, close: func() error { return nil }}
			})
			w.telegram.AddFile("F1", []byte("png"))
			attempts, err := w.telegram.Say(ann, "", photo)
			require.NoError(t, err)
			require.Equal(t, 1, attempts)
			require.Equal(t, "telegram:F1", w.messages()[0].Files[0].URL)
		})
	}
	w := newWorld(t, dbtest.Open(t, dbtest.SQLiteURL(t)))
	w.telegram.AddFile("F1", []byte("png"))
	w.telegram.FailNext(http.StatusBadGateway)
	attempts, err := w.telegram.Say(ann, "", photo)
	require.NoError(t, err)
	require.Equal(t, 1, attempts)
}
