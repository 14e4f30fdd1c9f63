package activities

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
	"salesbot/outside"
)

// hush is a secret that looks different in an address and in JSON.
const hush = `s3cr3t/"k&y"+12345`

func (s *scene) keep(name, value string) {
	s.t.Helper()
	s.change(func(ctx context.Context, tx *db.Tx) error { return tx.PutSecret(ctx, crm.Actor{}, name, value) })
}

// open lets the scene call what is served by the handler.
func (s *scene) open(handler http.HandlerFunc) string {
	s.t.Helper()
	server := httptest.NewServer(handler)
	s.t.Cleanup(server.Close)
	s.Outside = outside.Client(outside.Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	return server.URL
}

func TestSecretsAreFilledInWhenTheRequestIsMadeAndNoAnswerTellsThem(t *testing.T) {
	eachScene(t, func(t *testing.T, s *scene) {
		s.keep("shop", hush)
		s.keep("pin", "12345678")
		var got *http.Request
		var body string
		address := s.open(func(w http.ResponseWriter, r *http.Request) {
			raw, _ := io.ReadAll(r.Body)
			got, body = r, string(raw)
			_ = json.NewEncoder(w).Encode(map[string]any{"address": r.URL.String(), "header": r.Header.Get("X-Api-Key"), "body": string(raw), "pin": 12345678,
				hush: 1, "list": []string{"a" + hush, strings.Repeat("x", bot.MaxAnswerText-4) + hush}, "plain": "ok"})
		})
		answer, err := s.calls(bot.Webhook{URL: address + "/x?k={{secret.shop}}", Method: "POST", Headers: map[string]string{"X-Api-Key": "Key {{secret.shop}}"},
			Body: json.RawMessage(`{"key":"{{secret.shop}}","pin":"{{secret.pin}}","text":"{{message_text}}"}`)}, bot.Values{"message_text": {"{{secret.shop}}"}, "secret.shop": {"planted"}})
		require.NoError(t, err)
		require.Equal(t, hush, got.URL.Query().Get("k"))
		require.Equal(t, "Key "+hush, got.Header.Get("X-Api-Key"))
		var sent map[string]string
		require.NoError(t, json.Unmarshal([]byte(body), &sent))
		require.Equal(t, map[string]string{"key": hush, "pin": "12345678", "text": "{{secret.shop}}"}, sent, "a client can't name a secret")
		told, err := json.Marshal(answer)
		require.NoError(t, err)
		requireHushed(t, string(told))
		require.Equal(t, []string{"ok"}, answer.Values["plain"])
		require.Equal(t, []string{"Key [secret shop]"}, answer.Values["header"])
		require.Equal(t, []string{"[secret pin]"}, answer.Values["pin"])
	})
}

// requireHushed looks for the secret, whole or the beginning of it, in every way in which it may be written.
func requireHushed(t *testing.T, text string) {
	t.Helper()
	for _, piece := range []string{"s3cr3t", "12345678", `+12345`, "%2B12345"} {
		require.NotContains(t, text, piece)
	}
}

func TestNoErrorOfAWebhookTellsASecret(t *testing.T) {
	eachScene(t, func(t *testing.T, s *scene) {
		s.keep("shop", hush)
		s.keep("port", "s3cr3t-port")
		address := s.open(func(w http.ResponseWriter, r *http.Request) {
			key := r.URL.Query().Get("k")
			switch r.URL.Path {
			case "/status":
				hijacked, buffer, _ := http.NewResponseController(w).Hijack()
				_, _ = buffer.WriteString("HTTP/1.1 418 " + key + "\r\nContent-Length: 0\r\n\r\n")
				_ = buffer.Flush()
				_ = hijacked.Close()
			case "/broken":
				hijacked, _, _ := http.NewResponseController(w).Hijack()
				_ = hijacked.Close()
			case "/nonsense":
				hijacked, buffer, _ := http.NewResponseController(w).Hijack()
				_, _ = buffer.WriteString(key + " is no HTTP\r\n\r\n")
				_ = buffer.Flush()
				_ = hijacked.Close()
			case "/redirect":
				w.Header().Set("Location", "http://127.0.0.1:"+key+"/")
				w.WriteHeader(http.StatusFound)
			case "/again":
				w.WriteHeader(http.StatusServiceUnavailable)
			}
		})
		for _, url := range []string{
			address + "/status?k={{secret.shop}}", address + "/broken?k={{secret.shop}}", address + "/nonsense?k={{secret.port}}", address + "/redirect?k={{secret.port}}",
			address + "/again?k={{secret.shop}}", "http://127.0.0.1:{{secret.port}}/", "http://192.168.0.1/{{secret.shop}}", "ftp://x.example/{{secret.shop}}",
		} {
			_, err := s.calls(bot.Webhook{URL: url, Method: "GET", Headers: map[string]string{"X-Key": "{{secret.shop}}"}}, nil)
			require.Error(t, err, url)
			requireHushed(t, err.Error())
		}
		_, err := s.calls(bot.Webhook{URL: address, Method: "GET", Headers: map[string]string{"X-Key": "{{secret.gone}}"}}, nil)
		requireRefused(t, err)
		require.ErrorContains(t, err, "no secret gone")
	})
}

func TestARedirectToAnotherHostGetsNoSecretAndNoHeaderOfTheBots(t *testing.T) {
	eachScene(t, func(t *testing.T, s *scene) {
		s.keep("shop", hush)
		var reached http.Header
		other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { reached = r.Header }))
		t.Cleanup(other.Close)
		var same int
		address := s.open(func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/other":
				http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
			case "/same":
				http.Redirect(w, r, "/there", http.StatusTemporaryRedirect)
			case "/there":
				same++
				_, _ = io.WriteString(w, `{"k":"`+r.Header.Get("X-Key")+`"}`)
			}
		})
		with := map[string]string{"X-Key": "Key {{secret.shop}}"}
		_, err := s.calls(bot.Webhook{URL: address + "/other", Method: "POST", Headers: with}, nil)
		requireRefused(t, err)
		require.Nil(t, reached)
		_, err = s.calls(bot.Webhook{URL: address + "/same", Method: "POST", Headers: with}, nil)
		require.NoError(t, err)
		require.Equal(t, 1, same, "within the host it may lead on")
		_, err = s.calls(bot.Webhook{URL: address + "/other", Method: "POST", Headers: map[string]string{"X-Key": "written out", "Content-Type": "text/plain"}}, nil)
		require.NoError(t, err)
		require.NotNil(t, reached)
		require.Empty(t, reached.Get("X-Key"))
		require.Empty(t, reached.Get("Referer"), "the address may hold a key")
		require.Equal(t, "text/plain", reached.Get("Content-Type"))
	})
}

func TestNothingButAWebhookKnowsASecret(t *testing.T) {
	eachScene(t, func(t *testing.T, s *scene) {
		s.keep("shop", hush)
		values, err := s.ReadValues(t.Context(), s.next(bot.ReadValues{Names: []string{"secret.shop"}}, nil))
		require.NoError(t, err)
		require.JSONEq(t, `{}`, string(values))
		s.does(s.AddNote, crm.NewNote{Target: crm.TargetLead, Text: "the key is {{secret.shop}}."}, nil, nil)
		var note crm.Note
		require.NoError(t, s.Store.Change(t.Context(), func(ctx context.Context, tx *db.Tx) error { return tx.NewSelect().Model(&note).Limit(1).Scan(ctx) }))
		raw, err := json.Marshal(note)
		require.NoError(t, err)
		require.Contains(t, string(raw), "the key is .")
	})
}
