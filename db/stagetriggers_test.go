package db_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
)

const stopAtOnce = `{"schema":1,"name":"Bot","start":"end","steps":[{"id":"end","kind":"stop"}]}`

// published makes a published bot with one trigger.
func published(t *testing.T, store *db.Store, trigger crm.Trigger) int64 {
	t.Helper()
	var id int64
	change(t, store, func(ctx context.Context, tx *db.Tx) error {
		b, err := tx.CreateBot(ctx, crm.Actor{}, "Bot", json.RawMessage(stopAtOnce))
		if err != nil {
			return err
		}
		id = b.ID
		if _, err := tx.PublishBot(ctx, crm.Actor{}, id, b.Revision); err != nil {
			return err
		}
		trigger.BotID = id
		_, err = tx.AddTrigger(ctx, crm.Actor{}, trigger)
		return err
	})
	return id
}

// caughtUp runs the relay until it has committed that it has seen every event.
func caughtUp(t *testing.T, store *db.Store) {
	t.Helper()
	relay := store.StageTriggerRelay()
	stop := start(t, relay)
	defer stop()
	marker := newContact(t, store, crm.Contact{Name: "marker"})
	filter := db.EventFilter{EntityTypes: []string{"contacts"}, EntityIDs: []int64{marker.ID}}
	require.Eventually(t, func() bool {
		list, _, err := store.Events(context.Background(), filter, db.Paging{})
		if err != nil || len(list) == 0 {
			return false
		}
		at := cursor(t, store, relay.Name)
		return at.Tx > list[0].Tx || at.Tx == list[0].Tx && at.ID >= list[0].ID
	}, soon, 5*time.Millisecond)
}

// cursor is what the relay of that name has saved.
func cursor(t *testing.T, store *db.Store, name string) (at db.EventCursor) {
	t.Helper()
	change(t, store, func(ctx context.Context, tx *db.Tx) error {
		err := tx.NewSelect().Table("cursors").Column("tx", "event_id").Where("name = ?", name).Scan(ctx, &at.Tx, &at.ID)
		if errors.Is(err, sql.ErrNoRows) {
			return nil // it has not begun
		}
		return err
	})
	return at
}

func launched(t *testing.T, store *db.Store, botID int64) []crm.Run {
	t.Helper()
	runs, _, err := store.Runs(context.Background(), db.RunFilter{BotID: botID}, db.Paging{})
	require.NoError(t, err)
	return runs
}

func TestStagesLaunchBots(t *testing.T) {
	t.Parallel()
	eachCRM(t, func(t *testing.T, store *db.Store) {
		pipelines, err := store.Pipelines(t.Context())
		require.NoError(t, err)
		pipeline := pipelines[0].ID
		created := published(t, store, crm.Trigger{Kind: crm.TriggerStageCreated, PipelineID: pipeline})
		moved := published(t, store, crm.Trigger{Kind: crm.TriggerStageMoved, PipelineID: pipeline, StageID: crm.StageWon})
		entered := published(t, store, crm.Trigger{Kind: crm.TriggerStageEntered, Alongside: true})
		lead := newLead(t, store, crm.Lead{Name: "Deal", PipelineID: pipeline})
		caughtUp(t, store)
		require.Len(t, launched(t, store, created), 1)
		require.Equal(t, "trigger", launched(t, store, created)[0].LaunchedBy)
		require.Empty(t, launched(t, store, moved))
		require.Len(t, launched(t, store, entered), 1)

		change(t, store, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.ChangeStage(ctx, crm.Actor{}, lead.ID, pipeline, crm.StageLost)
			return err
		})
		caughtUp(t, store)
		require.Empty(t, launched(t, store, moved), "lost is not won")
		require.Len(t, launched(t, store, entered), 1, "a bot that is at work on the lead is not launched beside itself")

		change(t, store, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.ChangeStage(ctx, crm.Actor{}, lead.ID, pipeline, crm.StageWon)
			return err
		})
		caughtUp(t, store)
		require.Len(t, launched(t, store, moved), 1)
		require.Len(t, launched(t, store, created), 1, "a move is no creation")
	})
}

func TestABotThatLaunchesItselfOverAndOverIsStopped(t *testing.T) {
	t.Parallel()
	eachCRM(t, func(t *testing.T, store *db.Store) {
		id := published(t, store, crm.Trigger{Kind: crm.TriggerStageMoved})
		lead := newLead(t, store, crm.Lead{Name: "Deal"})
		for i := range 14 {
			stage := []int64{crm.StageWon, crm.StageLost}[i%2]
			change(t, store, func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.ChangeStage(ctx, crm.Actor{}, lead.ID, lead.PipelineID, stage)
				return err
			})
			caughtUp(t, store)
			for _, run := range launched(t, store, id) {
				require.NoError(t, store.Record(t.Context(), run.ID, bot.Progress{Status: bot.RunFinished}))
			}
		}
		statuses := map[string]int{}
		for _, run := range launched(t, store, id) {
			statuses[run.Status]++
		}
		require.Equal(t, map[string]int{string(bot.RunFinished): 10, string(bot.RunRefused): 4}, statuses, "what was refused is there to see")
	})
}

func TestADeletedLeadLaunchesNothing(t *testing.T) {
	t.Parallel()
	eachCRM(t, func(t *testing.T, store *db.Store) {
		id := published(t, store, crm.Trigger{Kind: crm.TriggerStageCreated})
		lead := newLead(t, store, crm.Lead{Name: "Deal"})
		change(t, store, func(ctx context.Context, tx *db.Tx) error { return tx.DeleteLead(ctx, crm.Actor{}, lead.ID) })
		caughtUp(t, store)
		require.Empty(t, launched(t, store, id))
	})
}

func TestATakenOverLeadLaunchesNothingAtItsStages(t *testing.T) {
	t.Parallel()
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		id := published(t, d.store, crm.Trigger{Kind: crm.TriggerStageMoved})
		chat := d.accept(says("m1", "hi")).Chat
		move := func(stage int64) {
			change(t, d.store, func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.ChangeStage(ctx, crm.Actor{}, chat.LeadID, d.channel.PipelineID, stage)
				return err
			})
			caughtUp(t, d.store)
		}
		change(t, d.store, func(ctx context.Context, tx *db.Tx) error { return tx.TakeOver(ctx, ada, chat.LeadID, ada.ID) })
		move(crm.StageLost)
		require.Empty(t, launched(t, d.store, id), "a person talks with the client")
		change(t, d.store, func(ctx context.Context, tx *db.Tx) error { return tx.HandBack(ctx, ada, chat.LeadID) })
		require.Empty(t, launched(t, d.store, id), "what happened meanwhile is not made up for")
		move(crm.StageWon)
		require.Len(t, launched(t, d.store, id), 1)
	})
}
