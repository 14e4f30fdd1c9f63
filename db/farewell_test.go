package db_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
)

// Whatever is deleted, what ran there is silent from that commit on: it is held, told so by mail and by an event, what it
// had not sent is failed, and it can do nothing more.
func TestADeletedThingsRunsAreStoppedAtItsCommit(t *testing.T) {
	for name, remove := range map[string]func(ctx context.Context, tx *db.Tx, run crm.Run) error{
		"lead": func(ctx context.Context, tx *db.Tx, run crm.Run) error { return tx.DeleteLead(ctx, ada, run.LeadID) },
		"contact": func(ctx context.Context, tx *db.Tx, run crm.Run) error {
			return tx.DeleteContact(ctx, ada, run.ContactID)
		},
		"bot": func(ctx context.Context, tx *db.Tx, run crm.Run) error { return tx.DeleteBot(ctx, ada, run.BotID) },
	} {
		t.Run(name, func(t *testing.T) {
			eachDesk(t, "{}", func(t *testing.T, d *desk) {
				run := d.run(d.accept(says("m1", "hi")).Chat.LeadID)
				sub := d.launch(db.Launch{BotID: d.bot, Subject: bot.Subject{LeadID: run.LeadID}, By: "run", ParentID: run.ID})
				other := d.accept(crm.Inbound{Kind: crm.InMessage, ChatID: "somebody else", MessageID: "m2", Text: "hi", At: time.Now()})
				e := d.effect(run)
				sent, err := d.tryAs(e, bot.Outgoing{Text: "on its way"})
				require.NoError(t, err)
				require.Len(t, sent, 1)
				change(t, d.store, func(ctx context.Context, tx *db.Tx) error { return remove(ctx, tx, run) })

				holds := d.holds()
				require.Equal(t, "stop", holds[run.ID])
				require.Equal(t, "stop", holds[sub.ID])
				if name != "bot" { // which runs there, too
					require.Empty(t, holds[d.run(other.Chat.LeadID).ID], "another lead's run goes on")
				}
				require.Contains(t, signals(d.letters(run.LeadID)), bot.SignalControl)
				e.Key.Ordinal++
				_, err = d.tryAs(e, bot.Outgoing{Text: "never"})
				require.Equal(t, crm.Held, crm.CodeOf(err))
				delivery, err := d.store.BeginDelivery(t.Context(), sent[0].MessageID, "attempt")
				require.NoError(t, err)
				require.True(t, delivery.Done)
				require.Equal(t, crm.MessageFailed, delivery.Message.Status)
				list, _, err := d.store.Events(t.Context(), db.EventFilter{EntityTypes: []string{"runs"}, EntityIDs: []int64{run.ID}}, db.Paging{Limit: 50})
				require.NoError(t, err)
				require.GreaterOrEqual(t, len(list), 2, "an event tells of it")
			})
		})
	}
}

// What stood at a place that is gone goes with it.
func TestADeletedPlacesTriggersGoWithIt(t *testing.T) {
	t.Parallel()
	eachCRM(t, func(t *testing.T, store *db.Store) {
		var pipeline crm.Pipeline
		var stage crm.Stage
		var channel crm.Channel
		change(t, store, func(ctx context.Context, tx *db.Tx) (err error) {
			if pipeline, err = tx.CreatePipeline(ctx, ada, crm.Pipeline{Name: "Second"}, nil); err != nil {
				return err
			}
			if channel, err = tx.CreateChannel(ctx, ada, crm.Channel{Kind: "telegram", Name: "Telegram", PipelineID: 1, IsActive: true}, nil); err != nil {
				return err
			}
			stage, err = tx.CreateStage(ctx, ada, crm.Stage{PipelineID: pipeline.ID, Name: "More"})
			return err
		})
		for _, c := range []struct {
			trigger crm.Trigger
			remove  func(ctx context.Context, tx *db.Tx) error
		}{
			{crm.Trigger{Kind: crm.TriggerMessage, ChannelID: channel.ID}, func(ctx context.Context, tx *db.Tx) error { return tx.DeleteChannel(ctx, ada, channel.ID) }},
			{crm.Trigger{Kind: crm.TriggerStageMoved, PipelineID: pipeline.ID, StageID: stage.ID}, func(ctx context.Context, tx *db.Tx) error { return tx.DeleteStage(ctx, ada, pipeline.ID, stage.ID) }},
			{crm.Trigger{Kind: crm.TriggerStageMoved, PipelineID: pipeline.ID}, func(ctx context.Context, tx *db.Tx) error { return tx.DeletePipeline(ctx, ada, pipeline.ID) }},
		} {
			id := published(t, store, c.trigger)
			change(t, store, c.remove)
			left, err := store.Triggers(t.Context(), id)
			require.NoError(t, err)
			require.Empty(t, left)
		}
	})
}

// Nothing is left to be done about a card that is gone.
func TestADeletedCardsTasksAreClosed(t *testing.T) {
	t.Parallel()
	eachCRM(t, func(t *testing.T, store *db.Store) {
		for kind, remove := range map[crm.EntityType]func(tx *db.Tx, ctx context.Context, actor crm.Actor, id int64) error{
			crm.Leads: (*db.Tx).DeleteLead, crm.Contacts: (*db.Tx).DeleteContact, crm.Companies: (*db.Tx).DeleteCompany,
		} {
			var task crm.Task
			change(t, store, func(ctx context.Context, tx *db.Tx) error {
				card := crm.Entity{Type: kind}
				switch kind {
				case crm.Leads:
					lead, err := tx.CreateLead(ctx, ada, crm.Lead{Name: "Lead"})
					require.NoError(t, err)
					card.ID = lead.ID
				case crm.Contacts:
					contact, err := tx.CreateContact(ctx, ada, crm.Contact{Name: "Ann"})
					require.NoError(t, err)
					card.ID = contact.ID
				default:
					company, err := tx.CreateCompany(ctx, ada, crm.Company{Name: "Inc"})
					require.NoError(t, err)
					card.ID = company.ID
				}
				var err error
				task, err = tx.AddTask(ctx, ada, crm.Task{Text: "Call", EntityType: kind, EntityID: card.ID, CompleteTill: tx.Now.Add(time.Hour)})
				require.NoError(t, err)
				return remove(tx, ctx, ada, card.ID)
			})
			tasks, _, err := store.Tasks(t.Context(), db.TaskFilter{IDs: []int64{task.ID}}, db.Sort{}, db.Paging{})
			require.NoError(t, err)
			require.Len(t, tasks, 1, kind)
			require.True(t, tasks[0].IsCompleted, kind)
		}
	})
}
