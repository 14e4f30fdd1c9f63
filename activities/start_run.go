package activities

import (
	"context"
	"encoding/json"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
)

// StartRun writes the row of a sub-bot's run and returns it as a bot.Launch; the parent's conversation drives it.
func (a *Activities) StartRun(ctx context.Context, e bot.Effect) (json.RawMessage, error) {
	return effect(ctx, a, e, func(ctx context.Context, tx *db.Tx, in bot.StartRun) (any, error) {
		launch := db.Launch{BotID: in.BotID, Subject: e.Subject, ChatID: e.ChatID, By: "run", ParentID: e.Key.RunID}
		run, err := tx.LaunchRun(ctx, crm.Actor{Kind: crm.ByBot, ID: e.Key.RunID}, launch)
		return bot.Launch{RunID: run.ID, Birth: run.Birth, BotID: run.BotID, VersionID: run.VersionID, ChatID: run.ChatID}, err
	})
}
