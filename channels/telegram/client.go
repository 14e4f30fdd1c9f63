package telegram

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"salesbot/channels"
)

// maxAnswer bounds what is read of an answer; a sent message comes back whole, with its text.
const maxAnswer = 1 << 20

// answer is how every method answers.
type answer struct {
	OK          bool            `json:"ok"`
	Result      json.RawMessage `json:"result"`
	ErrorCode   int             `json:"error_code"`
	Description string          `json:"description"`
	Parameters  struct {
		RetryAfter int `json:"retry_after"`
	} `json:"parameters"`
}

// call calls a method with a JSON body and reads its result. Errors are *channels.SendError.
func (c *Channel) call(ctx context.Context, account channels.Account, method string, input, result any) error {
	raw, err := json.Marshal(input)
	if err != nil {
		return permanent("", "the call %s can't be written: %v", method, err)
	}
	return c.post(ctx, account, method, body{contentType: "application/json", head: raw}, result)
}

func (c *Channel) post(ctx context.Context, account channels.Account, method string, body body, result any) error {
	var wrote atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaders: func() { wrote.Store(true) }})
	address, err := c.address(account, "/bot", method)
	if err != nil {
		return err
	}
	request, err := body.request(ctx, address)
	if err != nil {
		return err
	}
	response, err := c.client.Do(request)
	if err != nil {
		return broken(account, err, wrote.Load())
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return broken(account, err, true)
	}
	return readAnswer(response.StatusCode, raw, result)
}

func readAnswer(status int, raw []byte, result any) error {
	var got answer
	err := json.Unmarshal(raw, &got)
	if status == http.StatusOK && (err != nil || !got.OK) {
		return &channels.SendError{Code: "bad_answer", Message: "Telegram's answer can't be read", Unknown: true}
	}
	if status != http.StatusOK {
		return refusal(status, got)
	}
	if result == nil {
		return nil
	}
	if err := json.Unmarshal(got.Result, result); err != nil {
		return &channels.SendError{Code: "bad_answer", Message: "Telegram's answer can't be read", Unknown: true}
	}
	return nil
}

// refusal says what an error of Telegram means: 429 waits as told, 5xx is tried again, everything else is for good, and
// 403 means that the client has blocked the bot, left, or never started it.
func refusal(status int, got answer) error {
	code := got.ErrorCode
	if code == 0 {
		code = status
	}
	message := got.Description
	if message == "" {
		message = http.StatusText(status)
	}
	return &channels.SendError{
		Code: strconv.Itoa(code), Message: "Telegram: " + message,
		Permanent:  code >= 400 && code < 500 && code != http.StatusTooManyRequests,
		Blocked:    code == http.StatusForbidden,
		RetryAfter: time.Duration(got.Parameters.RetryAfter) * time.Second,
	}
}

// broken says what a failed connection means: before the request went out the call may be repeated, afterwards nobody
// knows what Telegram did. The token is part of the address and must not get into logs with the error.
func broken(account channels.Account, err error, wrote bool) error {
	message := err.Error()
	if token := account.Secrets[TokenSecret]; token != "" {
		message = strings.ReplaceAll(message, token, "…")
	}
	return &channels.SendError{Code: "connection", Message: "Telegram was not reached: " + message, Unknown: wrote}
}

func permanent(code, format string, args ...any) *channels.SendError {
	return &channels.SendError{Code: code, Message: fmt.Sprintf(format, args...), Permanent: true}
}

// address is <server>/bot<token>/<method>, or <server>/file/bot<token>/<path>.
func (c *Channel) address(account channels.Account, prefix, last string) (string, error) {
	settings, err := parseSettings(account.Settings)
	if err != nil {
		return "", permanent("", "%v", err)
	}
	base := c.baseURL
	if settings.BaseURL != "" {
		base = strings.TrimRight(settings.BaseURL, "/")
	}
	return base + prefix + account.Secrets[TokenSecret] + "/" + last, nil
}
