package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"salesbot/api"
	"salesbot/channels/livechat"
	"salesbot/crm"
	"salesbot/db"
	"salesbot/db/dbtest"
)

// BenchmarkLiveMessage is a visitor's message over HTTP, from the request to the answer, one after the other.
func BenchmarkLiveMessage(b *testing.B) {
	for name, url := range map[string]func(testing.TB) string{"sqlite": dbtest.SQLiteURL, "postgres": dbtest.PostgresURL} {
		b.Run(name, func(b *testing.B) {
			base, token := startLive(b, dbtest.Open(b, url(b)))
			var took []time.Duration
			for b.Loop() {
				begin := time.Now()
				body := fmt.Sprintf(`{"client_id":%q,"text":"Hi"}`, uuid.NewString())
				require.Equal(b, http.StatusOK, post(b, base+"messages", token, body, nil))
				took = append(took, time.Since(begin))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
		})
	}
}

// startLive gives the address of a live chat and a visitor's token.
func startLive(b *testing.B, store *db.Store) (base, token string) {
	b.Helper()
	var channel crm.Channel
	require.NoError(b, store.Change(b.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		channel, err = tx.CreateChannel(ctx, crm.Actor{Kind: crm.BySystem}, crm.Channel{Kind: livechat.Kind, Name: "Shop", IsActive: true}, nil)
		return err
	}))
	server := api.New(api.Deps{Store: store, Log: slog.New(slog.DiscardHandler), Live: fast})
	b.Cleanup(server.Close)
	listening := httptest.NewServer(server.Handler())
	b.Cleanup(listening.Close)
	base = fmt.Sprintf("%s/live/%d/", listening.URL, channel.ID)
	var visitor struct{ Token string }
	require.Equal(b, http.StatusOK, post(b, base+"visitors", "", somePage, &visitor))
	return base, visitor.Token
}

func post(b *testing.B, url, token, body string, into any) int {
	request, err := http.NewRequest(http.MethodPost, url, strings.NewReader(body))
	require.NoError(b, err)
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := http.DefaultClient.Do(request)
	require.NoError(b, err)
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	require.NoError(b, err)
	if into != nil {
		require.NoError(b, json.Unmarshal(raw, into))
	}
	return response.StatusCode
}
