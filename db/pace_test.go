package db_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
	"salesbot/db/dbtest"
)

// Nobody says what caused a launch that comes from outside. How often they come does.
func TestABotIsNotLaunchedByProgramsWithoutEnd(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]func(testing.TB) string{"SQLite": dbtest.SQLiteURL, "PostgreSQL": dbtest.PostgresURL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testPace(t, url(t))
		})
	}
}

func testPace(t *testing.T, url string) {
	now := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	store, err := db.Open(t.Context(), db.Options{URL: url, Now: func() time.Time { return now }})
	require.NoError(t, err)
	t.Cleanup(func() { _ = store.Close() })
	require.NoError(t, store.Migrate(t.Context()))
	change(t, store, func(ctx context.Context, tx *db.Tx) error { return tx.EnsureDefaults(ctx) })
	first, second := published(t, store, crm.Trigger{Kind: crm.TriggerMessage}), published(t, store, crm.Trigger{Kind: crm.TriggerMessage})
	var leads [2]crm.Lead
	for i := range leads {
		change(t, store, func(ctx context.Context, tx *db.Tx) (err error) {
			leads[i], err = tx.CreateLead(ctx, ada, crm.Lead{Name: "Lead"})
			return err
		})
	}
	launch := func(botID int64, lead crm.Lead, by string, message *bot.Message) (run crm.Run, err error) {
		err = store.Change(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
			run, err = tx.LaunchRun(ctx, ada, db.Launch{BotID: botID, Subject: bot.Subject{LeadID: lead.ID}, By: by, Message: message})
			return err
		})
		return run, err
	}
	for range 30 {
		now = now.Add(19 * time.Second)
		_, err := launch(first, leads[0], "api", nil)
		require.NoError(t, err)
	}
	_, err = launch(first, leads[0], "api", nil)
	var refused *crm.Error
	require.ErrorAs(t, err, &refused)
	require.Equal(t, crm.TooMany, refused.Code)
	require.Contains(t, refused.Message, "circle")
	require.Equal(t, 10*time.Minute-29*19*time.Second, refused.RetryAfter)

	for name, other := range map[string]func() (crm.Run, error){
		"another bot":  func() (crm.Run, error) { return launch(second, leads[0], "api", nil) },
		"another lead": func() (crm.Run, error) { return launch(first, leads[1], "api", nil) },
		"a person":     func() (crm.Run, error) { return launch(first, leads[0], "user", nil) },
		"the client": func() (crm.Run, error) {
			return launch(first, leads[0], "trigger", &bot.Message{ID: "m", Text: "Hi"})
		},
	} {
		run, err := other()
		require.NoError(t, err, name)
		require.Nil(t, run.EndedAt, name)
	}
	now = now.Add(refused.RetryAfter)
	_, err = launch(first, leads[0], "api", nil)
	require.NoError(t, err)
	_, err = launch(first, leads[0], "api", nil)
	require.Error(t, err, "one has left the time, and one has come")

	// A program may move the lead to the stage at which the bot is launched, too. Nobody waits for that one's answer.
	for range 30 {
		run, err := launch(second, leads[1], "trigger", nil)
		require.NoError(t, err)
		require.Nil(t, run.EndedAt)
	}
	run, err := launch(second, leads[1], "trigger", nil)
	require.NoError(t, err)
	require.Equal(t, string(bot.RunRefused), run.Status)
	require.Contains(t, run.Reason, "circle")
}
