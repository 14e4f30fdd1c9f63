package activities

import (
	"context"
	"encoding/json"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
)

// ChangeStage moves the lead as a crm.StageChange says. A stage or pipeline that is named is looked up in the same
// transaction.
func (a *Activities) ChangeStage(ctx context.Context, e bot.Effect) (json.RawMessage, error) {
	return effect(ctx, a, e, func(ctx context.Context, tx *db.Tx, in crm.StageChange) (any, error) {
		in, err := tx.FindStage(ctx, e.Subject, in)
		if err != nil {
			return nil, err
		}
		_, err = tx.ApplyStageChange(ctx, byRun(e), e.Subject, in)
		return nil, err
	})
}
