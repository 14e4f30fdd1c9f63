// Package activities is what conversations do to the world: one struct, one file a side effect. Changes to our own data
// run as local activities and are exactly-once by their effect key; calls to the outside run as regular activities that
// an operator can read, retry and time in Temporal UI.
package activities

import (
	"context"
	"net/http"

	"salesbot/channels"
	"salesbot/db"
)

// Activities holds what the side effects need. Its exported methods are the activities; their names are wire names.
type Activities struct {
	Store *db.Store
	// Channels are the channel kinds by name.
	Channels map[string]channels.Channel
	// Outside calls addresses that users entered.
	Outside *http.Client
	// WebhookSecret is what the bodies of webhooks are signed with; nil or empty signs none.
	WebhookSecret func(ctx context.Context) (string, error)
}

// local says of a channel kind that its messages have arrived when they are committed.
func (a *Activities) local(kind string) bool {
	channel, ok := a.Channels[kind]
	return ok && channel.Capabilities().Local
}
