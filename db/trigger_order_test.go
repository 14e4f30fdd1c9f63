package db_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
)

// rival publishes another bot with a trigger.
func (d *desk) rival(trigger crm.Trigger) crm.Trigger {
	d.t.Helper()
	change(d.t, d.store, func(ctx context.Context, tx *db.Tx) (err error) {
		trigger.BotID = d.publish(ctx, tx, "{}")
		trigger, err = tx.AddTrigger(ctx, ada, trigger)
		return err
	})
	return trigger
}

func (d *desk) ownTrigger() crm.Trigger {
	d.t.Helper()
	triggers, err := d.store.Triggers(d.t.Context(), d.bot)
	require.NoError(d.t, err)
	return triggers[0]
}

func (d *desk) move(t crm.Trigger, to db.TriggerChange) {
	d.t.Helper()
	change(d.t, d.store, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.UpdateTrigger(ctx, ada, t.BotID, t.ID, to)
		return err
	})
}

// passedOver are the bots, by name and in order, of which the feed of a lead says that they were not launched.
func passedOver(t *testing.T, store *db.Store, leadID int64) []int64 {
	t.Helper()
	list, _, err := store.Events(t.Context(), db.EventFilter{LeadIDs: []int64{leadID}, Types: []crm.EventType{crm.BotPassedOver}}, db.Paging{})
	require.NoError(t, err)
	var bots []int64
	for _, event := range list {
		bots = append(bots, event.EntityID)
	}
	return bots
}

func TestOfTwoBotsWithTheSameTriggerTheFirstAnswersAndTheOtherIsNoted(t *testing.T) {
	t.Parallel()
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		other := d.rival(crm.Trigger{Kind: crm.TriggerTalkStarted})
		fallback := d.rival(crm.Trigger{Kind: crm.TriggerNoBot})
		chat := d.accept(says("m1", "hi")).Chat
		require.Equal(t, 1, d.count("runs"))
		require.Equal(t, d.bot, d.run(chat.LeadID).BotID, "the older trigger goes first")
		require.Equal(t, []int64{other.BotID}, passedOver(t, d.store, chat.LeadID), "a bot that stands back is not passed over")
		d.accept(says("m2", "and more"))
		require.Len(t, passedOver(t, d.store, chat.LeadID), 1, "told once, not at each message")

		d.move(other, db.TriggerChange{Before: d.ownTrigger().ID})
		stranger := says("m3", "hello")
		stranger.ChatID = "stranger"
		chat = d.accept(stranger).Chat
		require.Equal(t, other.BotID, d.run(chat.LeadID).BotID, "the order can be changed")
		require.Equal(t, []int64{d.bot}, passedOver(t, d.store, chat.LeadID))

		d.move(other, db.TriggerChange{After: fallback.ID})
		stranger.ChatID = "another"
		require.Equal(t, d.bot, d.run(d.accept(stranger).Chat.LeadID).BotID)
	})
}

func TestABotThatCannotBeLaunchedLeavesItsPlaceToTheNext(t *testing.T) {
	t.Parallel()
	for name, off := range map[string]func(ctx context.Context, tx *db.Tx, id int64) error{
		"switched off": func(ctx context.Context, tx *db.Tx, id int64) error {
			_, err := tx.UpdateBot(ctx, ada, id, db.BotChange{IsActive: new(false)})
			return err
		},
		"deleted": func(ctx context.Context, tx *db.Tx, id int64) error { return tx.DeleteBot(ctx, ada, id) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachDesk(t, "{}", func(t *testing.T, d *desk) {
				other := d.rival(crm.Trigger{Kind: crm.TriggerTalkStarted})
				own := d.ownTrigger()
				change(t, d.store, func(ctx context.Context, tx *db.Tx) error { return off(ctx, tx, d.bot) })
				chat := d.accept(says("m1", "hi")).Chat
				require.Equal(t, other.BotID, d.run(chat.LeadID).BotID)
				require.Empty(t, passedOver(t, d.store, chat.LeadID))
				require.Empty(t, d.collisions(other), "it collides with nobody")
				require.NotZero(t, own.ID)
			})
		})
	}
}

func (d *desk) collisions(t crm.Trigger) []db.Collision {
	d.t.Helper()
	all, err := d.store.Collisions(d.t.Context(), []crm.Trigger{t})
	require.NoError(d.t, err)
	return all[t.ID]
}

func TestCollidingTriggersAreNamedWithWhoGoesFirst(t *testing.T) {
	t.Parallel()
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		other := d.rival(crm.Trigger{Kind: crm.TriggerTalkStarted, ChannelID: d.channel.ID})
		wide := d.rival(crm.Trigger{Kind: crm.TriggerMessage})
		own := d.ownTrigger()
		found := d.collisions(own)
		require.Len(t, found, 2)
		require.Equal(t, []int64{other.ID, wide.ID}, []int64{found[0].ID, found[1].ID})
		require.Equal(t, []bool{false, false}, []bool{found[0].First, found[1].First})
		require.Equal(t, "Bot", found[0].BotName)
		require.True(t, d.collisions(other)[0].First)
		d.move(other, db.TriggerChange{Before: own.ID})
		require.True(t, d.collisions(d.ownTrigger())[0].First)
		d.move(wide, db.TriggerChange{Before: other.ID})
		require.True(t, d.collisions(wide)[0].First, "a talk's first message is asked for before any message, whatever their order")
	})
}

func TestTriggersAreMovedAnywhereInTheirOrder(t *testing.T) {
	t.Parallel()
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		a, b, c, e := d.ownTrigger(), d.rival(crm.Trigger{Kind: crm.TriggerTalkStarted}), d.rival(crm.Trigger{Kind: crm.TriggerTalkStarted}), d.rival(crm.Trigger{Kind: crm.TriggerTalkStarted})
		order := func() []int64 {
			var ids []int64
			change(t, d.store, func(ctx context.Context, tx *db.Tx) error {
				return tx.NewSelect().Table("triggers").Column("id").Order("priority", "id").Scan(ctx, &ids)
			})
			return ids
		}
		for _, m := range []struct {
			t    crm.Trigger
			to   db.TriggerChange
			want []int64
		}{
			{e, db.TriggerChange{Before: a.ID}, []int64{e.ID, a.ID, b.ID, c.ID}},
			{e, db.TriggerChange{After: c.ID}, []int64{a.ID, b.ID, c.ID, e.ID}},
			{a, db.TriggerChange{Before: c.ID}, []int64{b.ID, a.ID, c.ID, e.ID}},
			{c, db.TriggerChange{After: b.ID}, []int64{b.ID, c.ID, a.ID, e.ID}},
			{c, db.TriggerChange{}, []int64{b.ID, c.ID, a.ID, e.ID}},
		} {
			d.move(m.t, m.to)
			require.Equal(t, m.want, order())
		}
		for field, to := range map[string]db.TriggerChange{
			"before": {Before: 99}, "after": {Before: a.ID, After: b.ID}, "alongside": {Alongside: new(true)},
		} {
			refused(t, d.store, crm.Invalid, field, func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.UpdateTrigger(ctx, ada, e.BotID, e.ID, to)
				return err
			})
		}
		refused(t, d.store, crm.NotFound, "", func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.UpdateTrigger(ctx, ada, a.BotID, e.ID, db.TriggerChange{})
			return err
		})
	})
}

func TestAStageLaunchesItsFirstBotAndThoseThatStandAlongside(t *testing.T) {
	t.Parallel()
	eachCRM(t, func(t *testing.T, store *db.Store) {
		first := published(t, store, crm.Trigger{Kind: crm.TriggerStageEntered})
		second := published(t, store, crm.Trigger{Kind: crm.TriggerStageCreated})
		alongside := published(t, store, crm.Trigger{Kind: crm.TriggerStageCreated, Alongside: true})
		lead := newLead(t, store, crm.Lead{Name: "Deal"})
		caughtUp(t, store)
		require.Len(t, launched(t, store, first), 1)
		require.Empty(t, launched(t, store, second))
		require.Len(t, launched(t, store, alongside), 1)
		require.Equal(t, []int64{second}, passedOver(t, store, lead.ID))

		triggers, err := store.Triggers(t.Context(), second)
		require.NoError(t, err)
		change(t, store, func(ctx context.Context, tx *db.Tx) error {
			again := triggers[0]
			again.ID, again.Alongside = 0, true
			same, err := tx.AddTrigger(ctx, ada, again)
			require.Equal(t, triggers[0].ID, same.ID)
			require.True(t, same.Alongside, "what is said of a trigger that is there already counts")
			return err
		})
		newLead(t, store, crm.Lead{Name: "Another"})
		caughtUp(t, store)
		require.Len(t, launched(t, store, second), 1)
	})
}

func TestWhatAPassedOverBotLostToIsInTheFeed(t *testing.T) {
	t.Parallel()
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		other := d.rival(crm.Trigger{Kind: crm.TriggerMessage})
		chat := d.accept(says("m1", "hi")).Chat
		list, _, err := d.store.Events(t.Context(), db.EventFilter{LeadIDs: []int64{chat.LeadID}, Types: []crm.EventType{crm.BotPassedOver}}, db.Paging{})
		require.NoError(t, err)
		require.Len(t, list, 1)
		_, after, err := list[0].Values()
		require.NoError(t, err)
		require.Equal(t, other.BotID, after.Bot.ID)
		require.Equal(t, other.ID, after.Bot.TriggerID)
		require.Equal(t, d.bot, after.LaunchedBot.ID)
		require.Equal(t, "Bot", after.LaunchedBot.Name)
		require.Equal(t, bot.Subject{LeadID: chat.LeadID}.WorkflowID(), d.run(chat.LeadID).WorkflowID)
	})
}
