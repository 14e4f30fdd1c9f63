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
	// EndedByHand says how a workflow run was ended, or the one that followed on it, if a person or an error ended it; empty
	// if it ended by itself or Temporal does not know it. Nil asks nobody.
	EndedByHand func(ctx context.Context, workflowID, runID string) (reason string, err error)
	// Lost, if set, is told how many runs had lost their workflow, and what became of them: bot.FateEnded or bot.FateAdopted.
	Lost func(fate string, runs int)

	answers answers
}

// local says of a channel kind that its messages have arrived when they are committed.
func (a *Activities) local(kind string) bool {
	channel, ok := a.Channels[kind]
	return ok && channel.Capabilities().Local
}
