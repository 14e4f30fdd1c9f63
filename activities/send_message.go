package activities

import (
	"context"
	"encoding/json"

	"salesbot/bot"
	"salesbot/db"
)

// SendMessage writes the messages that an outgoing one becomes, a row a chat, and returns them as []bot.Sent. Those of
// a local channel have arrived with that; the others are handed to their providers by DeliverMessage.
func (a *Activities) SendMessage(ctx context.Context, e bot.Effect) (json.RawMessage, error) {
	return effect(ctx, a, e, func(ctx context.Context, tx *db.Tx, out bot.Outgoing) (any, error) {
		return tx.WriteMessages(ctx, e, out, a.local)
	})
}
