// Package activities is what conversations do to the world: one struct, one file a side effect. Changes to our own data
// run as local activities and are exactly-once by their effect key; calls to the outside run as regular activities that
// an operator can read, retry and time in Temporal UI.
package activities

import (
	"context"
	"log/slog"
	"net/http"

	"salesbot/channels"
	"salesbot/crm"
	"salesbot/db"
)

// Activities holds what the side effects need. Its exported methods are the activities; their names are wire names.
type Activities struct {
	Store *db.Store
	// Channels are the channel kinds by name.
	Channels map[string]channels.Channel
	// OpenAccount decrypts a channel's secrets.
	OpenAccount func(channel crm.Channel) (channels.Account, error)
	// FileContent reads a file of ours.
	FileContent func(ctx context.Context, id string) ([]byte, error)
	// Outside calls addresses that users entered.
	Outside *http.Client
	Log     *slog.Logger
}

// local says of a channel kind that its messages have arrived when they are committed.
func (a *Activities) local(kind string) bool {
	channel, ok := a.Channels[kind]
	return ok && channel.Capabilities().Local
}
