// Package livechat is the channel that lives on a customer's own web pages. It is ours from end to end: what the visitor
// does comes by the API's live chat endpoints, and a message has arrived when its row is committed, because the widget
// follows the rows.
package livechat

import (
	"context"
	"encoding/json"
	"net/http"

	"salesbot/channels"
	"salesbot/crm"
)

// Kind is the channel's wire name.
const Kind = "livechat"

// MaxButtons is how many buttons the widget shows under one message.
const MaxButtons = 30

// Channel is the live chat kind.
type Channel struct{}

var _ channels.Channel = Channel{}

// Kind is "livechat".
func (Channel) Kind() string { return Kind }

// Capabilities are the widget's.
func (Channel) Capabilities() channels.Capabilities {
	return channels.Capabilities{
		Local: true, Buttons: MaxButtons, URLButtons: true, MixedButtons: true, SpentButtons: channels.SpentShown, Text: crm.MaxMessageText,
		Files: []string{"picture", "video", "audio", "voice", "file"}, FileBytes: MaxFileBytes,
		Delivered: true, Read: true, Typing: true, Video: true, Idempotent: true, MakesLeads: true,
	}
}

// Validate checks the settings; a live chat has no secrets.
func (Channel) Validate(settings json.RawMessage, secrets channels.Secrets) error {
	if len(secrets) > 0 {
		return crm.FieldError("secrets", "a live chat has none")
	}
	_, err := ParseSettings(settings)
	return err
}

// Receive refuses: no provider delivers for the live chat.
func (Channel) Receive(channels.Account, http.Header, []byte) ([]channels.Inbound, error) {
	return nil, crm.Errorf(crm.NotFound, "a live chat has no webhook; its widget talks to /live")
}

// Send refuses: a local channel's messages have arrived when they are written.
func (Channel) Send(context.Context, channels.Account, channels.Outbound) (channels.Receipt, error) {
	return channels.Receipt{}, &channels.SendError{Code: "local", Message: "a live chat's messages are not sent", Permanent: true}
}
