package activities

import (
	"context"
	"encoding/json"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
)

// AddTask makes the task that a crm.NewTask asks for.
func (a *Activities) AddTask(ctx context.Context, e bot.Effect) (json.RawMessage, error) {
	return effect(ctx, a, e, func(ctx context.Context, tx *db.Tx, in crm.NewTask) (any, error) {
		_, err := tx.ApplyTask(ctx, byRun(e), e.Subject, e.ChatID, in)
		return nil, err
	})
}
