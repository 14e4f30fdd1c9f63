package db_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
)

// eachSilence gives a desk whose bot is launched when the client writes and no bot is running.
func eachSilence(t *testing.T, test func(t *testing.T, d *desk)) {
	t.Helper()
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		change(t, d.store, func(ctx context.Context, tx *db.Tx) error {
			triggers, err := d.store.Triggers(ctx, d.bot)
			if err != nil {
				return err
			}
			if err := tx.DeleteTrigger(ctx, ada, d.bot, triggers[0].ID); err != nil {
				return err
			}
			_, err = tx.AddTrigger(ctx, ada, crm.Trigger{BotID: d.bot, Kind: crm.TriggerNoBot})
			return err
		})
		test(t, d)
	})
}

// end ends the newest run of a lead, as its conversation does.
func (d *desk) end(leadID int64, status bot.RunStatus) {
	d.t.Helper()
	require.NoError(d.t, d.store.Record(d.t.Context(), d.run(leadID).ID, bot.Progress{Status: status}))
}

func (d *desk) writes(chat crm.Chat, text string) {
	d.t.Helper()
	change(d.t, d.store, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.WriteAsManager(ctx, ada, db.ManagerMessage{ChatID: chat.ID, Text: text}, func(string) bool { return true })
		return err
	})
}

func TestAClientWhoWritesWhenNoBotIsRunningGetsOne(t *testing.T) {
	t.Parallel()
	eachSilence(t, func(t *testing.T, d *desk) {
		chat := d.accept(says("m1", "hi")).Chat
		require.Equal(t, 1, d.count("runs"), "nobody answers a stranger")
		d.accept(says("m2", "and more"))
		require.Equal(t, 1, d.count("runs"), "the bot is running")
		for i, status := range []bot.RunStatus{bot.RunFinished, bot.RunFailed, bot.RunReplaced} {
			d.end(chat.LeadID, status)
			d.accept(says(fmt.Sprint("again", i), "hello?"))
			require.Equal(t, 2+i, d.count("runs"), "after a run that %s", status)
		}
	})
}

func TestNoBotIsLaunchedBetweenAClientAndAPerson(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		person, back func(d *desk, chat crm.Chat)
	}{
		"who wrote": {
			person: func(d *desk, chat crm.Chat) { d.end(chat.LeadID, bot.RunFinished); d.writes(chat, "I am here") },
			back:   func(d *desk, chat crm.Chat) { d.handBack(chat) },
		},
		"who wrote with another program": {
			person: func(d *desk, chat crm.Chat) {
				d.accept(crm.Inbound{Kind: crm.InEcho, ChatID: "client", MessageID: "echo", Text: "I am here"})
				d.end(chat.LeadID, bot.RunStopped)
			},
			back: func(d *desk, chat crm.Chat) { d.closeTalk(chat) },
		},
		"who stopped the bot": {
			person: func(d *desk, chat crm.Chat) {
				d.control(d.run(chat.LeadID), bot.CommandStop)
				d.end(chat.LeadID, bot.RunStopped)
			},
			back: func(d *desk, chat crm.Chat) {
				d.launch(db.Launch{BotID: d.bot, Subject: bot.Subject{LeadID: chat.LeadID}, By: "user"})
				d.end(chat.LeadID, bot.RunFinished)
			},
		},
		"who took over": {
			person: func(d *desk, chat crm.Chat) {
				change(d.t, d.store, func(ctx context.Context, tx *db.Tx) error { return tx.TakeOver(ctx, ada, chat.LeadID, ada.ID) })
				d.end(chat.LeadID, bot.RunFinished)
			},
			back: func(d *desk, chat crm.Chat) { d.handBack(chat) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			eachSilence(t, func(t *testing.T, d *desk) {
				chat := d.accept(says("m1", "hi")).Chat
				c.person(d, chat)
				d.accept(says("m2", "thank you"))
				require.Equal(t, 1, d.count("runs"), "a person talks")
				c.back(d, chat)
				before := d.count("runs")
				d.accept(says("m3", "and now?"))
				require.Equal(t, before+1, d.count("runs"), "the bots answer again")
			})
		})
	}
}

func (d *desk) handBack(chat crm.Chat) {
	d.t.Helper()
	change(d.t, d.store, func(ctx context.Context, tx *db.Tx) error { return tx.HandBack(ctx, ada, chat.LeadID) })
}

func (d *desk) closeTalk(chat crm.Chat) {
	d.t.Helper()
	change(d.t, d.store, func(ctx context.Context, tx *db.Tx) error { return tx.CloseOpenTalk(ctx, ada, chat.ID) })
}

// The deletion of a bot stops its runs, but nobody has come to answer the client.
func TestADeletedBotLeavesTheClientToTheOthers(t *testing.T) {
	t.Parallel()
	eachSilence(t, func(t *testing.T, d *desk) {
		chat := d.accept(says("m1", "hi")).Chat
		change(t, d.store, func(ctx context.Context, tx *db.Tx) error {
			other := d.publish(ctx, tx, "{}")
			if _, err := tx.AddTrigger(ctx, ada, crm.Trigger{BotID: other, Kind: crm.TriggerNoBot}); err != nil {
				return err
			}
			return tx.DeleteBot(ctx, ada, d.bot)
		})
		d.end(chat.LeadID, bot.RunStopped)
		d.accept(says("m2", "hello?"))
		require.Equal(t, 2, d.count("runs"))
	})
}

// What is said of fewer messages goes first: a talk's first one, then any, then one that nobody would answer.
func TestAMessageLaunchesTheBotOfItsFirstTriggerOnly(t *testing.T) {
	t.Parallel()
	eachSilence(t, func(t *testing.T, d *desk) {
		bots := map[crm.TriggerKind]int64{crm.TriggerNoBot: d.bot}
		change(t, d.store, func(ctx context.Context, tx *db.Tx) error {
			for _, kind := range []crm.TriggerKind{crm.TriggerMessage, crm.TriggerTalkStarted} {
				bots[kind] = d.publish(ctx, tx, "{}")
				if _, err := tx.AddTrigger(ctx, ada, crm.Trigger{BotID: bots[kind], Kind: kind}); err != nil {
					return err
				}
			}
			return nil
		})
		chat := d.accept(says("m1", "hi")).Chat
		require.Equal(t, 1, d.count("runs"))
		require.Equal(t, bots[crm.TriggerTalkStarted], d.run(chat.LeadID).BotID)
		d.accept(says("m2", "and more"))
		require.Equal(t, 2, d.count("runs"))
		require.Equal(t, bots[crm.TriggerMessage], d.run(chat.LeadID).BotID, "any message, beside a bot that is running")
		d.accept(says("m3", "and more"))
		require.Equal(t, 2, d.count("runs"), "the first one is running: the others are not launched in its place")
		change(t, d.store, func(ctx context.Context, tx *db.Tx) error {
			for _, kind := range []crm.TriggerKind{crm.TriggerMessage, crm.TriggerTalkStarted} {
				if err := tx.DeleteBot(ctx, ada, bots[kind]); err != nil {
					return err
				}
			}
			return nil
		})
		for _, run := range d.runs(chat.LeadID) {
			require.NoError(t, d.store.Record(t.Context(), run.ID, bot.Progress{Status: bot.RunStopped}))
		}
		d.accept(says("m4", "anybody?"))
		require.Equal(t, d.bot, d.run(chat.LeadID).BotID)
	})
}

func (d *desk) runs(leadID int64) []crm.Run {
	d.t.Helper()
	runs, _, err := d.store.Runs(d.t.Context(), db.RunFilter{LeadID: leadID}, db.Paging{Limit: 50})
	require.NoError(d.t, err)
	return runs
}

// A message reaches a run that is just ending; the conversation gives it back.
func TestAMessageThatNoRunHeardLaunchesOneBotOnce(t *testing.T) {
	t.Parallel()
	for _, kind := range []crm.TriggerKind{crm.TriggerNoBot, crm.TriggerMessage} {
		eachSilence(t, func(t *testing.T, d *desk) {
			change(t, d.store, func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.AddTrigger(ctx, ada, crm.Trigger{BotID: d.bot, Kind: kind})
				return err
			})
			chat := d.accept(says("m1", "hi")).Chat
			late := d.accept(says("m2", "and more")).Message
			d.end(chat.LeadID, bot.RunFinished)
			giveBack := func() {
				require.NoError(t, d.store.Unheard(t.Context(), bot.Message{ID: late.ID, ChatID: chat.ID, Text: late.Text}, nil))
			}
			giveBack()
			require.Equal(t, 2, d.count("runs"))
			d.end(chat.LeadID, bot.RunFinished)
			giveBack()
			require.Equal(t, 2, d.count("runs"), "the message has launched its bot")
		})
	}
}
