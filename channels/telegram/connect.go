package telegram

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strconv"

	"salesbot/channels"
	"salesbot/crm"
)

// allowedUpdates are the kinds of updates that Receive understands.
var allowedUpdates = []string{"message", "edited_message", "callback_query", "my_chat_member"}

type setWebhook struct {
	URL            string   `json:"url"`
	SecretToken    string   `json:"secret_token"`
	AllowedUpdates []string `json:"allowed_updates"`
}

// Connect tells Telegram where to deliver. The address must be https and reachable from the internet.
func (c *Channel) Connect(ctx context.Context, account channels.Account, hookURL string) error {
	input := setWebhook{URL: hookURL, SecretToken: hookSecret(account), AllowedUpdates: allowedUpdates}
	return asDomain(c.call(ctx, account, "setWebhook", input, nil))
}

// Disconnect tells Telegram to deliver no more; what comes meanwhile waits there for a day.
func (c *Channel) Disconnect(ctx context.Context, account channels.Account) error {
	return asDomain(c.call(ctx, account, "deleteWebhook", struct{}{}, nil))
}

// asDomain makes of Telegram's refusal an error that names the field to mend.
func asDomain(err error) error {
	var refused *channels.SendError
	if !errors.As(err, &refused) || !refused.Permanent {
		return err
	}
	switch refused.Code {
	case strconv.Itoa(http.StatusUnauthorized), strconv.Itoa(http.StatusNotFound):
		return crm.FieldError("secrets.token", "Telegram does not know this token; copy it from BotFather again")
	}
	return crm.Errorf(crm.Invalid, "Telegram refused the connection (the public address must be https and reachable): %s", refused.Message)
}

// hookSecret is what Telegram sends along with every update. It is derived from the token, so that it needs no keeping
// and changes with it, and tells nobody the token.
func hookSecret(account channels.Account) string {
	mac := hmac.New(sha256.New, []byte(account.Secrets[TokenSecret]))
	mac.Write([]byte("webhook secret, version 1"))
	return hex.EncodeToString(mac.Sum(nil))
}

type answerCallbackQuery struct {
	ID string `json:"callback_query_id"`
}

// Acknowledge stops the waiting sign on the buttons that were tapped. Telegram refuses taps that are older than some
// minutes; that is no harm, the sign is gone by then.
func (c *Channel) Acknowledge(ctx context.Context, account channels.Account, inbound []channels.Inbound) error {
	var first error
	for _, in := range inbound {
		if in.Ack == "" {
			continue
		}
		err := c.call(ctx, account, "answerCallbackQuery", answerCallbackQuery{ID: in.Ack}, nil)
		var refused *channels.SendError
		if errors.As(err, &refused) && refused.Permanent {
			continue
		}
		if first == nil {
			first = err
		}
	}
	return first
}
