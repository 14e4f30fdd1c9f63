package api_test

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"salesbot/api"
	"salesbot/db"
	"salesbot/db/dbtest"
)

func TestAFileIsServedInRanges(t *testing.T) {
	t.Parallel()
	eachLive(t, "", fast, func(w *liveWorld) {
		ann := w.visit(`{}`)
		made := ann.upload("a.txt", "text/plain", "0123456789").want(201)
		ours := w.upload("b.txt", []byte("0123456789")).want(201)
		for _, address := range []string{fmt.Sprint(made["url"]), strings.TrimPrefix(fmt.Sprint(ours["url"]), w.server.URL)} {
			part := w.send("GET", address, "", map[string]string{"Range": "bytes=3-5"})
			require.Equal(w.t, http.StatusPartialContent, part.StatusCode)
			require.Equal(w.t, "345", string(part.body))
			require.Equal(w.t, "bytes 3-5/10", part.Header.Get("Content-Range"))
			require.Equal(w.t, "nosniff", part.Header.Get("X-Content-Type-Options"))
			require.Regexp(w.t, "^attachment; filename=[ab].txt$", part.Header.Get("Content-Disposition"))
			require.Equal(w.t, http.StatusRequestedRangeNotSatisfiable, w.send("GET", address, "", map[string]string{"Range": "bytes=10-"}).StatusCode)
			whole := w.send("GET", address, "", nil)
			require.Equal(w.t, "0123456789", string(whole.body))
			require.Contains(w.t, whole.Header.Get("Cache-Control"), "immutable")
		}
	})
}

// limited is a live chat whose store takes so much and no more.
func limited(t *testing.T, limits db.FileLimits) *liveWorld {
	t.Helper()
	return newLiveWorld(t, dbtest.OpenWith(t, db.Options{URL: dbtest.SQLiteURL(t), FileLimits: limits}), "", fast)
}

// The visitor sends megabytes while the refusal is under way, and has to read it all the same.
func TestAVisitorReadsWhyAFileIsRefused(t *testing.T) {
	t.Parallel()
	const mb = 1 << 20
	for name, limits := range map[string]db.FileLimits{
		"visitor": {Visitor: 4 * mb}, "address": {Address: 4 * mb}, "channel": {Channel: 4 * mb}, "unattached": {Unattached: 4 * mb},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := limited(t, limits)
			ann := w.visit(`{}`)
			require.Equal(t, http.StatusCreated, ann.upload("a.bin", "", strings.Repeat("x", mb)).StatusCode)
			refused := ann.upload("b.bin", "", strings.Repeat("x", 8*mb))
			refused.refused(http.StatusTooManyRequests, "too_many", "")
			require.Contains(t, string(refused.body), "Write instead")
			require.Regexp(t, `^8\d{4}$`, refused.Header.Get("Retry-After"), "a day, in seconds")
			require.Equal(t, http.StatusOK, ann.call("POST", "messages", fmt.Sprintf(`{"client_id":%q,"text":"Then I write"}`, uuid.NewString())).StatusCode)
			require.Equal(t, http.StatusCreated, w.upload("ours.bin", []byte(strings.Repeat("x", 8*mb))).StatusCode, "our own people are not strangers")
		})
	}
}

func TestAnAddressIsCountedAsItsNetwork(t *testing.T) {
	t.Parallel()
	store := dbtest.OpenWith(t, db.Options{URL: dbtest.SQLiteURL(t), FileLimits: db.FileLimits{Address: 1000}})
	w := newLiveWorldWith(t, store, "", api.Deps{Widget: widget, Live: fast, TrustProxy: true})
	for _, c := range []struct {
		address string
		status  int
	}{
		{"2001:db8:1:2::1", 201}, {"2001:db8:1:2:ffff::9", 429}, {"2001:db8:1:3::1", 201}, {"198.51.100.7", 201}, {"::ffff:198.51.100.7", 429}, {"198.51.100.8", 201},
	} {
		someone := w.visit(`{}`)
		answer := someone.uploadFrom(c.address, "a.bin", "", strings.Repeat("x", 600))
		require.Equal(t, c.status, answer.StatusCode, c.address)
	}
}

func TestAChatThatTakesNoFilesSaysSo(t *testing.T) {
	t.Parallel()
	eachLive(t, `{"max_file_bytes":0}`, fast, func(w *liveWorld) {
		w.visit(`{}`).upload("a.txt", "", "x").refused(413, "too_large", "file")
	})
}

// slowly is a form with one large file of which a test sees how far it has come, and which it holds back before its end.
type slowly struct {
	size int
	sent atomic.Int64
	hold <-chan struct{}
}

func (s *slowly) Read(into []byte) (int, error) {
	left := s.size - int(s.sent.Load())
	if left <= 1 {
		<-s.hold
	}
	if left == 0 {
		return 0, io.EOF
	}
	n := min(len(into), max(1, left-1))
	clear(into[:n])
	s.sent.Add(int64(n))
	return n, nil
}

// Twelve files of 20 MB are in the middle of their upload; then none of them is in memory, and another visitor does
// not notice them.
func TestFilesOnTheirWayCostNeitherMemoryNorOthersTime(t *testing.T) { //nolint:paralleltest // it measures the heap
	for name, address := range map[string]func(testing.TB) string{"sqlite": dbtest.SQLiteURL, "postgres": dbtest.PostgresURL} {
		t.Run(name, func(t *testing.T) {
			w := newLiveWorld(t, dbtest.Open(t, address(t)), "", fast)
			ann, bob := w.visit(`{}`), w.visit(`{}`)
			quiet := timed(10, func() { bob.say("Hello") })
			before := heap()

			const files, size = 12, 20<<20 - 1
			hold := make(chan struct{})
			var bodies [files]*slowly
			var wait sync.WaitGroup
			for i := range bodies {
				bodies[i] = &slowly{size: size, hold: hold}
				wait.Go(func() { require.Equal(t, http.StatusCreated, ann.stream(bodies[i])) })
			}
			busy := timed(10, func() { bob.say("Hello, is anybody there?") })
			require.Eventually(t, func() bool {
				for _, body := range bodies {
					if body.sent.Load() < size-1 {
						return false
					}
				}
				return true
			}, time.Minute, 5*time.Millisecond)
			grown := heap() - before
			close(hold)
			wait.Wait()
			require.Less(t, grown, int64(24<<20), "the heap has grown by more than one file, of %d MB that came", files*size>>20)
			require.Less(t, busy, 20*quiet+time.Second, "a message takes %v, and %v beside uploads", quiet, busy)
			require.Less(t, heap()-before, int64(24<<20))
		})
	}
}

// timed is how long the slowest of so many calls takes.
func timed(times int, call func()) (slowest time.Duration) {
	for range times {
		began := time.Now()
		call()
		slowest = max(slowest, time.Since(began))
	}
	return slowest
}

func heap() int64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

// stream uploads without holding the file in memory, as the test is in the server's process.
func (v *visitor) stream(file io.Reader) int {
	var head bytes.Buffer
	form := multipart.NewWriter(&head)
	_, _ = form.CreateFormFile("file", "a.bin")
	body := io.MultiReader(&head, file, strings.NewReader("\r\n--"+form.Boundary()+"--\r\n"))
	request, err := http.NewRequestWithContext(v.w.t.Context(), http.MethodPost, v.w.server.URL+v.w.path("files"), body)
	if err != nil {
		return 0
	}
	request.Header.Set("Authorization", "Bearer "+v.token)
	request.Header.Set("Content-Type", form.FormDataContentType())
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode
}

// An answer that its reader does not take is ended, and with it what it holds.
func TestAnAnswerThatNobodyReadsIsEnded(t *testing.T) {
	t.Parallel()
	w := patientWorld(t, api.Patience{Stall: time.Second}) // the upload must not stall, however busy the machine is
	made := w.upload("large.bin", make([]byte, db.MaxFile)).want(201)
	path := strings.TrimPrefix(fmt.Sprint(made["url"]), w.server.URL)
	conn := w.dial("/healthz", "text/plain", 0)
	_, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: x\r\nAccept-Encoding: identity\r\n\r\n", path)
	require.NoError(t, err)
	// What is sent to a connection that the server has closed comes back as an error.
	require.Eventually(t, func() bool { _, err := conn.Write([]byte("\r\n")); return err != nil }, 20*time.Second, 10*time.Millisecond)
}
