package api_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/api"
	"salesbot/db/dbtest"
)

// patientWorld is a live chat on a server that loses its patience soon.
func patientWorld(t *testing.T, patience api.Patience) *liveWorld {
	t.Helper()
	return newLiveWorldWith(t, dbtest.Open(t, dbtest.SQLiteURL(t)), "", api.Deps{Widget: widget, Patience: patience})
}

// dial opens a connection of its own and sends a request's head, which promises a body.
func (w *world) dial(path, contentType string, length int) net.Conn {
	w.t.Helper()
	conn, err := (&net.Dialer{}).DialContext(w.t.Context(), "tcp", strings.TrimPrefix(w.server.URL, "http://"))
	require.NoError(w.t, err)
	w.t.Cleanup(func() { conn.Close() })
	require.NoError(w.t, conn.SetDeadline(time.Now().Add(20*time.Second)))
	_, err = fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n", path, w.admin, contentType, length)
	require.NoError(w.t, err)
	return conn
}

// drip writes text in pieces, one each pause, until it is through or the other end has gone.
func drip(conn net.Conn, text string, piece int, pause time.Duration) {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for text != "" {
		n := min(piece, len(text))
		if _, err := conn.Write([]byte(text[:n])); err != nil {
			return
		}
		text = text[n:]
		<-tick.C
	}
}

// ended reads the answer and requires that the connection is closed after it.
func ended(t *testing.T, conn net.Conn) *http.Response {
	t.Helper()
	in := bufio.NewReader(conn)
	answer, err := http.ReadResponse(in, nil)
	require.NoError(t, err)
	_, _ = io.Copy(io.Discard, answer.Body)
	_, err = in.ReadByte()
	require.Error(t, err, "the connection is given back")
	require.NotErrorIs(t, err, net.ErrClosed)
	var timeout net.Error
	require.False(t, errors.As(err, &timeout) && timeout.Timeout(), "the server closed it, not our own deadline")
	return answer
}

func TestABodyThatStallsIsEnded(t *testing.T) {
	t.Parallel()
	w := patientWorld(t, api.Patience{Stall: 150 * time.Millisecond})
	visitor := w.visit(`{}`)
	for name, c := range map[string]struct {
		path, kind, begun string
		status            int
	}{
		"a JSON body":                      {"/api/v4/leads", "application/json", `[{"name`, 408},
		"a body of a stranger":             {"/api/session", "application/json", `{`, 408},
		"a visitor's message":              {w.path("messages"), "application/json", `{"client_id`, 408},
		"a provider's delivery":            {fmt.Sprintf("/hooks/livechat/%d", w.channel.ID), "application/json", `{`, 404},
		"a manager's file":                 {"/api/v4/files", "multipart/form-data; boundary=b", fileForm, 408},
		"a visitor's file":                 {w.path("files"), "multipart/form-data; boundary=b", fileForm, 408},
		"a body that nobody reads":         {"/api/v4/nothing", "application/json", `{`, 404},
		"a body to a method that has none": {"/healthz", "application/json", `{`, 405},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bearer := w.world
			if strings.HasPrefix(c.path, "/live/") {
				mine := *w.world
				mine.admin = visitor.token
				bearer = &mine
			}
			conn := bearer.dial(c.path, c.kind, 1000)
			_, err := io.WriteString(conn, c.begun)
			require.NoError(t, err)
			require.Equal(t, c.status, ended(t, conn).StatusCode)
		})
	}
}

const fileForm = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nhello"

func TestABodyThatOnlyDripsIsEnded(t *testing.T) {
	t.Parallel()
	w := patientWorld(t, api.Patience{Stall: 200 * time.Millisecond, BytesPerSecond: 1 << 20})
	conn := w.dial("/api/v4/leads", "application/json", 4000)
	began := time.Now()
	go drip(conn, strings.Repeat(" ", 4000), 1, 5*time.Millisecond) // twenty seconds if it may
	require.Equal(t, http.StatusRequestTimeout, ended(t, conn).StatusCode)
	require.Less(t, time.Since(began), 10*time.Second)
}

func TestASlowButHonestBodyPasses(t *testing.T) {
	t.Parallel()
	w := patientWorld(t, api.Patience{Stall: time.Second, BytesPerSecond: 1 << 10})
	body := fileForm + strings.Repeat("x", 6000) + "\r\n--b--\r\n"
	conn := w.dial("/api/v4/files", "multipart/form-data; boundary=b", len(body))
	began := time.Now()
	go drip(conn, body, 80, 20*time.Millisecond) // 4 KB a second: four times as fast as it must be
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err)
	require.Equal(t, http.StatusCreated, answer.StatusCode)
	require.Greater(t, time.Since(began), 1200*time.Millisecond, "it took longer than a stall may")
}

func TestAStreamOutlivesTheDeadlines(t *testing.T) {
	t.Parallel()
	const stall = 50 * time.Millisecond
	w := patientWorld(t, api.Patience{Stall: stall})
	visitor := w.visit(`{}`)
	visitor.say("Hello")
	stream := visitor.listen("?after=0", nil)
	stream.message()
	<-time.After(4 * stall)
	visitor.say("Still there?")
	require.Equal(t, "Still there?", stream.message().Text)
}

func TestAConnectionIsUsedAgainAfterAPause(t *testing.T) {
	t.Parallel()
	const stall = 50 * time.Millisecond
	w := patientWorld(t, api.Patience{Stall: stall})
	conn := w.dial("/api/v4/leads", "application/json", 2)
	in := bufio.NewReader(conn)
	for i := range 3 {
		if i > 0 {
			<-time.After(3 * stall) // longer than any deadline of the request before
			_, err := fmt.Fprintf(conn, "POST /api/v4/leads HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n", w.admin)
			require.NoError(t, err)
			interim, err := http.ReadResponse(in, nil)
			require.NoError(t, err)
			require.Equal(t, http.StatusContinue, interim.StatusCode)
		}
		_, err := io.WriteString(conn, "{}")
		require.NoError(t, err)
		answer, err := http.ReadResponse(in, nil)
		require.NoError(t, err)
		_, _ = io.Copy(io.Discard, answer.Body)
		require.Equal(t, http.StatusBadRequest, answer.StatusCode)
	}
}
