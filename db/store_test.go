package db_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/db"
	"salesbot/db/dbtest"
)

func TestMigratingTwiceChangesNothing(t *testing.T) {
	dbtest.EachDB(t, func(t *testing.T, store *db.Store) {
		require.NoError(t, store.Migrate(t.Context()))
	})
}

func TestAFailedChangeTakesNothingElseWithIt(t *testing.T) {
	dbtest.EachDB(t, func(t *testing.T, store *db.Store) {
		broken := errors.New("broken")
		var group sync.WaitGroup
		for i := range 40 {
			group.Go(func() {
				err := store.Change(context.Background(), func(ctx context.Context, tx *db.Tx) error {
					if _, err := tx.ExecContext(ctx, "INSERT INTO settings (name, value) VALUES (?, '1')", i); err != nil {
						return err
					}
					switch i % 4 {
					case 0:
						return broken
					case 1:
						panic("a bug")
					}
					return nil
				})
				if i%4 > 1 {
					require.NoError(t, err)
				}
			})
		}
		group.Wait()
		var kept int
		require.NoError(t, store.Change(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			return tx.NewSelect().Table("settings").ColumnExpr("count(*)").Scan(ctx, &kept)
		}))
		require.Equal(t, 20, kept)
	})
}

func TestFoldersMayHaveAnyName(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for _, name := range []string{"a#1", "a#2", "50% off", "why?", "größe"} {
		require.NoError(t, os.Mkdir(filepath.Join(folder, name), 0o700))
		path := filepath.Join(folder, name, "salesbot.db")
		dbtest.Open(t, "sqlite://"+path)
		require.FileExists(t, path)
	}
}
