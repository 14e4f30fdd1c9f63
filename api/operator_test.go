package api_test

import (
	"compress/gzip"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/api"
	"salesbot/db/dbtest"
)

// A worker alone tells how it is, and shows its metrics to administrators; it has no API.
func TestAWorkersServerTellsHowItIsAndNothingElse(t *testing.T) {
	t.Parallel()
	metrics := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "some_metric 1") })
	server := api.NewOperator(api.Deps{Store: dbtest.Open(t, dbtest.SQLiteURL(t)), Log: slog.New(slog.DiscardHandler),
		Operator: map[string]http.Handler{"/metrics": metrics}})
	for path, status := range map[string]int{"/healthz": http.StatusOK, "/readyz": http.StatusOK, "/metrics": http.StatusUnauthorized,
		"/api/v4/leads": http.StatusNotFound, "/demo": http.StatusNotFound} {
		answer := httptest.NewRecorder()
		server.Handler().ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
		require.Equal(t, status, answer.Code, path)
	}
}

// Prometheus asks for compressed metrics, and its own library compresses them; the product must not do it again. It compresses
// what it makes itself.
func TestWhatTheOperatorsPagesCompressIsNotCompressedAgain(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("some_metric 1\n", 200)
	page := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		zip := gzip.NewWriter(w)
		_, _ = io.WriteString(zip, long)
		_ = zip.Close()
	})
	w := newWorld(t, dbtest.Open(t, dbtest.SQLiteURL(t)), api.Deps{Operator: map[string]http.Handler{"/metrics": page, "/temporal": page}})
	for _, path := range []string{"/metrics", "/metrics/", "/temporal", "/temporal/namespaces/default"} {
		require.Equal(t, long, w.unzipped(path), path)
	}
	require.Contains(t, w.unzipped("/api/v4/openapi.json"), `"openapi"`)
}

// unzipped asks for a compressed page and gives what is in it.
func (w *world) unzipped(path string) string {
	w.t.Helper()
	request, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.server.URL+path, nil)
	require.NoError(w.t, err)
	request.Header.Set("Authorization", "Bearer "+w.admin)
	request.Header.Set("Accept-Encoding", "gzip")
	answer, err := http.DefaultClient.Do(request)
	require.NoError(w.t, err)
	defer answer.Body.Close()
	require.Equal(w.t, "gzip", answer.Header.Get("Content-Encoding"), path)
	zip, err := gzip.NewReader(answer.Body)
	require.NoError(w.t, err)
	text, err := io.ReadAll(zip)
	require.NoError(w.t, err)
	return string(text)
}
