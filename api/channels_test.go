package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/api"
	"salesbot/channels"
	"salesbot/crm"
	"salesbot/db"
	"salesbot/db/dbtest"
)

// provider is a channel kind whose provider the test plays.
type provider struct {
	kind  string
	local bool
	// refuse is what the provider answers to a connection.
	mu     sync.Mutex
	refuse error
	hooks  []string
	last   channels.Account
}

func (p *provider) Kind() string { return p.kind }
func (p *provider) Capabilities() channels.Capabilities {
	return channels.Capabilities{Local: p.local, Buttons: 3, MakesLeads: true}
}

func (p *provider) Validate(settings json.RawMessage, secrets channels.Secrets) error {
	var s map[string]any
	if len(settings) > 0 && json.Unmarshal(settings, &s) != nil {
		return crm.FieldError("settings", "must be an object")
	}
	if !p.local && secrets["token"] == "" {
		return crm.FieldError("secrets.token", "is missing")
	}
	return nil
}

func (p *provider) Receive(channels.Account, http.Header, []byte) ([]channels.Inbound, error) {
	return nil, nil
}

func (p *provider) Send(context.Context, channels.Account, channels.Outbound) (channels.Receipt, error) {
	return channels.Receipt{}, nil
}

func (p *provider) Connect(_ context.Context, account channels.Account, hook string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hooks, p.last = append(p.hooks, hook), account
	return p.refuse
}

func (p *provider) Disconnect(context.Context, channels.Account) error { return nil }

func eachChannelWorld(t *testing.T, test func(w *world, far *provider)) {
	t.Helper()
	dbtest.EachDB(t, func(t *testing.T, store *db.Store) {
		far := &provider{kind: "far"}
		test(newWorld(t, store, api.Deps{Channels: map[string]channels.Channel{"near": &provider{kind: "near", local: true}, "far": far}}), far)
	})
}

func TestChannelsKeepTheirSecrets(t *testing.T) {
	t.Parallel()
	eachChannelWorld(t, func(w *world, far *provider) {
		w.call("POST", "/api/v4/channels", `{"kind":"pigeon","name":"x"}`).refused(400, "invalid", "kind")
		w.call("POST", "/api/v4/channels", `{"kind":"far","name":"x"}`).refused(400, "invalid", "secrets.token")
		w.call("POST", "/api/v4/channels", `{"kind":"near","name":""}`).refused(400, "invalid", "name")
		w.call("POST", "/api/v4/channels", `{"kind":"near","name":"x","pipeline_id":9}`).refused(400, "invalid", "pipeline_id")
		w.call("GET", "/api/v4/channels", "").want(204)

		r := w.call("POST", "/api/v4/channels", `{"kind":"far","name":"Shop","secrets":{"token":"t0p-secret"},"settings":{"a":1}}`)
		made := r.want(201)
		require.NotContains(w.t, string(r.body), "t0p-secret")
		require.Equal(w.t, []any{"token"}, made["secret_names"])
		require.Equal(w.t, true, made["is_active"])
		require.Equal(w.t, []string{w.server.URL + "/hooks/far/1"}, far.hooks)
		require.Equal(w.t, channels.Secrets{"token": "t0p-secret"}, far.last.Secrets)

		row, err := w.store.Channel(w.t.Context(), 1)
		require.NoError(w.t, err)
		require.NotContains(w.t, string(row.Secrets), "t0p-secret", "sealed in the database")
		require.NotZero(w.t, row.SourceID)

		w.call("PATCH", "/api/v4/channels/1", `{"secrets":{"second":"x"}}`).want(200)
		require.Equal(w.t, channels.Secrets{"token": "t0p-secret", "second": "x"}, far.last.Secrets)
		w.call("PATCH", "/api/v4/channels/1", `{"secrets":{"token":""}}`).refused(400, "invalid", "secrets.token")
		w.call("PATCH", "/api/v4/channels/1", `{"kind":"near"}`).refused(400, "invalid", "kind")

		far.refuse = errors.New("the provider does not know this token")
		again := w.call("PATCH", "/api/v4/channels/1", `{"secrets":{"token":"other"}}`).want(200)
		require.Equal(w.t, far.refuse.Error(), again["connect_error"])
		require.Equal(w.t, false, again["is_active"])
		w.call("DELETE", "/api/v4/channels/1", "").want(204)
	})
}

func TestAnotherKeyOpensNoSecrets(t *testing.T) {
	t.Parallel()
	url := dbtest.SQLiteURL(t)
	store := dbtest.Open(t, url)
	require.NoError(t, store.Change(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.CreateChannel(ctx, crm.Actor{}, crm.Channel{Kind: "far", Name: "x"}, map[string]string{"token": "secret"})
		return err
	}))
	for key, message := range map[string]string{"another key of exactly 32 bytes.": "not the one it was sealed with", "": "without a key"} {
		other, err := db.Open(t.Context(), db.Options{URL: url, Key: []byte(key)})
		require.NoError(t, err)
		channel, err := other.Channel(t.Context(), 1)
		require.NoError(t, err)
		_, err = other.OpenSecrets(channel)
		require.ErrorContains(t, err, message)
		require.NoError(t, other.Close())
	}
	_, err := db.Open(t.Context(), db.Options{URL: url, Key: []byte("short")})
	require.ErrorContains(t, err, "32")
}

func TestSources(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(w *world) {
		w.call("GET", "/api/v4/sources", "").want(204)
		w.call("GET", "/api/v4/sources/1", "").want(204)
		added := w.call("POST", "/api/v4/sources", `[{"name":"Shop","external_id":"shop"},{"name":"Fair","external_id":"fair","request_id":"q"}]`).want(200)
		require.Equal(w.t, "0", at(added, "_embedded", "sources", 0, "request_id"))
		require.Equal(w.t, "q", at(added, "_embedded", "sources", 1, "request_id"))
		w.call("POST", "/api/v4/sources", `[{"name":"x","external_id":"x"},{"name":"Again","external_id":"shop"}]`).refused(400, "invalid", "external_id")
		w.call("POST", "/api/v4/sources", `[{"name":"x","external_id":"ü"}]`).refused(400, "invalid", "external_id")
		w.call("POST", "/api/v4/sources", `[]`).refused(400, "invalid", "body")
		found := w.call("GET", "/api/v4/sources?filter[external_id][]=fair", "").want(200)
		require.Len(w.t, at(found, "_embedded", "sources"), 1)
		require.Equal(w.t, "Big fair", w.call("PATCH", "/api/v4/sources/2", `{"name":"Big fair"}`).want(200)["name"])
		w.call("DELETE", "/api/v4/sources/2", "").want(204)
		w.call("DELETE", "/api/v4/sources/2", "").refused(404, "not_found", "")
	})
}
