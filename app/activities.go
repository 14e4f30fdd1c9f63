package app

import (
	"context"
	"fmt"
	"net/netip"

	"salesbot/activities"
	"salesbot/channels"
	"salesbot/channels/livechat"
	"salesbot/channels/telegram"
	"salesbot/crm"
	"salesbot/outside"
	"salesbot/postman"
)

// openOutside makes the client for addresses that people enter, and the kinds of channel that this program speaks; a
// new kind adds one line.
func (a *App) openOutside(context.Context) error {
	allowed, err := a.config.allowedNetworks()
	if err != nil {
		return err
	}
	a.outside = outside.Client(outside.Options{Allow: allowed})
	a.channels = map[string]channels.Channel{}
	for _, kind := range []channels.Channel{
		livechat.Channel{},
		telegram.New(telegram.Options{Client: a.outside}),
	} {
		a.channels[kind.Kind()] = kind
	}
	return nil
}

func (a *App) activities() *activities.Activities {
	secret := func(ctx context.Context) (string, error) { return a.store.SealedSetting(ctx, crm.SettingWebhookSecret) }
	ended := func(ctx context.Context, workflowID, runID string) (string, error) {
		return postman.EndedByHand(ctx, a.temporal, workflowID, runID)
	}
	return &activities.Activities{Store: a.store, Channels: a.channels, Outside: a.outside, WebhookSecret: secret, EndedByHand: ended, Lost: a.postman.CountLost}
}

func (c Config) allowedNetworks() ([]netip.Prefix, error) {
	networks := make([]netip.Prefix, len(c.AllowPrivate))
	for i, text := range c.AllowPrivate {
		network, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("SALESBOT_ALLOW_PRIVATE: %q is no network such as 10.1.0.0/16", text)
		}
		networks[i] = network
	}
	return networks, nil
}
