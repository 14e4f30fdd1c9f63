package db_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/crm"
	"salesbot/db"
	"salesbot/db/dbtest"
)

// A row from before the input was checked, or from another program's hand, is no reason to show nobody anything.
func TestABadStoredTimeBreaksNoList(t *testing.T) {
	t.Parallel()
	dbtest.EachDB(t, func(t *testing.T, store *db.Store) {
		ctx := t.Context()
		words := []string{"58870-07-03 09:46:40+00:00", "-005-01-01 00:00:00+00:00", "0000-00-00", "tomorrow", "", "2026-01-31 12:00:00.5+00:00"}
		want := []time.Time{crm.LatestTime, crm.EarliestTime, crm.EarliestTime, crm.EarliestTime, crm.EarliestTime, time.Date(2026, 1, 31, 12, 0, 0, 5e8, time.UTC)}
		if store.Postgres() {
			words = []string{"58870-07-03 09:46:40+00", "0005-01-01 00:00:00+00 BC", "infinity", "-infinity"}
			want = []time.Time{crm.LatestTime, crm.EarliestTime, crm.EarliestTime, crm.EarliestTime}
		}
		for i, word := range words {
			var task crm.Task
			require.NoError(t, store.Change(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
				task, err = tx.AddTask(ctx, crm.Actor{Kind: crm.BySystem}, crm.Task{Text: "Call", CompleteTill: time.Unix(1, 0)})
				if err != nil {
					return err
				}
				_, err = tx.NewRaw("UPDATE tasks SET complete_till = ?, created_at = ? WHERE id = ?", word, word, task.ID).Exec(ctx)
				return err
			}))
			tasks, _, err := store.Tasks(ctx, db.TaskFilter{IDs: []int64{task.ID}}, db.Sort{}, db.Paging{})
			require.NoError(t, err, word)
			require.Equal(t, want[i], tasks[0].CompleteTill.UTC(), word)
			require.Equal(t, want[i], tasks[0].CreatedAt.UTC(), word)
		}
	})
}

func TestWhatNobodyCheckedCanBeWrittenAndRead(t *testing.T) {
	t.Parallel()
	dbtest.EachDB(t, func(t *testing.T, store *db.Store) {
		var id int64
		require.NoError(t, store.Change(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			task, err := tx.AddTask(ctx, crm.Actor{Kind: crm.BySystem}, crm.Task{Text: "a\x00b\xff", CompleteTill: time.UnixMilli(9e17)})
			id = task.ID
			return err
		}))
		task, err := store.Task(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, "a\uFFFDb\uFFFD", task.Text)
		require.Equal(t, crm.LatestTime, task.CompleteTill.UTC())
	})
}

func TestATextThatSpeaksOfEscapesIsKeptInEvents(t *testing.T) {
	t.Parallel()
	dbtest.EachDB(t, func(t *testing.T, store *db.Store) {
		for _, text := range []string{`\u0000`, `\\u0000`, `it's \'`, `\`, `'); DROP TABLE tasks; --`, `\' OR 1=1 --`, `\\'`} {
			require.NoError(t, store.Change(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				note, err := tx.AddNote(ctx, crm.Actor{Kind: crm.BySystem}, crm.Note{EntityType: crm.Leads, EntityID: newLeadIn(ctx, t, tx), Type: "common", Params: map[string]any{"text": text}})
				if err != nil {
					return err
				}
				var read crm.Note
				err = tx.NewSelect().Model(&read).Where("id = ?", note.ID).Scan(ctx)
				require.Equal(t, text, read.Params["text"])
				return err
			}), text)
		}
	})
}

func newLeadIn(ctx context.Context, t *testing.T, tx *db.Tx) int64 {
	t.Helper()
	require.NoError(t, tx.EnsureDefaults(ctx))
	lead, err := tx.CreateLead(ctx, crm.Actor{Kind: crm.BySystem}, crm.Lead{Name: "A"})
	require.NoError(t, err)
	return lead.ID
}
