package telegram_test

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/channels"
	"salesbot/channels/telegram"
	"salesbot/channels/telegram/telegramtest"
	"salesbot/crm"
)

var (
	replies = []crm.Button{{ID: "1.a", Text: "A"}, {ID: "1.b", Text: "B"}}
	menu    = crm.Button{Text: "Menu", URL: "https://example.org/menu"}
)

// asked is a question that Telegram shows.
func asked(t *testing.T, buttons ...crm.Button) (*telegramtest.Server, *telegram.Channel, string) {
	t.Helper()
	server, channel := start(t)
	receipt, err := channel.Send(t.Context(), account(), to(channels.Outbound{Text: "Which?", Buttons: buttons}))
	require.NoError(t, err)
	return server, channel, receipt.MessageID
}

func number(t *testing.T, id string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(id, 10, 64)
	require.NoError(t, err)
	return n
}

func TestTakingButtonsLeavesTheLinks(t *testing.T) {
	t.Parallel()
	for _, buttons := range [][]crm.Button{replies, append([]crm.Button{menu}, replies...)} {
		server, channel, id := asked(t, buttons...)
		left, shown := channels.Spent(buttons, channel.Capabilities())
		require.True(t, shown)
		for range 2 { // a repeat is no error, although Telegram refuses it
			require.NoError(t, channel.TakeButtons(t.Context(), account(), fmt.Sprint(ann), id, left))
		}
		require.Len(t, server.Calls("editMessageReplyMarkup"), 1)
		if len(left) == 0 {
			require.Nil(t, server.Keyboard(ann, number(t, id)))
			continue
		}
		require.Equal(t, map[string]any{"inline_keyboard": []any{[]any{map[string]any{"text": "Menu", "url": menu.URL}}}}, server.Keyboard(ann, number(t, id)))
	}
}

// What can never be done any more is as good as done; what may pass is told, with the time to wait.
func TestTroubleWithTakingButtons(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		trouble func(server *telegramtest.Server, id int64)
		want    *channels.SendError
	}{
		"can't be edited": {trouble: func(s *telegramtest.Server, id int64) { s.Lock(ann, id) }},
		"was deleted":     {trouble: func(s *telegramtest.Server, id int64) { s.Forget(ann, id) }},
		"flood limit":     {trouble: func(s *telegramtest.Server, _ int64) { s.LimitNext(7) }, want: &channels.SendError{Code: "429", RetryAfter: 7 * time.Second}},
		"down":            {trouble: func(s *telegramtest.Server, _ int64) { s.FailNext(502) }, want: &channels.SendError{Code: "502"}},
		"blocked":         {trouble: func(s *telegramtest.Server, _ int64) { s.Block(ann, true) }, want: &channels.SendError{Code: "403", Permanent: true, Blocked: true}},
		"no answer":       {trouble: func(s *telegramtest.Server, _ int64) { s.HangUpNext() }, want: &channels.SendError{Code: "connection", Unknown: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, channel, id := asked(t, replies...)
			c.trouble(server, number(t, id))
			err := channel.TakeButtons(t.Context(), account(), fmt.Sprint(ann), id, nil)
			if c.want == nil {
				require.NoError(t, err)
				return
			}
			var refused *channels.SendError
			require.ErrorAs(t, err, &refused)
			refused.Message = ""
			require.Equal(t, c.want, refused)
		})
	}
	_, channel := start(t)
	var refused *channels.SendError
	require.ErrorAs(t, channel.TakeButtons(t.Context(), account(), fmt.Sprint(ann), "no number", nil), &refused)
	require.True(t, refused.Permanent)
}

// The fake refuses what Telegram refuses: other people's messages, and keyboards that are none.
func TestTheFakeEditsNoMessageOfTheClients(t *testing.T) {
	t.Parallel()
	server, channel, id := asked(t, replies...)
	_, err := server.Say(ann, "Hello", nil)
	require.NoError(t, err)
	own := fmt.Sprint(number(t, id) + 1)
	require.NoError(t, channel.TakeButtons(t.Context(), account(), fmt.Sprint(ann), own, nil), "it can't be edited, and need not be")
	require.Empty(t, server.Calls("editMessageReplyMarkup"))
	var refused *channels.SendError
	require.ErrorAs(t, channel.TakeButtons(t.Context(), account(), "5", id, nil), &refused)
	require.Contains(t, refused.Message, "chat not found")
	require.ErrorAs(t, channel.TakeButtons(t.Context(), account(), fmt.Sprint(ann), id, []crm.Button{{Text: "Menu", URL: "nowhere"}}), &refused)
	require.Contains(t, refused.Message, "invalid")
	require.NotNil(t, server.Keyboard(ann, number(t, id)))
}
