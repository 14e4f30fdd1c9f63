package activities

import (
	"context"
	"encoding/json"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
)

// SetField sets the field that a crm.FieldEdit names.
func (a *Activities) SetField(ctx context.Context, e bot.Effect) (json.RawMessage, error) {
	return effect(ctx, a, e, func(ctx context.Context, tx *db.Tx, in crm.FieldEdit) (any, error) {
		return nil, tx.ApplyField(ctx, byRun(e), e.Subject, e.ChatID, in)
	})
}
