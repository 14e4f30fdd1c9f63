package activities

import (
	"context"
	"encoding/json"

	"salesbot/bot"
	"salesbot/db"
)

// ReadValues reads what the names of a bot.ReadValues stand for and returns them as bot.Values; names without a value
// are absent.
func (a *Activities) ReadValues(ctx context.Context, e bot.Effect) (json.RawMessage, error) {
	return effect(ctx, a, e, func(ctx context.Context, tx *db.Tx, in bot.ReadValues) (any, error) {
		facts := tx.Facts(e.Subject, e.ChatID)
		values := bot.Values{}
		for _, name := range in.Names {
			found, _, err := facts.Get(ctx, name)
			if err != nil {
				return nil, err
			}
			if len(found) > 0 {
				values[name] = found
			}
		}
		return values, nil
	})
}
