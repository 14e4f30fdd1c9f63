package db_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/crm"
	"salesbot/db"
	"salesbot/db/dbtest"
)

func scoring() crm.CustomActivity {
	return crm.CustomActivity{Name: "ScoreLead", Title: "Score", Help: "Grades", TaskQueue: "scoring",
		InputSchema: json.RawMessage(`{"type": "object"}`), OutputSchema: json.RawMessage(`{}`)}
}

func TestAnActivityIsRegisteredAgainAndAgain(t *testing.T) {
	t.Parallel()
	dbtest.EachDB(t, func(t *testing.T, store *db.Store) {
		put := func(a crm.CustomActivity) (made crm.CustomActivity, err error) {
			err = store.Change(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
				made, err = tx.PutCustomActivity(ctx, crm.Actor{Kind: crm.ByUser, ID: 5}, a)
				return err
			})
			return made, err
		}
		first, err := put(scoring())
		require.NoError(t, err)
		changed := scoring()
		changed.Title, changed.TaskQueue, changed.InputSchema = "Score anew", "scores", json.RawMessage(`{"type": "array"}`)
		_, err = put(changed)
		require.NoError(t, err)
		got, err := store.CustomActivity(t.Context(), "ScoreLead")
		require.NoError(t, err)
		require.Equal(t, "Score anew", got.Title)
		require.Equal(t, "scores", got.TaskQueue)
		require.JSONEq(t, `{"type": "array"}`, string(got.InputSchema))
		require.EqualValues(t, 5, got.UpdatedBy)
		require.Equal(t, first.CreatedAt, got.CreatedAt, "it is the same one")
		list, err := store.CustomActivities(t.Context())
		require.NoError(t, err)
		require.Len(t, list, 1)

		for field, spoil := range map[string]func(*crm.CustomActivity){
			"name":          func(a *crm.CustomActivity) { a.Name = "Score Lead" },
			"task_queue":    func(a *crm.CustomActivity) { a.TaskQueue = "conversations" },
			"input_schema":  func(a *crm.CustomActivity) { a.InputSchema = json.RawMessage(`{"type":"nothing"}`) },
			"output_schema": func(a *crm.CustomActivity) { a.OutputSchema = json.RawMessage(`{"$ref":"file:///etc/passwd"}`) },
		} {
			bad := scoring()
			spoil(&bad)
			_, err := put(bad)
			require.ErrorContains(t, err, field)
		}
		_, err = store.CustomActivity(t.Context(), "Nobody")
		require.Equal(t, crm.NotFound, crm.CodeOf(err))
	})
}

func TestAnAccountKeepsOnlySoManyActivities(t *testing.T) {
	t.Parallel()
	dbtest.EachDB(t, func(t *testing.T, store *db.Store) {
		require.NoError(t, store.Change(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			for i := range db.MaxCustomActivities {
				a := scoring()
				a.Name = fmt.Sprintf("A%d", i)
				if _, err := tx.PutCustomActivity(ctx, crm.Actor{}, a); err != nil {
					return err
				}
			}
			again := scoring()
			again.Name = "A0"
			_, err := tx.PutCustomActivity(ctx, crm.Actor{}, again)
			require.NoError(t, err, "one that is there may change")
			_, err = tx.PutCustomActivity(ctx, crm.Actor{}, scoring())
			require.Equal(t, crm.Unprocessable, crm.CodeOf(err))
			return nil
		}))
	})
}

func TestAnActivityThatABotNeedsStays(t *testing.T) {
	eachDesk(t, `{}`, func(t *testing.T, d *desk) {
		change := func(fn func(ctx context.Context, tx *db.Tx) error) error { return d.store.Change(t.Context(), fn) }
		remove := func() error {
			return change(func(ctx context.Context, tx *db.Tx) error { return tx.DeleteCustomActivity(ctx, "ScoreLead") })
		}
		var made crm.Bot
		require.NoError(t, change(func(ctx context.Context, tx *db.Tx) (err error) {
			if _, err = tx.PutCustomActivity(ctx, crm.Actor{}, scoring()); err != nil {
				return err
			}
			made, err = tx.CreateBot(ctx, crm.Actor{}, "Scorer", json.RawMessage(`{"schema":1,"name":"Scorer","start":"a","steps":[{"id":"a","kind":"activity","config":{"name":"ScoreLead"}}]}`))
			return err
		}))
		users, err := d.store.ActivityUsers(t.Context())
		require.NoError(t, err)
		require.Empty(t, users, "a draft needs nothing")
		require.NoError(t, change(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.PublishBot(ctx, crm.Actor{}, made.ID, made.Revision)
			return err
		}))
		require.ErrorContains(t, remove(), "is used by Scorer")
		require.Equal(t, crm.Conflict, crm.CodeOf(remove()))
		require.NoError(t, change(func(ctx context.Context, tx *db.Tx) error { return tx.DeleteBot(ctx, crm.Actor{}, made.ID) }))
		require.NoError(t, remove())
		require.Equal(t, crm.NotFound, crm.CodeOf(remove()))
	})
}
