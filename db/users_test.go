package db_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/crm"
	"salesbot/db"
	"salesbot/db/dbtest"
)

func TestUsersAreChecked(t *testing.T) {
	t.Parallel()
	dbtest.EachDB(t, func(t *testing.T, store *db.Store) {
		good := db.NewUser{Name: "Ada", Email: "ada@example.com", Role: crm.Administrator}
		for field, u := range map[string]db.NewUser{
			"name":     {Email: "a@b.c", Role: crm.Manager},
			"email":    {Name: "A", Email: "Ada <a@b.c>", Role: crm.Manager},
			"role":     {Name: "A", Email: "a@b.c", Role: "king"},
			"password": {Name: "A", Email: "a@b.c", Role: crm.Manager, Password: "short"},
		} {
			refused(t, store, crm.Invalid, field, func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.AddUser(ctx, u)
				return err
			})
		}
		change(t, store, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.AddUser(ctx, good)
			return err
		})
		refused(t, store, crm.Invalid, "email", func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.AddUser(ctx, db.NewUser{Name: "Eve", Email: " ADA@example.com", Role: crm.Manager})
			return err
		})
		n, err := store.CountUsers(t.Context())
		require.NoError(t, err)
		require.EqualValues(t, 1, n)
		_, err = store.CheckPassword(t.Context(), "ada@example.com", "")
		require.Equal(t, crm.Unauthorized, crm.CodeOf(err), "a user without a password can't come in by an empty one")
	})
}

func TestOneAdministratorIsAlwaysLeft(t *testing.T) {
	t.Parallel()
	dbtest.EachDB(t, func(t *testing.T, store *db.Store) {
		const count = 6
		ids := make([]int64, count)
		change(t, store, func(ctx context.Context, tx *db.Tx) error {
			for i := range ids {
				u, err := tx.AddUser(ctx, db.NewUser{Name: "A", Email: fmt.Sprintf("a%d@example.com", i), Role: crm.Administrator})
				if err != nil {
					return err
				}
				ids[i] = u.ID
			}
			return nil
		})
		var group sync.WaitGroup
		for _, id := range ids {
			group.Go(func() {
				role := crm.Manager
				// Some are refused, and on PostgreSQL some deadlocks outlast their attempts; what counts is who is left.
				_ = store.Change(context.Background(), func(ctx context.Context, tx *db.Tx) error {
					_, err := tx.UpdateUser(ctx, id, db.UserChange{Role: &role})
					return err
				})
			})
		}
		group.Wait()
		users, _, err := store.Users(t.Context(), db.Paging{})
		require.NoError(t, err)
		left := 0
		for _, u := range users {
			if u.Role == crm.Administrator {
				left++
			}
		}
		require.Positive(t, left)
	})
}
