package api_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
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
