package db_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/crm"
	"salesbot/db"
	"salesbot/db/dbtest"
)

func TestASecretIsKeptSealedAndOpenedByItsNameAlone(t *testing.T) {
	t.Parallel()
	dbtest.EachDB(t, func(t *testing.T, store *db.Store) {
		change := func(do func(ctx context.Context, tx *db.Tx) error) error { return store.Change(t.Context(), do) }
		put := func(name, value string) error {
			return change(func(ctx context.Context, tx *db.Tx) error {
				return tx.PutSecret(ctx, crm.Actor{Kind: crm.ByUser, ID: 7}, name, value)
			})
		}
		open := func(name string) (value string, err error) {
			return value, change(func(ctx context.Context, tx *db.Tx) (err error) {
				value, err = tx.OpenSecret(ctx, name)
				return err
			})
		}
		require.NoError(t, put("shop", "the first value"))
		require.NoError(t, put("other", "another value"))
		require.NoError(t, put("shop", "the second value"))
		value, err := open("shop")
		require.NoError(t, err)
		require.Equal(t, "the second value", value)
		_, err = open("gone")
		require.Equal(t, crm.NotFound, crm.CodeOf(err))

		list, err := store.Secrets(t.Context())
		require.NoError(t, err)
		require.Len(t, list, 2)
		require.Equal(t, "other", list[0].Name)
		require.EqualValues(t, 7, list[1].UpdatedBy)
		for _, secret := range list {
			require.NotContains(t, string(secret.Sealed), "value")
		}
		require.NoError(t, change(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.NewRaw("UPDATE secrets SET sealed = (SELECT sealed FROM secrets WHERE name = 'shop') WHERE name = 'other'").Exec(ctx)
			return err
		}))
		_, err = open("other")
		require.ErrorContains(t, err, "can't be opened", "a sealed value counts under its own name only")

		for _, wrong := range []struct{ name, value, field string }{
			{"Shop", "a good value", "name"}, {"1a", "a good value", "name"}, {"a.b", "a good value", "name"}, {"", "a good value", "name"}, {strings.Repeat("a", 65), "a good value", "name"},
			{"a", "short 7", "value"}, {"a", strings.Repeat("x", 2049), "value"}, {"a", "two\r\nlines", "value"}, {"a", " a space", "value"},
		} {
			var own *crm.Error
			require.ErrorAs(t, put(wrong.name, wrong.value), &own)
			require.Equal(t, wrong.field, own.Field)
		}
	})
}
