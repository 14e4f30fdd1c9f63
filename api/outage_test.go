package api_test

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/api"
	"salesbot/api/hooks"
	"salesbot/channels"
	"salesbot/channels/livechat"
	"salesbot/crm"
	"salesbot/db"
	"salesbot/db/dbtest"
)

// Where trying again helps, every door says so in the same way: the API, signing in, the live chat and the hooks.
func TestAnOutageOfTheDatabaseIsSaidToPassAtEveryDoor(t *testing.T) {
	t.Parallel()
	dbtest.EachOutage(t, func(t *testing.T, store *db.Store, outage dbtest.Outage) {
		kinds := map[string]channels.Channel{"deliverer": deliverer{}, livechat.Kind: livechat.Channel{}}
		w := newLiveWorldWith(t, store, "", api.Deps{Widget: widget, Live: fast, Channels: kinds})
		visitor := w.visit(`{}`)
		provider := w.deliverer()
		doors := map[string]func() reply{
			"the API": func() reply { return w.call("POST", "/api/v4/contacts", `[{"name":"A"}]`) },
			"signing in": func() reply {
				return w.send("POST", "/api/session", `{"email":"ada@example.com","password":"correct horse"}`, nil)
			},
			"the live chat": func() reply {
				return w.send("POST", w.path("messages"), fmt.Sprintf(`{"client_id":%q,"text":"Hi"}`, "4dc4b3e5-7ad3-4a37-8c4b-3b8c2a7f1c50"),
					map[string]string{"Authorization": "Bearer " + visitor.token})
			},
			"a hook": func() reply { return w.send("POST", hooks.Path(provider), `{}`, nil) },
		}
		outage.Begin()
		for door, knock := range doors {
			answer := knock()
			require.Equal(t, http.StatusServiceUnavailable, answer.StatusCode, "%s: %s", door, answer.body)
			answer.refused(http.StatusServiceUnavailable, "unavailable", "")
			requireRetryAfter(t, answer)
		}
		require.Eventually(t, func() bool { return w.send("GET", "/readyz", "", nil).StatusCode == http.StatusServiceUnavailable },
			10*time.Second, 20*time.Millisecond)
		requireRetryAfter(t, w.send("GET", "/readyz", "", nil))
		w.send("GET", "/healthz", "", nil).want(http.StatusOK)
		outage.End()
		for door, knock := range doors {
			require.Less(t, knock().StatusCode, 300, door)
		}
		require.Eventually(t, func() bool { return w.send("GET", "/readyz", "", nil).StatusCode == http.StatusOK }, 10*time.Second, 20*time.Millisecond)
	})
}

func requireRetryAfter(t *testing.T, answer reply) {
	t.Helper()
	seconds, err := strconv.Atoi(answer.Header.Get("Retry-After"))
	require.NoError(t, err)
	require.Positive(t, seconds)
}

// deliverer is a channel kind whose every delivery is one message.
type deliverer struct{ livechat.Channel }

func (deliverer) Receive(channels.Account, http.Header, []byte) ([]crm.Inbound, error) {
	return []crm.Inbound{{Kind: crm.InMessage, ChatID: "7", MessageID: "5", Text: "Hi"}}, nil
}

func (w *liveWorld) deliverer() (channel crm.Channel) {
	w.t.Helper()
	require.NoError(w.t, w.store.Change(w.t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		channel, err = tx.CreateChannel(ctx, crm.Actor{Kind: crm.BySystem}, crm.Channel{Kind: "deliverer", Name: "Provider", IsActive: true}, nil)
		return err
	}))
	return channel
}
