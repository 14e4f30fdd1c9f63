package activities

import (
	"context"
	"encoding/json"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
)

// WorkingHours says as a bot.OpenHours whether the account works now, and if not, when it begins to.
func (a *Activities) WorkingHours(ctx context.Context, e bot.Effect) (json.RawMessage, error) {
	return effect(ctx, a, e, func(ctx context.Context, tx *db.Tx, _ struct{}) (any, error) {
		var hours crm.WorkingHours
		if _, err := tx.Setting(ctx, crm.SettingWorkingHours, &hours); err != nil {
			return nil, err
		}
		begins, ok := hours.Next(tx.Now)
		if !ok {
			return nil, crm.Errorf(crm.Conflict, "the account's working hours never begin; correct its days and holidays")
		}
		return bot.OpenHours{Open: begins.Equal(tx.Now), Begins: begins.UTC()}, nil
	})
}
