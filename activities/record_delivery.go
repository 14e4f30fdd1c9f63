package activities

import (
	"context"

	"salesbot/bot"
)

// RecordDelivery writes down how a call of a provider ended whose attempt found our own database away.
func (a *Activities) RecordDelivery(ctx context.Context, messageID string, h bot.Handed) error {
	err := a.Store.RecordDelivery(ctx, messageID, h)
	if err == nil {
		a.answers.forget(h.Call)
	}
	return wire(err)
}
