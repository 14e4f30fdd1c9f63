package telegram_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/channels"
	"salesbot/channels/telegram"
	"salesbot/channels/telegram/telegramtest"
	"salesbot/crm"
)

const ann = 77

// png begins like a picture.
const png = "\x89PNG\r\n\x1a\n"

func account() channels.Account {
	return channels.Account{ID: 1, Secrets: channels.Secrets{telegram.TokenSecret: telegramtest.Token}}
}

func start(t *testing.T) (*telegramtest.Server, *telegram.Channel) {
	t.Helper()
	server := telegramtest.New(t)
	server.AddChat(ann)
	return server, telegram.New(telegram.Options{BaseURL: server.URL})
}

func to(out channels.Outbound) channels.Outbound {
	out.ChatID = fmt.Sprint(ann)
	return out
}

func content(text []byte) func(context.Context) (io.ReadCloser, int64, error) {
	return func(context.Context) (io.ReadCloser, int64, error) {
		return io.NopCloser(bytes.NewReader(text)), int64(len(text)), nil
	}
}

func TestSendText(t *testing.T) {
	t.Parallel()
	server, channel := start(t)
	receipt, err := channel.Send(t.Context(), account(), to(channels.Outbound{Text: "Size?", Buttons: []crm.Button{
		{ID: "1.s", Text: "Small"}, {ID: "1.m", Text: "Medium"}, {ID: "1.l", Text: "Large"}, {ID: "1.x", Text: "XL"},
		{Text: "See the table of all sizes", URL: "https://example.org/sizes"}, {ID: "1.n", Text: "None"},
	}}))
	require.NoError(t, err)
	require.Equal(t, "101", receipt.MessageID)
	calls := server.Calls("sendMessage")
	require.Len(t, calls, 1)
	require.Equal(t, "Size?", calls[0].Params["text"])
	markup, err := json.Marshal(calls[0].Params["reply_markup"])
	require.NoError(t, err)
	require.JSONEq(t, `{"inline_keyboard":[
		[{"text":"Small","callback_data":"1.s"},{"text":"Medium","callback_data":"1.m"},{"text":"Large","callback_data":"1.l"}],
		[{"text":"XL","callback_data":"1.x"}],
		[{"text":"See the table of all sizes","url":"https://example.org/sizes"}],
		[{"text":"None","callback_data":"1.n"}]]}`, string(markup))
}

func TestSendFiles(t *testing.T) {
	t.Parallel()
	for kind, method := range map[string]string{"picture": "sendPhoto", "video": "sendVideo", "audio": "sendAudio", "voice": "sendVoice", "file": "sendDocument"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			server, channel := start(t)
			parameter := strings.ToLower(strings.TrimPrefix(method, "send"))
			buttons := []crm.Button{{ID: "a", Text: "A"}}
			for _, file := range []channels.OutFile{
				{File: crm.File{Type: kind, Name: "a", URL: "https://example.org/a.pdf"}},
				{File: crm.File{Type: kind, Name: "b.pdf"}, Open: content([]byte(png))},
			} {
				receipt, err := channel.Send(t.Context(), account(), to(channels.Outbound{Text: "Look", Buttons: buttons, Files: []channels.OutFile{file}}))
				require.NoError(t, err)
				require.NotEmpty(t, receipt.MessageID)
			}
			calls := server.Calls(method)
			require.Len(t, calls, 2)
			require.Equal(t, "https://example.org/a.pdf", calls[0].Params[parameter])
			require.Equal(t, []byte(png), calls[1].Files[parameter])
			for _, call := range calls {
				require.Equal(t, "Look", call.Params["caption"])
				require.NotNil(t, call.Params["reply_markup"])
			}
		})
	}
}

func TestWhatTelegramCanNotPlayIsADocument(t *testing.T) {
	t.Parallel()
	for name, file := range map[string]crm.File{
		"a drawing":      {Type: "picture", Name: "a.svg", MIME: "image/svg+xml"},
		"a large photo":  {Type: "picture", Name: "a.png", MIME: "image/png", Size: 11 << 20},
		"a film":         {Type: "video", Name: "a.mov", MIME: "video/quicktime"},
		"a sound":        {Type: "audio", Name: "a.wav", MIME: "audio/wave"},
		"a voice in WAV": {Type: "voice", Name: "a.wav", MIME: "audio/wave"},
	} {
		server, channel := start(t)
		_, err := channel.Send(t.Context(), account(), to(channels.Outbound{Files: []channels.OutFile{{File: file, Open: content([]byte("<svg/>"))}}}))
		require.NoError(t, err, name)
		require.Len(t, server.Calls("sendDocument"), 1, name)
	}
}

func TestAFileThatTelegramWillNotFetchBecomesALink(t *testing.T) {
	t.Parallel()
	server, channel := start(t)
	_, err := channel.Send(t.Context(), account(), to(channels.Outbound{Text: "The offer", Files: []channels.OutFile{
		{File: crm.File{Type: "file", URL: "https://example.org/offer.docx"}}}}))
	require.NoError(t, err)
	require.Equal(t, "The offer\nhttps://example.org/offer.docx", server.Calls("sendMessage")[0].Params["text"])
}

func TestEveryFittedMessageIsAccepted(t *testing.T) {
	t.Parallel()
	server, channel := start(t)
	many := make([]crm.Button, 13)
	for i := range many {
		many[i] = crm.Button{ID: strings.Repeat("x", 60) + fmt.Sprint(i), Text: strings.Repeat("long title ", i+1)}
	}
	picture := channels.OutFile{File: crm.File{Type: "picture", Name: "p.png"}, Open: content([]byte(png))}
	parts := channels.Fit(to(channels.Outbound{Text: strings.Repeat("Слово. ", 2000), Buttons: many,
		Files: []channels.OutFile{picture, picture}}), channel.Capabilities())
	for _, part := range parts {
		_, err := channel.Send(t.Context(), account(), part)
		require.NoError(t, err)
	}
	require.Len(t, server.Calls("sendPhoto"), 2)
	require.Len(t, server.Calls("sendMessage"), 4)
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	text := to(channels.Outbound{Text: "Hello"})
	for name, test := range map[string]struct {
		prepare func(*telegramtest.Server)
		out     channels.Outbound
		want    channels.SendError
	}{
		"an unknown chat": {nil, channels.Outbound{ChatID: "5", Text: "Hello"},
			channels.SendError{Code: "400", Message: "Telegram: Bad Request: chat not found", Permanent: true}},
		"an empty text": {nil, to(channels.Outbound{}),
			channels.SendError{Code: "400", Message: "Telegram: Bad Request: message text is empty", Permanent: true}},
		"a text that is too long": {nil, to(channels.Outbound{Text: strings.Repeat("x", 4097)}),
			channels.SendError{Code: "400", Message: "Telegram: Bad Request: message is too long", Permanent: true}},
		"a blocked bot": {func(s *telegramtest.Server) { s.Block(ann, true) }, text,
			channels.SendError{Code: "403", Message: "Telegram: Forbidden: bot was blocked by the user", Permanent: true, Blocked: true}},
		"a rate limit": {func(s *telegramtest.Server) { s.LimitNext(7) }, text,
			channels.SendError{Code: "429", Message: "Telegram: Too Many Requests: retry after 7", RetryAfter: 7 * time.Second}},
		"a server in trouble": {func(s *telegramtest.Server) { s.FailNext(502) }, text,
			channels.SendError{Code: "502", Message: "Telegram: Bad Gateway"}},
		"a button's id of 65 bytes": {nil, to(channels.Outbound{Text: "Q", Buttons: []crm.Button{{ID: strings.Repeat("x", 65), Text: "A"}}}),
			channels.SendError{Code: "bad_button", Message: `the id of the button "A" must have 1 to 64 bytes`, Permanent: true}},
		"a chat that is no number": {nil, channels.Outbound{ChatID: "ann", Text: "Hello"},
			channels.SendError{Code: "bad_chat", Message: `"ann" is not the id of a Telegram chat`, Permanent: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, channel := start(t)
			if test.prepare != nil {
				test.prepare(server)
			}
			_, err := channel.Send(t.Context(), account(), test.out)
			var got *channels.SendError
			require.ErrorAs(t, err, &got)
			require.Equal(t, test.want, *got)
			require.Empty(t, server.Calls("sendMessage"))
		})
	}
}

func TestAWrongTokenIsPermanentAndStaysSecret(t *testing.T) {
	t.Parallel()
	_, channel := start(t)
	_, err := channel.Send(t.Context(), channels.Account{Secrets: channels.Secrets{telegram.TokenSecret: "9:other"}}, to(channels.Outbound{Text: "Hello"}))
	var got *channels.SendError
	require.ErrorAs(t, err, &got)
	require.True(t, got.Permanent)
	require.NotContains(t, got.Message, "other")
}

func TestAConnectionThatBreaksBeforeTheRequestMayBeRepeated(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := listener.Addr().String()
	require.NoError(t, listener.Close())
	_, err = telegram.New(telegram.Options{BaseURL: "http://" + address}).Send(t.Context(), account(), to(channels.Outbound{Text: "Hello"}))
	var got *channels.SendError
	require.ErrorAs(t, err, &got)
	require.False(t, got.Permanent)
	require.False(t, got.Unknown)
	require.NotContains(t, got.Message, telegramtest.Token)
}

func TestAConnectionThatBreaksAfterwardsLeavesTheOutcomeUnknown(t *testing.T) {
	t.Parallel()
	server, channel := start(t)
	server.HangUpNext()
	_, err := channel.Send(t.Context(), account(), to(channels.Outbound{Text: "Hello"}))
	var got *channels.SendError
	require.ErrorAs(t, err, &got)
	require.True(t, got.Unknown)
	require.False(t, got.Permanent)
	require.Len(t, server.Calls("sendMessage"), 1, "it had arrived")
}

func TestAnAnswerThatIsNotTelegramsLeavesTheOutcomeUnknown(t *testing.T) {
	t.Parallel()
	server, _ := start(t)
	portal := telegram.New(telegram.Options{BaseURL: server.URL, Client: &http.Client{Transport: portal{}}})
	_, err := portal.Send(t.Context(), account(), to(channels.Outbound{Text: "Hello"}))
	var got *channels.SendError
	require.ErrorAs(t, err, &got)
	require.True(t, got.Unknown)
}

// portal answers everything with a page of its own, as hotels do.
type portal struct{}

func (portal) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Header: http.Header{}}, nil
}

func TestShowTyping(t *testing.T) {
	t.Parallel()
	server, channel := start(t)
	require.NoError(t, channel.ShowTyping(t.Context(), account(), fmt.Sprint(ann)))
	require.Len(t, server.Calls("sendChatAction"), 1)
}
