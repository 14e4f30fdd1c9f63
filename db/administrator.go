package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"salesbot/crm"
)

// EnsureAdministrator finds whom a login link may let in: the active user with that e-mail, or, if it is empty, the
// first active administrator. An installation without any user gets its first administrator.
func (tx *Tx) EnsureAdministrator(ctx context.Context, email string) (crm.User, error) {
	var user crm.User
	q := tx.NewSelect().Model(&user).Where("is_active = ?", true).Order("id").Limit(1)
	if email != "" {
		q = q.Where("email = ?", crm.FoldEmail(email))
	} else {
		q = q.Where("role = ?", crm.Administrator)
	}
	err := q.Scan(ctx)
	if err == nil {
		return user, nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return user, fmt.Errorf("look for a user: %w", err)
	}
	users, err := tx.NewSelect().Model((*crm.User)(nil)).Count(ctx)
	if err != nil {
		return user, err
	}
	if users > 0 {
		return user, crm.Errorf(crm.NotFound, "there is no active user with the e-mail %q", email)
	}
	if email == "" {
		email = "admin@localhost"
	}
	return tx.AddUser(ctx, NewUser{Name: "Administrator", Email: email, Role: crm.Administrator})
}

// HasUsers says whether anybody was ever added.
func (s *Store) HasUsers(ctx context.Context) (bool, error) {
	users, err := s.read.NewSelect().Model((*crm.User)(nil)).Count(ctx)
	return users > 0, err
}
