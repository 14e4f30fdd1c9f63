package db_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
	"salesbot/db"
)

// mailed marks the conversation's mail as sent that long ago.
func (d *desk) mailed(workflowID string, ago time.Duration) {
	d.t.Helper()
	change(d.t, d.store, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewUpdate().Table("mail").Set("sent_at = ?", tx.Now.Add(-ago)).Where("workflow_id = ?", workflowID).Exec(ctx)
		return err
	})
}

func TestConversationsAreFoundThatAreAliveOrLate(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		var ids []string
		var runs []int64
		for _, client := range []string{"ann", "bob", "cid"} {
			in := says("m-"+client, "hi")
			in.ChatID = client
			run := d.run(d.accept(in).Chat.LeadID)
			d.launch(db.Launch{BotID: d.bot, Subject: bot.Subject{LeadID: run.LeadID}, By: "user"})
			ids, runs = append(ids, run.WorkflowID), append(runs, run.ID)
		}
		set := func(id int64, column string, value any) {
			change(t, d.store, func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.NewUpdate().Table("runs").Set(column+" = ?", value).Where("id = ?", id).Exec(ctx)
				return err
			})
		}
		alive := func(after string, limit int) []string {
			found, err := d.store.AliveConversations(t.Context(), after, limit)
			require.NoError(t, err)
			return found
		}
		late := func() []string {
			found, err := d.store.LateConversations(t.Context(), d.store.Now().Add(-time.Minute), "", 10)
			require.NoError(t, err)
			return found
		}
		require.Equal(t, ids, alive("", 10), "each once")
		require.Equal(t, ids[:2], alive("", 2))
		require.Equal(t, ids[2:], alive(ids[1], 2))

		require.Empty(t, late(), "they have just begun")
		ago := d.store.Now().Add(-time.Hour)
		set(runs[0], "updated_at", ago)
		require.Equal(t, ids[:1], late(), "a step that takes an hour")
		set(runs[0], "status", bot.RunWaiting)
		require.Empty(t, late(), "a wait may be long")
		set(runs[1], "status", bot.RunWaiting)
		set(runs[1], "waiting_until", ago)
		require.Equal(t, ids[1:2], late(), "a timer that is over")
		set(runs[1], "ended_at", ago)
		require.Empty(t, late())

		for _, id := range runs {
			set(id, "ended_at", ago)
			set(id+1, "ended_at", ago)
		}
		require.Empty(t, alive("", 10))
		keep := bot.Keep{WorkflowID: ids[2], Stamp: "a.1", State: []byte("{}")}
		require.NoError(t, d.store.KeepState(t.Context(), keep))
		require.Equal(t, ids[2:], alive("", 10), "a state has something to say yet")
	})
}
