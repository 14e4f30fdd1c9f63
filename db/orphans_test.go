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

// mailed marks the conversation's mail as sent that long ago.
func (d *desk) mailed(workflowID string, ago time.Duration) {
	d.t.Helper()
	change(d.t, d.store, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewUpdate().Table("mail").Set("sent_at = ?", tx.Now.Add(-ago)).Where("workflow_id = ?", workflowID).Exec(ctx)
		return err
	})
}

func (d *desk) endOrphans(workflowID string) (settled db.Settled) {
	d.t.Helper()
	change(d.t, d.store, func(ctx context.Context, tx *db.Tx) (err error) {
		settled, err = tx.EndOrphans(ctx, workflowID, "its workflow is gone")
		return err
	})
	return settled
}

func (d *desk) relaunch(workflowID string) (settled db.Settled) {
	d.t.Helper()
	change(d.t, d.store, func(ctx context.Context, tx *db.Tx) (err error) {
		settled, err = tx.RelaunchRuns(ctx, workflowID)
		return err
	})
	return settled
}

// Mail starts a conversation by itself: while some is unsent, or was sent a moment ago, runs are neither ended nor launched
// again, whatever was seen of their workflow before.
func TestRunsAreLeftAloneWhileMailToThemIsUnderWay(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		run := d.run(d.accept(says("m1", "hi")).Chat.LeadID)
		for name, settle := range map[string]func(string) db.Settled{"end": d.endOrphans, "relaunch": d.relaunch} {
			require.Zero(t, settle(run.WorkflowID), "%s: unsent mail", name)
			d.mailed(run.WorkflowID, 50*time.Second)
			require.Zero(t, settle(run.WorkflowID), "%s: mail that was just sent", name)
			require.Nil(t, d.run(run.LeadID).EndedAt)
			change(t, d.store, func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.NewUpdate().Table("mail").Set("sent_at = NULL").Where("seq > 0").Exec(ctx)
				return err
			})
		}
		d.mailed(run.WorkflowID, 61*time.Second)
		require.Equal(t, db.Settled{Ended: 1}, d.endOrphans(run.WorkflowID))
		ended := d.run(run.LeadID)
		require.Equal(t, "stopped", ended.Status)
		require.Equal(t, "its workflow is gone", ended.Reason, "a person can see why")
	})
}

// What a lost conversation's runs become: those that may go on are launched again, the others end and say why.
func TestALostConversationsRunsGoOnOrEnd(t *testing.T) {
	for name, c := range map[string]struct {
		change func(ctx context.Context, tx *db.Tx, run crm.Run) error
		want   db.Settled
		reason string
	}{
		"a run that waits": {func(context.Context, *db.Tx, crm.Run) error { return nil }, db.Settled{Relaunched: 1}, ""},
		"a paused run": {func(ctx context.Context, tx *db.Tx, run crm.Run) error {
			_, err := tx.ControlRun(ctx, ada, run.ID, bot.Control{Command: bot.CommandPause})
			return err
		}, db.Settled{Relaunched: 1}, ""},
		"a stopped run": {func(ctx context.Context, tx *db.Tx, run crm.Run) error {
			_, err := tx.ControlRun(ctx, ada, run.ID, bot.Control{Command: bot.CommandStop})
			return err
		}, db.Settled{Ended: 1}, "it was stopped"},
		"a sub-bot": {func(ctx context.Context, tx *db.Tx, run crm.Run) error {
			_, err := tx.LaunchRun(ctx, ada, db.Launch{BotID: run.BotID, Subject: bot.Subject{LeadID: run.LeadID}, By: "run", ParentID: run.ID})
			return err
		}, db.Settled{Ended: 1, Relaunched: 1}, "its conversation was lost"},
		"a deleted lead": {func(ctx context.Context, tx *db.Tx, run crm.Run) error { return tx.DeleteLead(ctx, ada, run.LeadID) },
			db.Settled{Ended: 1}, "it was stopped"},
		"a lead that was deleted before that stopped its runs": {func(ctx context.Context, tx *db.Tx, run crm.Run) error {
			_, err := tx.NewUpdate().Table("leads").Set("deleted_at = ?", tx.Now).Where("id = ?", run.LeadID).Exec(ctx)
			return err
		}, db.Settled{Ended: 1}, "its lead was deleted"},
	} {
		t.Run(name, func(t *testing.T) {
			eachDesk(t, "{}", func(t *testing.T, d *desk) {
				run := d.run(d.accept(says("m1", "hi")).Chat.LeadID)
				change(t, d.store, func(ctx context.Context, tx *db.Tx) error { return c.change(ctx, tx, run) })
				d.mailed(run.WorkflowID, time.Hour)
				require.Equal(t, c.want, d.relaunch(run.WorkflowID))
				require.Len(t, d.letters(run.LeadID), c.want.Relaunched)
				if c.reason != "" {
					newest := d.run(run.LeadID)
					require.NotNil(t, newest.EndedAt)
					require.Equal(t, c.reason, newest.Reason)
				}
				require.Zero(t, d.relaunch(run.WorkflowID), "once")
			})
		})
	}
}

// Only conversations of which nothing was heard for a while are compared with their workflows, each once.
func TestConversationsAreFoundThatWereQuietForAWhile(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		var ids []string
		for _, client := range []string{"ann", "bob", "cid"} {
			in := says("m-"+client, "hi")
			in.ChatID = client
			run := d.run(d.accept(in).Chat.LeadID)
			d.launch(db.Launch{BotID: d.bot, Subject: bot.Subject{LeadID: run.LeadID}, By: "user"})
			ids = append(ids, run.WorkflowID)
		}
		aged := func(where string, id int64) {
			change(t, d.store, func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.NewUpdate().Table("runs").Set("updated_at = ?", tx.Now.Add(-time.Hour)).Where(where, id).Exec(ctx)
				return err
			})
		}
		quiet := func(after string, limit int64) []string {
			found, err := d.store.AliveConversations(t.Context(), after, d.store.Now().Add(-time.Minute), limit)
			require.NoError(t, err)
			return found
		}
		require.Empty(t, quiet("", 10))
		aged("id <> ?", 1) // of Ann's two runs one has just changed
		require.Equal(t, ids[1:], quiet("", 10))
		aged("id = ?", 1)
		require.Equal(t, ids[:2], quiet("", 2))
		require.Equal(t, ids[2:], quiet(ids[1], 2))
		change(t, d.store, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.NewUpdate().Table("runs").Set("ended_at = ?", tx.Now).Where("workflow_id = ?", ids[0]).Exec(ctx)
			return err
		})
		require.Equal(t, ids[1:], quiet("", 10))
	})
}
