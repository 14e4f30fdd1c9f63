package activities

import (
	"context"
	"encoding/json"

	"salesbot/bot"
	"salesbot/db"
)

// CloseTalk closes the talk of the run's chat, if one is open.
func (a *Activities) CloseTalk(ctx context.Context, e bot.Effect) (json.RawMessage, error) {
	return effect(ctx, a, e, func(ctx context.Context, tx *db.Tx, _ struct{}) (any, error) {
		return nil, tx.CloseOpenTalk(ctx, byRun(e), e.ChatID)
	})
}
