package app

import (
	"fmt"
	"net/netip"

	"salesbot/activities"
	"salesbot/channels"
	"salesbot/channels/livechat"
	"salesbot/channels/telegram"
	"salesbot/outside"
)

// channelKinds are the kinds of channel that this program speaks; a new kind adds one line.
func (c Config) channelKinds() map[string]channels.Channel {
	kinds := map[string]channels.Channel{}
	for _, kind := range []channels.Channel{
		livechat.Channel{},
		telegram.New(telegram.Options{}),
	} {
		kinds[kind.Kind()] = kind
	}
	return kinds
}

func (a *App) activities() (*activities.Activities, error) {
	allowed, err := a.config.allowedNetworks()
	if err != nil {
		return nil, err
	}
	return &activities.Activities{Store: a.store, Channels: a.channels, Outside: outside.Client(outside.Options{Allow: allowed})}, nil
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
