package telegram_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/channels"
	"salesbot/channels/telegram"
	"salesbot/channels/telegram/telegramtest"
	"salesbot/crm"
)

// heard connects a webhook that keeps what it hears; it refuses the first deliveries if told so.
func heard(t *testing.T, refuse int) (*telegramtest.Server, *telegram.Channel, func() []channels.Inbound) {
	t.Helper()
	server, channel := start(t)
	var all []channels.Inbound
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if refuse > 0 {
			refuse--
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		body, _ := io.ReadAll(r.Body)
		in, err := channel.Receive(account(), r.Header, body)
		if err != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		all = append(all, in...)
	}))
	t.Cleanup(hook.Close)
	require.NoError(t, channel.Connect(t.Context(), account(), hook.URL))
	return server, channel, func() []channels.Inbound { return all }
}

var (
	annProfile = crm.Profile{Name: "Ann Lee", FirstName: "Ann", LastName: "Lee", Username: "annlee", Language: "en"}
	sentAt     = time.Unix(1700000000, 0).UTC()
)

func TestReceiveMessages(t *testing.T) {
	t.Parallel()
	media := func(more map[string]any) map[string]any {
		object := map[string]any{"file_id": "F1", "file_unique_id": "u1", "file_size": 10}
		for name, value := range more {
			object[name] = value
		}
		return object
	}
	small := map[string]any{"file_id": "F0", "file_size": 1}
	for name, test := range map[string]struct {
		text string
		more map[string]any
		want crm.Inbound
	}{
		"text":  {"Hello", nil, crm.Inbound{Text: "Hello"}},
		"start": {"/start promo_7", nil, crm.Inbound{Text: "/start promo_7"}},
		"photo": {"", map[string]any{"photo": []any{small, media(nil)}, "caption": "Mine"}, crm.Inbound{Text: "Mine",
			Files: []crm.File{{Type: "picture", Name: "photo.jpg", MIME: "image/jpeg", URL: "telegram:F1", Size: 10}}}},
		"video": {"", map[string]any{"video": media(map[string]any{"mime_type": "video/quicktime", "file_name": "a.mov"})}, crm.Inbound{
			Files: []crm.File{{Type: "video", Name: "a.mov", MIME: "video/quicktime", URL: "telegram:F1", Size: 10}}}},
		"voice": {"", map[string]any{"voice": media(nil)}, crm.Inbound{
			Files: []crm.File{{Type: "voice", Name: "voice.ogg", MIME: "audio/ogg", URL: "telegram:F1", Size: 10}}}},
		"audio": {"", map[string]any{"audio": media(nil)}, crm.Inbound{
			Files: []crm.File{{Type: "audio", Name: "audio.mp3", MIME: "audio/mpeg", URL: "telegram:F1", Size: 10}}}},
		"round video": {"", map[string]any{"video_note": media(nil)}, crm.Inbound{
			Files: []crm.File{{Type: "video", Name: "video.mp4", MIME: "video/mp4", URL: "telegram:F1", Size: 10}}}},
		"animation": {"", map[string]any{"animation": media(nil), "document": media(nil)}, crm.Inbound{
			Files: []crm.File{{Type: "video", Name: "animation.mp4", MIME: "video/mp4", URL: "telegram:F1", Size: 10}}}},
		"a document that is too large to fetch": {"", map[string]any{"document": map[string]any{"file_id": "F1", "file_name": "film.mkv", "file_size": 21 << 20}},
			crm.Inbound{Files: []crm.File{{Type: "file", Name: "film.mkv", MIME: "application/octet-stream", Size: 21 << 20}}}},
		"sticker": {"", map[string]any{"sticker": media(map[string]any{"emoji": "👍"})}, crm.Inbound{Text: "👍",
			Files: []crm.File{{Type: "picture", Name: "sticker.webp", MIME: "image/webp", URL: "telegram:F1", Size: 10}}}},
		"moving sticker": {"", map[string]any{"sticker": media(map[string]any{"emoji": "👍", "is_video": true})}, crm.Inbound{Text: "👍",
			Files: []crm.File{{Type: "video", Name: "sticker.webm", MIME: "video/webm", URL: "telegram:F1", Size: 10}}}},
		"location": {"", map[string]any{"location": map[string]any{"latitude": 51.5, "longitude": -0.12}},
			crm.Inbound{Text: "https://maps.google.com/?q=51.500000,-0.120000"}},
		"venue": {"", map[string]any{"location": map[string]any{"latitude": 1, "longitude": 2}, "venue": map[string]any{"title": "Cafe", "address": "Road 1"}},
			crm.Inbound{Text: "Cafe\nRoad 1\nhttps://maps.google.com/?q=1.000000,2.000000"}},
		"somebody else's contact": {"", map[string]any{"contact": map[string]any{"phone_number": "+15550100", "first_name": "Bob"}}, crm.Inbound{Text: "+15550100"}},
		"the own contact": {"", map[string]any{"contact": map[string]any{"phone_number": "+15550100", "first_name": "Ann", "user_id": ann}},
			crm.Inbound{Text: "+15550100", Profile: crm.Profile{Name: "Ann Lee", FirstName: "Ann", LastName: "Lee", Username: "annlee", Language: "en", Phone: "+15550100"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, _, all := heard(t, 0)
			_, err := server.Say(ann, test.text, test.more)
			require.NoError(t, err)
			want := test.want
			want.Kind, want.ChatID, want.MessageID, want.At = crm.InMessage, "77", "101", sentAt
			if want.Profile == (crm.Profile{}) {
				want.Profile = annProfile
			}
			require.Equal(t, []channels.Inbound{want}, all())
		})
	}
}

func TestReceiveIsRepeatedUntilItSucceeds(t *testing.T) {
	t.Parallel()
	server, _, all := heard(t, 2)
	attempts, err := server.Say(ann, "Hello", nil)
	require.NoError(t, err)
	require.Equal(t, 3, attempts)
	require.Len(t, all(), 1)
}

func TestATapIsReadAndAcknowledged(t *testing.T) {
	t.Parallel()
	server, channel, all := heard(t, 0)
	_, err := channel.Send(t.Context(), account(), to(channels.Outbound{Text: "Sure?", Buttons: []crm.Button{{ID: "3.yes", Text: "Yes, please"}}}))
	require.NoError(t, err)
	_, err = server.Tap(ann, 101, "3.yes")
	require.NoError(t, err)
	require.Len(t, all(), 1)
	in := all()[0]
	require.Equal(t, crm.Inbound{Kind: crm.InMessage, ChatID: "77", MessageID: "tap-q102", Profile: annProfile,
		Text: "Yes, please", Button: "3.yes", At: in.At, Ack: "q102"}, in)
	require.NoError(t, channel.Acknowledge(t.Context(), account(), all()))
	require.Len(t, server.Calls("answerCallbackQuery"), 1)
	require.NoError(t, channel.Acknowledge(t.Context(), account(), all()), "a second one is too late, which is no harm")
	server.FailNext(http.StatusBadGateway)
	require.Error(t, channel.Acknowledge(t.Context(), account(), all()))
}

func TestReceiveEditsAndBlocks(t *testing.T) {
	t.Parallel()
	server, _, all := heard(t, 0)
	from := map[string]any{"id": ann, "first_name": "Ann"}
	private := map[string]any{"id": ann, "type": "private"}
	_, err := server.Deliver("edited_message", map[string]any{"message_id": 5, "from": from, "chat": private, "date": 1, "edit_date": 1700000000, "text": "Better"})
	require.NoError(t, err)
	for _, status := range []string{"kicked", "member", "administrator"} {
		_, err := server.Deliver("my_chat_member", map[string]any{"chat": private, "from": from, "date": 1700000000, "new_chat_member": map[string]any{"status": status}})
		require.NoError(t, err)
	}
	profile := crm.Profile{Name: "Ann", FirstName: "Ann"}
	require.Equal(t, []channels.Inbound{
		{Kind: crm.InEdit, ChatID: "77", MessageID: "5", Profile: profile, Text: "Better", At: sentAt},
		{Kind: crm.InBlocked, ChatID: "77", Profile: profile, At: sentAt},
		{Kind: crm.InBack, ChatID: "77", Profile: profile, At: sentAt},
	}, all())
}

func TestReceiveIgnoresWhatIsNoClient(t *testing.T) {
	t.Parallel()
	server, _, all := heard(t, 0)
	for _, message := range []map[string]any{
		{"message_id": 1, "from": map[string]any{"id": 5}, "chat": map[string]any{"id": -5, "type": "group"}, "text": "Hello all"},
		{"message_id": 2, "from": map[string]any{"id": 6, "is_bot": true}, "chat": map[string]any{"id": 6, "type": "private"}, "text": "I am a bot"},
		{"message_id": 3, "from": map[string]any{"id": 7}, "chat": map[string]any{"id": 7, "type": "private"}, "pinned_message": map[string]any{}},
	} {
		_, err := server.Deliver("message", message)
		require.NoError(t, err)
	}
	require.Empty(t, all())
}

func TestReceiveRefusesWhatIsNotFromTelegram(t *testing.T) {
	t.Parallel()
	_, channel := start(t)
	for _, secret := range []string{"", "wrong"} {
		_, err := channel.Receive(account(), http.Header{"X-Telegram-Bot-Api-Secret-Token": {secret}}, []byte(`{}`))
		require.Equal(t, crm.Unauthorized, crm.CodeOf(err))
	}
}

func TestReceiveRefusesBadJSON(t *testing.T) {
	t.Parallel()
	server, channel := start(t)
	var secret string
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { secret = r.Header.Get("X-Telegram-Bot-Api-Secret-Token") }))
	t.Cleanup(hook.Close)
	require.NoError(t, channel.Connect(t.Context(), account(), hook.URL))
	_, err := server.Say(ann, "Hello", nil)
	require.NoError(t, err)
	for _, body := range []string{"", "{", `{"message":"text"}`, `[]`} {
		_, err := channel.Receive(account(), http.Header{"X-Telegram-Bot-Api-Secret-Token": {secret}}, []byte(body))
		require.Equal(t, crm.Invalid, crm.CodeOf(err), body)
	}
}

func TestFetch(t *testing.T) {
	t.Parallel()
	server, channel := start(t)
	server.AddFile("F1", []byte("picture"))
	server.AddFile("F2", make([]byte, 20<<20+1))
	content, size, err := channel.Fetch(t.Context(), account(), crm.File{URL: "telegram:F1"})
	require.NoError(t, err)
	defer content.Close()
	got, err := io.ReadAll(content)
	require.NoError(t, err)
	require.Equal(t, []byte("picture"), got)
	require.EqualValues(t, len(got), size)
	for _, address := range []string{"telegram:F2", "telegram:F3", "https://example.org/a.png"} {
		_, _, err := channel.Fetch(t.Context(), account(), crm.File{URL: address})
		var refused *channels.SendError
		require.ErrorAs(t, err, &refused)
		require.True(t, refused.Permanent, fmt.Sprint(err))
	}
}

func TestConnect(t *testing.T) {
	t.Parallel()
	server, channel, all := heard(t, 0)
	require.NoError(t, channel.Disconnect(t.Context(), account()))
	_, err := server.Say(ann, "Hello", nil)
	require.NoError(t, err)
	require.Empty(t, all())

	err = channel.Connect(t.Context(), account(), "nowhere")
	require.Equal(t, crm.Invalid, crm.CodeOf(err))
	stranger := channels.Account{Secrets: channels.Secrets{telegram.TokenSecret: "9:other"}}
	var field *crm.Error
	require.ErrorAs(t, channel.Connect(t.Context(), stranger, "https://example.org"), &field)
	require.Equal(t, "secrets.token", field.Field)
	server.FailNext(http.StatusBadGateway)
	require.Empty(t, crm.CodeOf(channel.Connect(t.Context(), account(), "https://example.org")), "a server in trouble is nobody's fault")
}

func TestValidate(t *testing.T) {
	t.Parallel()
	channel := telegram.New(telegram.Options{})
	for name, test := range map[string]struct{ settings, token, field string }{
		"good":            {`{}`, telegramtest.Token, ""},
		"no settings":     {``, telegramtest.Token, ""},
		"an own server":   {`{"base_url":"https://bots.example.org"}`, telegramtest.Token, ""},
		"no token":        {`{}`, "", "secrets.token"},
		"a token's half":  {`{}`, "123456", "secrets.token"},
		"a path in it":    {`{}`, telegramtest.Token + "/../x", "secrets.token"},
		"a bad address":   {`{"base_url":"bots"}`, telegramtest.Token, "settings.base_url"},
		"a wrong type":    {`{"base_url":1}`, telegramtest.Token, "settings"},
		"a misspelt name": {`{"base_ulr":""}`, telegramtest.Token, "settings"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := channel.Validate([]byte(test.settings), channels.Secrets{telegram.TokenSecret: test.token})
			if test.field == "" {
				require.NoError(t, err)
				return
			}
			var refused *crm.Error
			require.ErrorAs(t, err, &refused)
			require.Equal(t, test.field, refused.Field)
		})
	}
}
