package db_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/crm"
	"salesbot/db"
	"salesbot/db/dbtest"
)

func TestANoteIsItsCardsResponsiblesUnlessItNamesAnother(t *testing.T) {
	t.Parallel()
	dbtest.EachDB(t, func(t *testing.T, store *db.Store) {
		require.NoError(t, store.Change(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			var ids [2]int64
			for i, name := range []string{"Ada", "Bob"} {
				user, err := tx.AddUser(ctx, db.NewUser{Name: name, Email: name + "@example.com", Role: crm.Manager})
				require.NoError(t, err)
				ids[i] = user.ID
			}
			require.NoError(t, tx.EnsureDefaults(ctx))
			lead, err := tx.CreateLead(ctx, crm.Actor{Kind: crm.ByUser, ID: ids[0]}, crm.Lead{Name: "A", ResponsibleID: ids[0]})
			require.NoError(t, err)
			for given, want := range map[int64]int64{0: ids[0], ids[1]: ids[1]} {
				note, err := tx.AddNote(ctx, crm.Actor{Kind: crm.BySystem}, crm.Note{EntityType: crm.Leads, EntityID: lead.ID, ResponsibleID: given, Params: map[string]any{"text": "x"}})
				require.NoError(t, err)
				require.Equal(t, want, note.ResponsibleID)
				require.Equal(t, "common", note.Type)
			}
			return nil
		}))
	})
}
