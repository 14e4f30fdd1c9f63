package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/api"
	"salesbot/crm"
	"salesbot/db"
	"salesbot/db/dbtest"
)

// world is a server with one administrator and one manager, on a database of its own.
type world struct {
	t      *testing.T
	store  *db.Store
	server *httptest.Server
	// admin and manager are bearer tokens.
	admin, manager string
	adminID        int64
	// close stops the server's streams.
	close func()
}

// eachWorld runs the test on both databases.
func eachWorld(t *testing.T, test func(w *world)) {
	t.Helper()
	dbtest.EachDB(t, func(t *testing.T, store *db.Store) { test(newWorld(t, store, api.Deps{})) })
}

func newWorld(t *testing.T, store *db.Store, deps api.Deps) *world {
	t.Helper()
	w := &world{t: t, store: store}
	require.NoError(t, store.Change(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		boss, err := tx.AddUser(ctx, db.NewUser{Name: "Ada", Email: "ada@example.com", Password: "correct horse", Role: crm.Administrator})
		if err != nil {
			return err
		}
		w.adminID = boss.ID
		if _, w.admin, err = tx.AddToken(ctx, crm.Actor{Kind: crm.ByUser, ID: boss.ID}, "tests", crm.Administrator, nil); err != nil {
			return err
		}
		_, w.manager, err = tx.AddToken(ctx, crm.Actor{Kind: crm.ByUser, ID: boss.ID}, "tests", crm.Manager, nil)
		return err
	}))
	w.serve(deps)
	return w
}

// serve starts a server on the world's store.
func (w *world) serve(deps api.Deps) {
	deps.Store, deps.Log = w.store, slog.New(slog.DiscardHandler)
	server := api.New(deps)
	w.server = httptest.NewServer(server.Handler())
	w.t.Cleanup(w.server.Close)
	w.t.Cleanup(server.Close)
	w.close = server.Close
}

// reply is an answer, read to its end.
type reply struct {
	*http.Response
	body []byte
	t    *testing.T
}

// call sends a request as the administrator; body is JSON text, or nothing.
func (w *world) call(method, path, body string) reply {
	return w.send(method, path, body, map[string]string{"Authorization": "Bearer " + w.admin})
}

func (w *world) send(method, path, body string, header map[string]string) reply {
	w.t.Helper()
	request, err := http.NewRequestWithContext(w.t.Context(), method, w.server.URL+path, strings.NewReader(body))
	require.NoError(w.t, err)
	for name, value := range header {
		request.Header.Set(name, value)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	response, err := client.Do(request)
	require.NoError(w.t, err)
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(response.Body)
	require.NoError(w.t, err)
	requirePassingDescribed(w.t, method, path, response)
	return reply{Response: response, body: data, t: w.t}
}

// want checks the status and returns the answer as JSON; nil without a body.
func (r reply) want(status int) map[string]any {
	r.t.Helper()
	require.Equal(r.t, status, r.StatusCode, string(r.body))
	if len(bytes.TrimSpace(r.body)) == 0 || !strings.Contains(r.Header.Get("Content-Type"), "json") {
		return nil
	}
	var into map[string]any
	require.NoError(r.t, json.Unmarshal(r.body, &into), string(r.body))
	return into
}

// refused checks that the answer is a problem with that status and code whose first error names the field; "" for none.
func (r reply) refused(status int, code, field string) {
	r.t.Helper()
	problem := r.want(status)
	require.Equal(r.t, "application/problem+json", r.Header.Get("Content-Type"))
	require.Equal(r.t, code, problem["code"])
	require.NotEmpty(r.t, problem["detail"])
	if field == "" {
		return
	}
	require.Equal(r.t, field, at(problem, "validation-errors", 0, "errors", 0, "path"))
}

// at walks into decoded JSON by keys and indexes; nil if the way ends early.
func at(value any, path ...any) any {
	for _, step := range path {
		switch step := step.(type) {
		case string:
			object, _ := value.(map[string]any)
			value = object[step]
		case int:
			list, _ := value.([]any)
			if step >= len(list) {
				return nil
			}
			value = list[step]
		}
	}
	return value
}
