package db_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
	"salesbot/db"
)

// before takes the database back to before messages knew of spent buttons.
func before(ctx context.Context, tx *db.Tx) error {
	for _, query := range []string{
		"DROP INDEX messages_live", "DROP INDEX messages_edit",
		"ALTER TABLE messages DROP COLUMN visit", "ALTER TABLE messages DROP COLUMN spent_at", "ALTER TABLE messages DROP COLUMN chosen",
		"ALTER TABLE messages DROP COLUMN edit_at", "ALTER TABLE messages DROP COLUMN edit_tries",
		"DELETE FROM bun_migrations WHERE name = '20261128020000'",
	} {
		if _, err := tx.NewRaw(query).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// After an upgrade the questions at which runs stand are live, and all older ones are spent.
func TestQuestionsFromBeforeAreSpentUnlessTheirRunStandsAtThem(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		first := d.accept(says("m1", "hi")).Chat
		run := d.run(first.LeadID)
		ask := func(visit int) string {
			e := d.effect(run)
			e.Key.Visit = visit
			number := bot.Visit{Number: visit, Step: "a", Kind: "message"}
			e.Progress = bot.Progress{Status: bot.RunWaiting, Step: "a", Visits: []bot.Visit{number}}
			sent, err := d.tryAs(e, bot.Outgoing{Text: "Which?", Buttons: []bot.Button{{ID: bot.ButtonPayload(run.ID, visit, "tea"), Text: "Tea"}}})
			require.NoError(t, err)
			return sent[0].MessageID
		}
		old, now := ask(1), ask(12)
		link := d.send(run, bot.Outgoing{Text: "Look", Buttons: []bot.Button{{Text: `My "id"`, URL: "https://example.org"}}})[0].MessageID
		done := d.accept(says("m2", "hi"))
		change(t, d.store, before)
		require.NoError(t, d.store.Migrate(t.Context()))
		require.NotNil(t, d.message(old).SpentAt)
		require.Nil(t, d.message(now).SpentAt)
		require.Equal(t, 12, d.message(now).Visit)
		for _, id := range []string{link, done.Message.ID} {
			require.Zero(t, d.message(id).Visit)
			require.Nil(t, d.message(id).SpentAt)
		}
		require.Nil(t, d.message(old).EditAt, "providers are not called for all of the past")
		d.record(run, bot.Progress{Status: bot.RunFinished})
		require.NotNil(t, d.message(now).SpentAt, "what was live is spent as any other")

		change(t, d.store, before)
		require.NoError(t, d.store.Migrate(t.Context()))
		require.NotNil(t, d.message(now).SpentAt, "its run has ended")
	})
}
