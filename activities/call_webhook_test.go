package activities

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"salesbot/bot"
	"salesbot/outside"
)

// shop is a service that answers as told and remembers what it got.
type shop struct {
	status int
	answer string
	header http.Header

	got     http.Header
	method  string
	address string
	body    string
}

func (h *shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	h.got, h.method, h.address, h.body = r.Header, r.Method, r.URL.String(), string(body)
	for name, values := range h.header {
		w.Header()[name] = values
	}
	w.WriteHeader(h.status)
	_, _ = io.WriteString(w, h.answer)
}

func openShop(t *testing.T, s *scene, h *shop) string {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	s.Outside = outside.Client(outside.Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	return server.URL
}

func (s *scene) calls(webhook bot.Webhook, vars bot.Values) (bot.WebhookAnswer, error) {
	s.t.Helper()
	var answer bot.WebhookAnswer
	raw, err := s.CallWebhook(s.t.Context(), s.next(webhook, vars))
	if err == nil {
		require.NoError(s.t, json.Unmarshal(raw, &answer))
	}
	return answer, err
}

func TestCallWebhook(t *testing.T) {
	eachScene(t, func(t *testing.T, s *scene) {
		h := &shop{status: 201, answer: `{"order":{"status":"paid","total":12.50},"tags":["a","b"]}`}
		address := openShop(t, s, h)
		s.WebhookSecret = func(context.Context) (string, error) { return "hush", nil }
		answer, err := s.calls(bot.Webhook{
			URL: address + "/x?q={{message_text}}", Method: "PUT", TimeoutSeconds: 5, Headers: map[string]string{"X-Api-Key": "k\r\nX-Evil: {{contact.name}}"},
			Body: json.RawMessage(`{"text":"{{message_text}}","n":1}`),
		}, bot.Values{"message_text": {`a&b "c"`}})
		require.NoError(t, err)
		require.Equal(t, bot.WebhookAnswer{Status: 201, Values: bot.Values{"order.status": {"paid"}, "order.total": {"12.50"}, "tags": {"a", "b"}, "tags.0": {"a"}, "tags.1": {"b"}}}, answer)
		require.Equal(t, "PUT", h.method)
		require.Equal(t, "/x?q=a%26b+%22c%22", h.address)
		require.JSONEq(t, `{"text":"a&b \"c\"","n":1}`, h.body)
		require.Equal(t, "application/json", h.got.Get("Content-Type"))
		require.Equal(t, "k  X-Evil: Ann Lee", h.got.Get("X-Api-Key"))
		require.Equal(t, "run-1.1.0", h.got.Get("Idempotency-Key"))
		mac := hmac.New(sha256.New, []byte("hush"))
		mac.Write([]byte(h.body))
		require.Equal(t, hex.EncodeToString(mac.Sum(nil)), h.got.Get("X-Salesbot-Signature"))
	})
}

func TestCallWebhookBodies(t *testing.T) {
	eachScene(t, func(t *testing.T, s *scene) {
		h := &shop{status: 200, answer: "no JSON"}
		address := openShop(t, s, h)
		answer, err := s.calls(bot.Webhook{URL: address, Method: "POST"}, bot.Values{"message_text": {"hi"}})
		require.NoError(t, err)
		require.Empty(t, answer.Values)
		var payload map[string]any
		require.NoError(t, json.Unmarshal([]byte(h.body), &payload))
		require.Equal(t, "hi", payload["message_text"])
		lead, _ := payload["lead"].(map[string]any)
		require.Equal(t, "Sofa", lead["name"])
		require.InDelta(t, s.lead.ID, lead["id"], 0)
		require.Equal(t, []any{}, lead["tags"])
		require.Empty(t, h.got.Get("X-Salesbot-Signature"))

		_, err = s.calls(bot.Webhook{URL: address, Method: "POST", Body: json.RawMessage(`"a={{lead.name}}"`), Headers: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}}, nil)
		require.NoError(t, err)
		require.Equal(t, "a=Sofa", h.body)
		require.Equal(t, "application/x-www-form-urlencoded", h.got.Get("Content-Type"))

		_, err = s.calls(bot.Webhook{URL: address, Method: "GET"}, nil)
		require.NoError(t, err)
		require.Empty(t, h.body)
	})
}

func TestCallWebhookFailures(t *testing.T) {
	eachScene(t, func(t *testing.T, s *scene) {
		h := &shop{header: http.Header{"Retry-After": {"7"}}}
		address := openShop(t, s, h)
		for status, again := range map[int]bool{302: false, 400: false, 404: false, 408: true, 429: true, 500: true, 503: true} {
			h.status = status
			_, err := s.calls(bot.Webhook{URL: address, Method: "GET"}, nil)
			var application *temporal.ApplicationError
			require.ErrorAs(t, err, &application)
			require.Equal(t, again, !application.NonRetryable(), status)
			if again {
				require.Equal(t, 7*time.Second, application.NextRetryDelay())
			}
		}
		for _, wrong := range []string{"http://169.254.169.254/", "http://10.0.0.1/", "ftp://example.com", "http://[", address + "\x00"} {
			_, err := s.calls(bot.Webhook{URL: wrong, Method: "GET"}, nil)
			requireRefused(t, err)
		}
	})
}

func TestCallWebhookRefusesLargeAnswers(t *testing.T) {
	eachScene(t, func(t *testing.T, s *scene) {
		address := openShop(t, s, &shop{status: 200, answer: `{"a":"0123456789"}`})
		s.Outside = outside.Client(outside.Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, MaxBody: 8})
		_, err := s.calls(bot.Webhook{URL: address, Method: "GET"}, nil)
		requireRefused(t, err)
	})
}
