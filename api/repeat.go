package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"maps"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"salesbot/crm"
	"salesbot/db"
)

// Repeat says what a POST does that is sent a second time.
type Repeat string

// What a repeated POST does.
const (
	// Keyed: with an Idempotency-Key the second one does nothing and gets the first one's answer.
	Keyed Repeat = "keyed"
	// Harmless: the second one changes nothing that the first has not.
	Harmless Repeat = "harmless"
	// Another: the second one makes another, or is refused. Such an answer holds a secret that is kept nowhere, or the
	// request is a stream, or it calls a provider after the commit.
	Another Repeat = "another"
)

const (
	keyName = "Idempotency-Key"
	// repeatedName marks an answer that was kept.
	repeatedName = "Idempotency-Replayed"
	maxKey       = 255
)

// keyHeader describes the header.
type keyHeader struct {
	Key string `header:"Idempotency-Key" maxLength:"255" description:"Made by the caller, such as a UUID, and the same for every attempt at this request. Within 24 hours the same user's or token's request with the same key and body is not carried out again but gets the first one's answer, with the header Idempotency-Replayed. 422 (key_reused) if the key came with another request, 409 (in_progress) while the first is being carried out. A refused request leaves its key unused."`
}

// once carries an operation out so that its answer is ready before anything of it is sent, and, if the request has an
// idempotency key, never a second time.
func (s *Server) once(op Operation, handler echo.HandlerFunc) echo.HandlerFunc {
	switch op.Repeat {
	case Keyed:
	case Another:
		return withoutKey(handler)
	default:
		return handler
	}
	return func(c echo.Context) error {
		key, err := keyOf(c.Request().Header)
		if err != nil {
			return err
		}
		if key == "" && op.Settle == nil {
			return handler(c)
		}
		answer, err := s.carryOut(c, key, handler)
		if err != nil {
			return err
		}
		if op.Settle != nil {
			if err := op.Settle(c); err != nil {
				return err
			}
		}
		maps.Copy(c.Response().Header(), answer.Header)
		c.Response().WriteHeader(answer.Status)
		_, err = c.Response().Write(answer.Body)
		return err
	}
}

// withoutKey refuses a key, whose sender would trust in it.
func withoutKey(handler echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if len(c.Request().Header.Values(keyName)) > 0 {
			return crm.FieldError(keyName, "this operation can't keep its answer, so it takes no key; look whether the first request was carried out before you repeat it")
		}
		return handler(c)
	}
}

func (s *Server) carryOut(c echo.Context, key string, handler echo.HandlerFunc) (db.Answer, error) {
	body, err := readBody(c.Request())
	if err != nil {
		return db.Answer{}, err
	}
	ctx := c.Request().Context()
	do := func(ctx context.Context) (db.Answer, error) { return record(ctx, c, body, handler) }
	if key == "" {
		return do(ctx)
	}
	attempt := db.Attempt{Owner: callerOf(ctx).owner(), Key: key, Request: fingerprintOf(c.Request(), body)}
	answer, repeated, err := s.Store.Once(ctx, attempt, do)
	if repeated {
		c.Response().Header().Set(repeatedName, "true")
	}
	return answer, err
}

// keyOf reads the key, which may stand in quotes as in the IETF's draft; empty without one.
func keyOf(header http.Header) (string, error) {
	values := header.Values(keyName)
	if len(values) == 0 {
		return "", nil
	}
	key := values[0]
	if inner, ok := strings.CutPrefix(key, `"`); ok {
		key, ok = strings.CutSuffix(inner, `"`)
		if !ok {
			key = ""
		}
	}
	odd := func(r rune) bool { return r <= ' ' || r > '~' || r == '"' }
	if len(values) > 1 || key == "" || len(key) > maxKey || strings.ContainsFunc(key, odd) {
		return "", crm.FieldError(keyName, "must be one key of 1 to %d visible ASCII characters without quotes, such as a UUID", maxKey)
	}
	return key, nil
}

// fingerprintOf tells one request from another, whoever sends it.
func fingerprintOf(r *http.Request, body []byte) string {
	sum := sha256.New()
	_, _ = io.WriteString(sum, r.Method+" "+r.URL.RequestURI()+"\n")
	_, _ = sum.Write(body)
	return hex.EncodeToString(sum.Sum(nil))
}

// recorder is a response that is kept.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) WriteHeader(status int)      { r.status = status }
func (r *recorder) Write(p []byte) (int, error) { return r.body.Write(p) }

// record runs the handler and keeps its answer instead of sending it.
func record(ctx context.Context, c echo.Context, body []byte, handler echo.HandlerFunc) (db.Answer, error) {
	request, response := c.Request(), c.Response()
	defer func() {
		c.SetRequest(request)
		c.SetResponse(response)
	}()
	kept := &recorder{header: http.Header{}, status: http.StatusOK}
	again := request.WithContext(ctx)
	again.Body = io.NopCloser(bytes.NewReader(body))
	c.SetRequest(again)
	c.SetResponse(echo.NewResponse(kept, c.Echo()))
	if err := handler(c); err != nil {
		return db.Answer{}, err
	}
	return db.Answer{Status: kept.status, Header: kept.header, Body: kept.body.Bytes()}, nil
}
