package bench

import (
	"context"
	"encoding/json"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
)

// fixture is what the bench made in the product.
type fixture struct {
	// talking is a live chat whose bot answers each message; silent is one without a bot.
	talking, silent int64
	// answering is the bot that answers there; waiting is one that waits for a day.
	answering, waiting int64
	bare               *bareLoops
}

const talkingBot = `{"schema":1,"name":"Bench: answers","start":"ask","steps":[
  {"id":"ask","kind":"message","title":"Ask","config":{"text":"Which one, {{contact.name|friend}}?","buttons":[{"id":"a","text":"This"},{"id":"b","text":"That"}]},
   "exits":{"button:a":"ask","button:b":"ask","other":"ask"}}]}`

const waitingBot = `{"schema":1,"name":"Bench: waits","start":"wait","steps":[
  {"id":"wait","kind":"pause","title":"Wait a day","config":{"waits":[{"id":"day","on":"timer","hours":24}]},"exits":{}}]}`

func prepare(ctx context.Context, target Target) (fixture, error) {
	var f fixture
	err := target.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) error {
		f = fixture{}
		by := crm.Actor{Kind: crm.BySystem}
		pipeline, err := tx.MainPipeline(ctx)
		if err != nil {
			return err
		}
		for _, channel := range []*int64{&f.talking, &f.silent} {
			made, err := tx.CreateChannel(ctx, by, crm.Channel{Kind: "livechat", Name: "Bench", Settings: json.RawMessage(`{}`), PipelineID: pipeline.ID, IsActive: true}, nil)
			if err != nil {
				return err
			}
			*channel = made.ID
		}
		if f.answering, err = publish(ctx, tx, talkingBot, &crm.Trigger{Kind: crm.TriggerTalkStarted, ChannelID: f.talking}); err != nil {
			return err
		}
		f.waiting, err = publish(ctx, tx, waitingBot, nil)
		return err
	})
	return f, err
}

func publish(ctx context.Context, tx *db.Tx, text string, trigger *crm.Trigger) (int64, error) {
	document, err := bot.Parse([]byte(text))
	if err != nil {
		return 0, err
	}
	by := crm.Actor{Kind: crm.BySystem}
	made, err := tx.CreateBot(ctx, by, document.Name, json.RawMessage(text))
	if err != nil {
		return 0, err
	}
	if _, err := tx.PublishBot(ctx, by, made.ID, made.Revision); err != nil {
		return 0, err
	}
	if trigger != nil {
		trigger.BotID = made.ID
		_, err = tx.AddTrigger(ctx, by, *trigger)
	}
	return made.ID, err
}
