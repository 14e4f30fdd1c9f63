package db_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/db"
	"salesbot/db/dbtest"
)

func TestANewerSchemaIsNotOpened(t *testing.T) {
	t.Parallel()
	dbtest.EachDB(t, func(t *testing.T, store *db.Store) {
		require.NoError(t, store.Migrate(t.Context()))
		require.NoError(t, store.Change(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.NewRaw("INSERT INTO bun_migrations (name, group_id) VALUES ('29991231235959', 9)").Exec(ctx)
			return err
		}))
		require.ErrorContains(t, store.Migrate(t.Context()), "start the newer version")
	})
}
