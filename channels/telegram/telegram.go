// Package telegram is the channel to a Telegram bot, after the Bot API 9.4 (core.telegram.org/bots/api).
//
// The client is our own and thin: the channel needs a dozen of the API's methods, and the libraries there are answer a
// webhook before the update is stored, or compare the webhook's secret in a way that leaks it by timing.
package telegram

import (
	"bytes"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"time"

	"salesbot/channels"
	"salesbot/crm"
)

// Kind is the channel's wire name.
const Kind = "telegram"

// TokenSecret names the bot's token, as BotFather gives it, among an account's secrets.
const TokenSecret = "token"

// DefaultBaseURL is Telegram's own server.
const DefaultBaseURL = "https://api.telegram.org"

// Settings are a Telegram account's settings.
type Settings struct {
	// BaseURL is the address of a Bot API server of one's own; empty is Telegram's.
	BaseURL string `json:"base_url,omitempty"`
}

// Channel is the Telegram kind.
type Channel struct {
	baseURL string
	client  *http.Client
}

// Options configure the kind for all accounts.
type Options struct {
	// BaseURL is the Bot API server of accounts that set none; empty is DefaultBaseURL.
	BaseURL string
	// Client makes the calls; nil is a client that gives up after 30 seconds.
	Client *http.Client
}

// The interfaces that the kind implements beside channels.Channel.
var (
	_ channels.Channel      = (*Channel)(nil)
	_ channels.Connector    = (*Channel)(nil)
	_ channels.Acknowledger = (*Channel)(nil)
	_ channels.Fetcher      = (*Channel)(nil)
	_ channels.Typer        = (*Channel)(nil)
	_ channels.ButtonTaker  = (*Channel)(nil)
)

// New makes the kind.
func New(o Options) *Channel {
	if o.BaseURL == "" {
		o.BaseURL = DefaultBaseURL
	}
	if o.Client == nil {
		o.Client = &http.Client{Timeout: 30 * time.Second}
	}
	return &Channel{baseURL: strings.TrimRight(o.BaseURL, "/"), client: o.Client}
}

// Kind is "telegram".
func (c *Channel) Kind() string { return Kind }

// Capabilities are Telegram's. It does not state how many buttons a keyboard may have; clients show 100. A bot learns
// neither of delivery nor of reading.
func (c *Channel) Capabilities() channels.Capabilities {
	return channels.Capabilities{
		Buttons: 100, URLButtons: true, MixedButtons: true, SpentButtons: channels.SpentTaken, Text: maxText, Caption: 1024,
		Files: []string{"picture", "video", "audio", "voice", "file"}, FileBytes: 50 << 20, FilesPerMessage: 1,
		Typing: true, MakesLeads: true,
	}
}

var tokenPattern = regexp.MustCompile(`^[0-9]{3,20}:[A-Za-z0-9_-]{20,100}$`)

// Validate checks the token's form and the settings. Whether Telegram knows the token shows when the account connects.
func (c *Channel) Validate(settings json.RawMessage, secrets channels.Secrets) error {
	if !tokenPattern.MatchString(secrets[TokenSecret]) {
		return crm.FieldError("secrets.token", "it must be the token that BotFather gave you, such as 123456:AAE…")
	}
	parsed, err := parseSettings(settings)
	if err != nil {
		return err
	}
	if parsed.BaseURL == "" {
		return nil
	}
	if fault := crm.AddressFault(parsed.BaseURL, crm.WebSchemes); fault != "" {
		return crm.FieldError("settings.base_url", "%s; it must be one such as https://bots.example.org, or empty for Telegram's own server", fault)
	}
	return nil
}

func parseSettings(raw json.RawMessage) (Settings, error) {
	var settings Settings
	if len(raw) == 0 {
		return settings, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&settings); err != nil {
		return settings, crm.FieldError("settings", "a Telegram channel's settings can't be read: %v", err)
	}
	return settings, nil
}
