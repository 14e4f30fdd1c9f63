package api_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/api"
	"salesbot/api/hooks"
	"salesbot/channels"
	"salesbot/channels/livechat"
	"salesbot/channels/telegram"
	"salesbot/channels/telegram/telegramtest"
	"salesbot/crm"
	"salesbot/db"
	"salesbot/db/dbtest"
)

// The hooks have tests of their own; these say that the server has them, without a login, and answers as everywhere.
func TestHooksAreServed(t *testing.T) {
	t.Parallel()
	fake := telegramtest.New(t)
	kind := telegram.New(telegram.Options{BaseURL: fake.URL})
	store := dbtest.Open(t, dbtest.SQLiteURL(t))
	w := newWorld(t, store, api.Deps{Channels: map[string]channels.Channel{telegram.Kind: kind, livechat.Kind: livechat.Channel{}}})
	secrets := map[string]string{telegram.TokenSecret: telegramtest.Token}
	var channel crm.Channel
	require.NoError(t, store.Change(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		channel, err = tx.CreateChannel(ctx, crm.Actor{Kind: crm.BySystem}, crm.Channel{Kind: telegram.Kind, Name: "Shop", IsActive: true}, secrets)
		return err
	}))
	require.NoError(t, kind.Connect(t.Context(), channels.Account{ID: channel.ID, Secrets: secrets}, w.server.URL+hooks.Path(channel)))
	attempts, err := fake.Say(77, "Hello", nil)
	require.NoError(t, err)
	require.Equal(t, 1, attempts)
	chat, err := store.VisitorChat(t.Context(), channel.ID, "77")
	require.NoError(t, err)
	require.NotNil(t, chat)

	w.send("POST", hooks.Path(channel), `{}`, nil).refused(401, "unauthorized", "")
	w.send("POST", "/hooks/telegram/999", `{}`, nil).refused(404, "not_found", "")
	w.send("POST", "/hooks/livechat/999", `{}`, nil).refused(404, "not_found", "")
	w.send("POST", hooks.Path(channel), `{"x":"`+strings.Repeat("x", 3<<20)+`"}`, nil).refused(413, "too_large", "")
}
