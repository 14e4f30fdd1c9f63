package db_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"salesbot/crm"
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

// One who waits for another's commit may be told by PostgreSQL to begin anew; whoever asked for the change is not.
func TestASerializationFailureIsTriedAgain(t *testing.T) {
	t.Parallel()
	store := dbtest.Open(t, dbtest.PostgresURL(t))
	rename := func(ctx context.Context, tx *db.Tx, id int64, name string) error {
		_, err := tx.NewUpdate().Table("contacts").Set("name = ?", name).Where("id = ?", id).Exec(ctx)
		return err
	}
	contact := newContact(t, store, crm.Contact{Name: "first"})
	attempts := 0
	change(t, store, func(ctx context.Context, tx *db.Tx) error {
		attempts++
		if _, err := tx.ExecContext(ctx, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"); err != nil {
			return err
		}
		var name string
		if err := tx.NewSelect().Table("contacts").Column("name").Where("id = ?", contact.ID).Scan(ctx, &name); err != nil {
			return err
		}
		if attempts == 1 { // another transaction is faster
			change(t, store, func(ctx context.Context, tx *db.Tx) error { return rename(ctx, tx, contact.ID, "second") })
		}
		return rename(ctx, tx, contact.ID, name+", then third")
	})
	require.Equal(t, 2, attempts)
	contact, err := store.Contact(t.Context(), contact.ID)
	require.NoError(t, err)
	require.Equal(t, "second, then third", contact.Name)
}

func TestWhatIsTriedAgainAndHowOften(t *testing.T) {
	t.Parallel()
	store := dbtest.Open(t, dbtest.PostgresURL(t))
	for _, c := range []struct {
		cause pq.Error
		most  int
	}{{pq.Error{Code: "40001"}, 5}, {pq.Error{Code: "40P01"}, 5}, {pq.Error{Code: "23505"}, 1}} {
		attempts := 0
		err := store.Change(t.Context(), func(context.Context, *db.Tx) error {
			attempts++
			return fmt.Errorf("wrapped: %w", &c.cause)
		})
		require.Error(t, err)
		require.Equal(t, c.most, attempts, c.cause.Code)
	}
}
