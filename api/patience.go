package api

import (
	"errors"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/labstack/echo/v4"
)

// Patience is how long the server waits for the other end of a connection. Zero values are the defaults. It counts only
// time in which we wait for bytes, never our own work.
type Patience struct {
	// Stall is how long nothing at all may come of a body, or go of an answer; 30 seconds by default.
	Stall time.Duration
	// BytesPerSecond is the rate that a body must keep after its first Stall; 4 KiB by default. A phone on a bad line
	// is faster than that, and 20 MB end after an hour and a half.
	BytesPerSecond int64
}

func (p Patience) orDefault() Patience {
	if p.Stall <= 0 {
		p.Stall = 30 * time.Second
	}
	if p.BytesPerSecond <= 0 {
		p.BytesPerSecond = 4 << 10
	}
	return p
}

// errTooSlow is what a handler gets that reads a body which does not come.
var errTooSlow = echo.NewHTTPError(http.StatusRequestTimeout, "The body came too slowly; send it again on a better connection")

// guard ends bodies and answers that do not move. Streams, which have no body, live as long as each of their writes
// gets through.
func (p Patience) guard(next http.Handler) http.Handler {
	p = p.orDefault()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		control := http.NewResponseController(w)
		// The one before on this connection may have left its deadline.
		_ = control.SetWriteDeadline(time.Time{})
		if r.Body != nil && r.Body != http.NoBody {
			guarded := *r
			guarded.Body = &patientBody{ReadCloser: r.Body, control: control, patience: p}
			r = &guarded
			// For what the handler leaves unread, which the server reads to keep the connection.
			_ = control.SetReadDeadline(time.Now().Add(p.Stall))
		}
		out := &patientWriter{ResponseWriter: w, control: control, stall: p.Stall}
		next.ServeHTTP(out, r)
		out.renew()
	})
}

// patientBody is a request's body whose deadline moves with the bytes that come. A server without deadlines, as in
// tests without a connection, waits for ever.
type patientBody struct {
	io.ReadCloser

	control  *http.ResponseController
	patience Patience
	received int64
	waited   time.Duration
}

func (b *patientBody) Read(into []byte) (int, error) {
	began := time.Now()
	_ = b.control.SetReadDeadline(began.Add(min(b.patience.Stall, b.left())))
	n, err := b.ReadCloser.Read(into)
	b.waited += time.Since(began)
	b.received += int64(n)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return n, errTooSlow
	}
	if err != nil {
		// From the body's end on the server listens on the connection whether the client goes: that may take long.
		_ = b.control.SetReadDeadline(time.Time{})
	}
	return n, err
}

// left is how much longer the body may keep us waiting for what has come of it.
func (b *patientBody) left() time.Duration {
	earned := time.Duration(float64(b.received) / float64(b.patience.BytesPerSecond) * float64(time.Second))
	return b.patience.Stall + earned - b.waited
}

// patientWriter gives each part of an answer the same time to get through.
type patientWriter struct {
	http.ResponseWriter

	control *http.ResponseController
	stall   time.Duration
}

// renew counts twice: before the header goes out the server waits for what a handler left of the body.
func (w *patientWriter) renew() { _ = w.control.SetWriteDeadline(time.Now().Add(2 * w.stall)) }

// WriteHeader sends the header.
func (w *patientWriter) WriteHeader(status int) {
	w.renew()
	w.ResponseWriter.WriteHeader(status)
}

// Write sends a part of the answer.
func (w *patientWriter) Write(part []byte) (int, error) {
	w.renew()
	return w.ResponseWriter.Write(part)
}

// Flush is for handlers that know no http.ResponseController.
func (w *patientWriter) Flush() {
	w.renew()
	_ = w.control.Flush()
}

// Unwrap is for http.ResponseController.
func (w *patientWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
