package activities

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"go.temporal.io/sdk/temporal"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
	"salesbot/outside"
)

// The headers of a webhook beside the author's own.
const (
	headerKey       = "Idempotency-Key"
	headerSignature = "X-Salesbot-Signature"
	userAgent       = "Salesbot"
)

// CallWebhook makes the request that a bot.Webhook asks for and returns a bot.WebhookAnswer. Every attempt carries the
// same Idempotency-Key, and, if the account has a webhook secret, the HMAC-SHA256 of its body. An answer of 408, 425,
// 429 or 5xx and a broken connection are worth another attempt; any other answer but 2xx is final.
func (a *Activities) CallWebhook(ctx context.Context, e bot.Effect) (json.RawMessage, error) {
	var call webhookCall
	err := a.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		call, err = prepareWebhook(ctx, tx, e)
		return err
	})
	if err == nil && a.WebhookSecret != nil {
		call.secret, err = a.WebhookSecret(ctx)
	}
	if err != nil {
		return nil, wire(err)
	}
	answer, err := call.do(ctx, a.Outside)
	if err != nil {
		return nil, err
	}
	return json.Marshal(answer)
}

// webhookCall is a request with its placeholders filled in.
type webhookCall struct {
	bot.Webhook

	key, secret string
	secrets     secrets
}

// prepareWebhook fills in the placeholders: in the address escaped, in headers on one line. This is the one place that
// knows secrets.
func prepareWebhook(ctx context.Context, tx *db.Tx, e bot.Effect) (webhookCall, error) {
	call := webhookCall{key: e.Key.String(), secrets: secrets{}}
	if err := json.Unmarshal(e.Input, &call.Webhook); err != nil {
		return call, fmt.Errorf("read the effect's input: %w", err)
	}
	lookup := func(name string) ([]string, bool, error) {
		if secret, ok := bot.SecretName(name); ok {
			return call.secrets.open(ctx, tx, secret)
		}
		return value(ctx, tx, e, name)
	}
	var failed error
	find := func(name string) ([]string, bool) {
		values, ok, err := lookup(name)
		failed = errors.Join(failed, err)
		return values, ok
	}
	call.URL = bot.Expand(call.URL, func(name string) ([]string, bool) {
		values, ok := find(name)
		return []string{url.QueryEscape(strings.Join(values, ", "))}, ok
	})
	for name, text := range call.Headers {
		call.Headers[name] = oneLine(bot.Expand(text, find))
		if failed == nil {
			failed = checkLengths(bot.Webhook{Headers: map[string]string{name: call.Headers[name]}}) // at once: each may be very long
		}
	}
	if failed != nil {
		return call, failed
	}
	var err error
	if len(call.Body) == 0 && hasBody(call.Method) {
		call.Body, err = standardPayload(ctx, tx, e)
	} else {
		call.Body, err = bot.ExpandJSON(call.Body, lookup)
	}
	if err == nil {
		err = checkWebhook(call.Webhook)
	}
	return call, err
}

// oneLine keeps a client's words from beginning another header.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
}

func hasBody(method string) bool {
	return method == http.MethodPost || method == http.MethodPut || method == http.MethodPatch
}

// payloadNames are what the standard payload tells, as nested objects: lead.name is {"lead":{"name":…}}.
var payloadNames = []string{
	"lead.id", "lead.name", "lead.price", "lead.status_id", "lead.pipeline_id", "lead.responsible_user_id", "lead.tags",
	"contact.id", "contact.name", "contact.phone", "contact.email", "origin", "talk.id",
}

func standardPayload(ctx context.Context, tx *db.Tx, e bot.Effect) (json.RawMessage, error) {
	payload := map[string]any{
		"event": "bot_webhook", "key": e.Key.String(), "run_id": e.Key.RunID, "chat_id": e.ChatID, "message_text": strings.Join(e.Vars["message_text"], "\n"),
	}
	cards := map[string]map[string]any{"lead": {}, "contact": {}, "talk": {}}
	for name, card := range cards {
		payload[name] = card
	}
	facts := tx.Facts(e.Subject, e.ChatID)
	for _, name := range payloadNames {
		values, _, err := facts.Get(ctx, name)
		if err != nil {
			return nil, err
		}
		if card, field, ok := strings.Cut(name, "."); ok {
			cards[card][field] = payloadValue(field, values)
		} else {
			payload[name] = payloadValue(name, values)
		}
	}
	return json.Marshal(payload)
}

// payloadValue writes ids as numbers and tags as a list.
func payloadValue(field string, values []string) any {
	switch {
	case field == "tags":
		return append([]string{}, values...)
	case len(values) == 0:
		return nil
	case field == "id" || strings.HasSuffix(field, "_id"):
		if id, err := strconv.ParseInt(values[0], 10, 64); err == nil {
			return id
		}
	}
	return values[0]
}

func (c webhookCall) do(ctx context.Context, client *http.Client) (bot.WebhookAnswer, error) {
	if c.TimeoutSeconds > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(c.TimeoutSeconds)*time.Second)
		defer cancel()
	}
	clean := c.secrets.cleaner()
	request, err := c.request(ctx)
	if err != nil {
		return bot.WebhookAnswer{}, refused("bad_request", "%s", clean(withoutAddress(err).Error()))
	}
	own := *client
	own.CheckRedirect = c.checkRedirect(client.CheckRedirect)
	response, err := own.Do(request)
	if err != nil {
		return bot.WebhookAnswer{}, callError(err, clean)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return bot.WebhookAnswer{}, callError(err, clean)
	}
	if err := statusError(response); err != nil {
		return bot.WebhookAnswer{}, err
	}
	return bot.WebhookAnswer{Status: response.StatusCode, Values: bot.FlattenJSON(body, clean)}, nil
}

func (c webhookCall) request(ctx context.Context) (*http.Request, error) {
	body, contentType := c.content()
	request, err := http.NewRequestWithContext(ctx, c.Method, c.URL, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", userAgent)
	for name, text := range c.Headers {
		request.Header.Set(name, text)
	}
	request.Header.Set(headerKey, c.key)
	if c.secret != "" {
		mac := hmac.New(sha256.New, []byte(c.secret))
		mac.Write(body)
		request.Header.Set(headerSignature, hex.EncodeToString(mac.Sum(nil)))
	}
	return request, nil
}

// content is the body as it is sent: a JSON text as the text that it holds, anything else as JSON.
func (c webhookCall) content() (body []byte, contentType string) {
	var text string
	switch {
	case len(c.Body) == 0:
		return nil, ""
	case json.Unmarshal(c.Body, &text) == nil:
		return []byte(text), "text/plain; charset=utf-8"
	}
	return c.Body, "application/json"
}

// refused is a failure that another attempt would not change.
func refused(code crm.Code, format string, args ...any) error {
	return temporal.NewNonRetryableApplicationError(fmt.Sprintf(format, args...), ErrorRefused, nil, string(code))
}

// withoutAddress is the error without the address that was called: it may hold a key.
func withoutAddress(err error) error {
	var urlErr *url.Error
	for errors.As(err, &urlErr) {
		err = urlErr.Err
	}
	return err
}

// callError says why no answer came. What is neither ours to refuse nor a time that ran out is told in the network's
// words, and tried again.
func callError(err error, clean func(string) string) error {
	err = withoutAddress(err)
	text := clean(err.Error())
	switch {
	case errors.Is(err, outside.ErrForbidden), errors.Is(err, errOtherHost):
		return refused(crm.Forbidden, "%s", text)
	case errors.Is(err, outside.ErrTooLarge):
		return refused(crm.TooLarge, "%s", text)
	case errors.Is(err, context.DeadlineExceeded):
		return errors.New("no answer in time")
	}
	return errors.New(text)
}

func statusError(response *http.Response) error {
	status := response.StatusCode
	switch {
	case status >= 200 && status < 300:
		return nil
	case status == http.StatusRequestTimeout, status == http.StatusTooEarly, status == http.StatusTooManyRequests, status >= 500:
		return temporal.NewApplicationErrorWithOptions("it answered "+statusText(status), "Outside",
			temporal.ApplicationErrorOptions{NextRetryDelay: retryAfter(response.Header.Get("Retry-After"))})
	}
	return refused(crm.Code(strconv.Itoa(status)), "it answered %s", statusText(status))
}

// statusText is in our words: theirs could be anything that they were sent.
func statusText(status int) string {
	return strings.TrimSpace(strconv.Itoa(status) + " " + http.StatusText(status))
}

// retryAfter reads seconds; anything else leaves the pace to the policy. More than an hour is not waited for at once.
func retryAfter(header string) time.Duration {
	seconds, err := strconv.Atoi(header)
	if err != nil || seconds < 0 {
		return 0
	}
	return min(time.Duration(seconds)*time.Second, time.Hour)
}
