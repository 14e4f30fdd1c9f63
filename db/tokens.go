package db

import (
	"context"
	"fmt"
	"strings"
	"time"

	"salesbot/crm"
)

// TokenPrefix begins every token, so that one that leaked into a repository can be found.
const TokenPrefix = "sb_"

// lastUsedStep is how exact last_used_at is: a write at every request would cost more than it tells.
const lastUsedStep = time.Minute

// AddToken makes a token; the returned secret is shown once and kept nowhere. A nil expires never ends. A user can't give
// a role that the user has not got.
func (tx *Tx) AddToken(ctx context.Context, actor crm.Actor, name string, role crm.Role, expires *time.Time) (crm.Token, string, error) {
	secret := TokenPrefix + newSecret()
	token := crm.Token{Name: strings.TrimSpace(name), Hash: fingerprint(secret), Role: role, CreatedBy: actor.UserID(), CreatedAt: tx.Now, ExpiresAt: expires}
	if token.Name == "" {
		return token, "", crm.FieldError("name", "say what the token is for")
	}
	if !role.Valid() {
		return token, "", crm.FieldError("role", "must be %s or %s", crm.Administrator, crm.Manager)
	}
	if expires != nil && !expires.After(tx.Now) {
		return token, "", crm.FieldError("expires_at", "is in the past")
	}
	if err := tx.mayGive(ctx, token.CreatedBy, role); err != nil {
		return token, "", err
	}
	if _, err := tx.NewInsert().Model(&token).Exec(ctx); err != nil {
		return token, "", fmt.Errorf("add token: %w", err)
	}
	return token, secret, nil
}

// mayGive looks whether the maker is active and has the role; 0 is the command line.
func (tx *Tx) mayGive(ctx context.Context, maker int64, role crm.Role) error {
	if maker == 0 {
		return nil
	}
	var user crm.User
	err := tx.lock(tx.NewSelect().Model(&user).Where("id = ?", maker)).Scan(ctx)
	if err := found(err, "user", maker); err != nil {
		return err
	}
	if !user.IsActive || !user.Role.Covers(role) {
		return crm.Errorf(crm.Forbidden, "A token can't have the role %s: its maker has not got it", role)
	}
	return nil
}

// UseToken finds the unexpired token and notes, to the minute, that it was used; Unauthorized if there is none. Its Role
// is the lesser of the token's own and what its maker has now: a token goes with its maker, and does nothing once that
// user is switched off.
func (s *Store) UseToken(ctx context.Context, secret string) (crm.Token, error) {
	token, err := s.findToken(ctx, fingerprint(secret))
	if err != nil {
		return crm.Token{}, err
	}
	now := s.Now()
	if token.ExpiresAt != nil && !token.ExpiresAt.After(now) {
		return crm.Token{}, crm.Errorf(crm.Unauthorized, "The token expired on %s", token.ExpiresAt.Format(time.RFC3339))
	}
	if token.LastUsedAt == nil || now.Sub(*token.LastUsedAt) >= lastUsedStep {
		err = s.Change(ctx, func(ctx context.Context, tx *Tx) error {
			_, err := tx.NewUpdate().Model((*crm.Token)(nil)).Set("last_used_at = ?", now).Where("id = ?", token.ID).Exec(ctx)
			return err
		})
	}
	return token, err
}

func (s *Store) findToken(ctx context.Context, hash string) (crm.Token, error) {
	unknown := crm.Errorf(crm.Unauthorized, "The token is not known")
	row := struct {
		crm.Token `bun:",extend"`
		MakerRole crm.Role
	}{}
	err := s.read.NewSelect().Model(&row).ColumnExpr("?TableAlias.*, u.role AS maker_role").
		Join("LEFT JOIN users AS u ON u.id = ?TableAlias.created_by AND u.is_active = ?", true).Where("?TableAlias.hash = ?", hash).Scan(ctx)
	if err := found(err, "token", ""); crm.CodeOf(err) == crm.NotFound {
		return crm.Token{}, unknown
	} else if err != nil {
		return crm.Token{}, err
	}
	if row.CreatedBy != 0 {
		row.Role = row.Role.Lesser(row.MakerRole)
	}
	if !row.Role.Valid() {
		return crm.Token{}, unknown
	}
	return row.Token, nil
}

// Tokens lists the tokens by id, without their secrets, with the cursor of the next page.
func (s *Store) Tokens(ctx context.Context, paging Paging) ([]crm.Token, string, error) {
	return pageByID(ctx, s.read, paging, false, nil, func(t crm.Token) int64 { return t.ID })
}

// DeleteToken revokes a token.
func (tx *Tx) DeleteToken(ctx context.Context, id int64) error {
	result, err := tx.NewDelete().Model((*crm.Token)(nil)).Where("id = ?", id).Exec(ctx)
	if err != nil {
		return fmt.Errorf("delete token %d: %w", id, err)
	}
	return touched(result, "token", id)
}
