package app

import (
	"context"
	"encoding/json"
	"fmt"

	"salesbot/bot"
	"salesbot/channels/livechat"
	"salesbot/crm"
	"salesbot/db"
	"salesbot/samples"
)

// seed fills an empty account: a live chat in which the sample bot answers whenever no bot does. The pipeline is there
// already.
func (a *App) seed(ctx context.Context) error {
	draft, err := samples.Files.ReadFile("welcome.json")
	if err != nil {
		return err
	}
	document, err := bot.Parse(draft)
	if err != nil {
		return err
	}
	return a.store.Change(ctx, func(ctx context.Context, tx *db.Tx) error {
		by := crm.Actor{Kind: crm.BySystem}
		channel, err := seedChannel(ctx, tx, by)
		if err != nil {
			return fmt.Errorf("make the live chat: %w", err)
		}
		made, err := tx.CreateBot(ctx, by, document.Name, draft)
		if err != nil {
			return fmt.Errorf("make the sample bot: %w", err)
		}
		if _, err := tx.PublishBot(ctx, by, made.ID, made.Revision); err != nil {
			return fmt.Errorf("publish the sample bot: %w", err)
		}
		_, err = tx.AddTrigger(ctx, by, crm.Trigger{BotID: made.ID, Kind: crm.TriggerNoBot, ChannelID: channel.ID})
		return err
	})
}

func seedChannel(ctx context.Context, tx *db.Tx, by crm.Actor) (crm.Channel, error) {
	pipeline, err := tx.MainPipeline(ctx)
	if err != nil {
		return crm.Channel{}, err
	}
	settings, err := json.Marshal(map[string]any{"title": "Chat with us", "subtitle": "We answer at once", "greeting": "Hello! Write to us, we are here."})
	if err != nil {
		return crm.Channel{}, err
	}
	return tx.CreateChannel(ctx, by, crm.Channel{Kind: livechat.Kind, Name: "Live chat", Settings: settings, PipelineID: pipeline.ID, IsActive: true}, nil)
}
