package db_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
)

// stageHops moves the lead to and fro as two bots would that launch each other, and counts the runs that got to work;
// waits says that each of them waits for the client before it moves the lead on.
func stageHops(t *testing.T, store *db.Store, waits bool, most int) (int, crm.Run) {
	stages := stagesOf(t, store)[2:4]
	bots := []int64{}
	for _, stage := range stages {
		bots = append(bots, published(t, store, crm.Trigger{Kind: crm.TriggerStageMoved, PipelineID: 1, StageID: stage}))
	}
	var lead crm.Lead
	change(t, store, func(ctx context.Context, tx *db.Tx) (err error) {
		lead, err = tx.CreateLead(ctx, ada, crm.Lead{Name: "Lead"})
		return err
	})
	actor := ada
	for n := range most {
		change(t, store, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.ApplyStageChange(ctx, actor, bot.Subject{LeadID: lead.ID}, crm.StageChange{PipelineID: 1, StageID: stages[n%2]})
			return err
		})
		caughtUp(t, store)
		run := launched(t, store, bots[n%2])[0]
		if run.EndedAt != nil {
			return n, run
		}
		if waits {
			require.NoError(t, store.Record(t.Context(), run.ID, bot.Progress{Status: bot.RunWaiting, WaitingFor: "message"}))
		}
		require.NoError(t, store.Record(t.Context(), run.ID, bot.Progress{Status: bot.RunFinished}))
		actor = crm.Actor{Kind: crm.ByBot, ID: run.ID}
	}
	return most, crm.Run{}
}

func stagesOf(t *testing.T, store *db.Store) []int64 {
	t.Helper()
	list, err := store.Stages(t.Context(), 1)
	require.NoError(t, err)
	var ids []int64
	for _, stage := range list {
		ids = append(ids, stage.ID)
	}
	return ids
}

func TestBotsThatMoveALeadToAndFroEnd(t *testing.T) {
	t.Parallel()
	eachCRM(t, func(t *testing.T, store *db.Store) {
		launches, refused := stageHops(t, store, false, 15)
		require.Equal(t, 10, launches)
		require.Equal(t, string(bot.RunRefused), refused.Status)
		require.Contains(t, refused.Reason, "without waiting for anybody")
	})
}

func TestBotsThatWaitForTheClientMayGoOn(t *testing.T) {
	t.Parallel()
	eachCRM(t, func(t *testing.T, store *db.Store) {
		launches, _ := stageHops(t, store, true, 15)
		require.Equal(t, 15, launches)
	})
}
