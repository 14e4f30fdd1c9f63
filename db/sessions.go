package db

import (
	"context"
	"fmt"
	"time"

	"salesbot/crm"
)

// SessionLife is how long a login in a browser lasts.
const SessionLife = 30 * 24 * time.Hour

// LoginLinkLife is how long a login link waits to be used.
const LoginLinkLife = 24 * time.Hour

// NewSession logs the user in; the returned secret is the cookie's value and is kept nowhere. Expired sessions and
// links go on the way.
func (tx *Tx) NewSession(ctx context.Context, userID int64) (secret string, err error) {
	for _, model := range []any{(*crm.Session)(nil), (*crm.LoginLink)(nil)} {
		if _, err := tx.NewDelete().Model(model).Where("expires_at <= ?", tx.Now).Exec(ctx); err != nil {
			return "", fmt.Errorf("forget expired logins: %w", err)
		}
	}
	secret = newSecret()
	session := &crm.Session{ID: fingerprint(secret), UserID: userID, CreatedAt: tx.Now, ExpiresAt: tx.Now.Add(SessionLife)}
	if _, err := tx.NewInsert().Model(session).Exec(ctx); err != nil {
		return "", fmt.Errorf("add session: %w", err)
	}
	return secret, nil
}

// SessionUser is the active user of an unexpired session; Unauthorized if there is none.
func (s *Store) SessionUser(ctx context.Context, secret string) (crm.User, error) {
	var user crm.User
	err := s.read.NewSelect().Model(&user).Join("JOIN sessions AS s ON s.user_id = ?TableAlias.id").
		Where("s.id = ?", fingerprint(secret)).Where("s.expires_at > ?", s.Now()).Where("?TableAlias.is_active = ?", true).Scan(ctx)
	if err := found(err, "session", ""); err != nil {
		if crm.CodeOf(err) == crm.NotFound {
			err = crm.Errorf(crm.Unauthorized, "The session has ended; sign in again")
		}
		return crm.User{}, err
	}
	return user, nil
}

// endLogins ends the user's sessions and the login links that nobody has used yet.
func (tx *Tx) endLogins(ctx context.Context, userID int64) error {
	for _, model := range []any{(*crm.Session)(nil), (*crm.LoginLink)(nil)} {
		if _, err := tx.NewDelete().Model(model).Where("user_id = ?", userID).Exec(ctx); err != nil {
			return fmt.Errorf("end the logins of user %d: %w", userID, err)
		}
	}
	return nil
}

// EndSession signs out. A session that is gone already is no error.
func (s *Store) EndSession(ctx context.Context, secret string) error {
	return s.Change(ctx, func(ctx context.Context, tx *Tx) error {
		_, err := tx.NewDelete().Model((*crm.Session)(nil)).Where("id = ?", fingerprint(secret)).Exec(ctx)
		return err
	})
}

// NewLoginLink makes the secret of a link that lets the user in once, within LoginLinkLife.
func (tx *Tx) NewLoginLink(ctx context.Context, userID int64) (secret string, err error) {
	secret = newSecret()
	link := &crm.LoginLink{ID: fingerprint(secret), UserID: userID, ExpiresAt: tx.Now.Add(LoginLinkLife)}
	if _, err := tx.NewInsert().Model(link).Exec(ctx); err != nil {
		return "", fmt.Errorf("add login link: %w", err)
	}
	return secret, nil
}

// UseLoginLink takes the link away and says whom it lets in; Unauthorized if it is unknown, used or expired.
func (tx *Tx) UseLoginLink(ctx context.Context, secret string) (crm.User, error) {
	var link crm.LoginLink
	refused := crm.Errorf(crm.Unauthorized, "This login link has been used or has expired; run salesbot login on the server for a new one, or ask an administrator")
	err := tx.NewDelete().Model(&link).Where("id = ?", fingerprint(secret)).Returning("*").Scan(ctx)
	if err := found(err, "login link", ""); err != nil {
		if crm.CodeOf(err) == crm.NotFound {
			return crm.User{}, refused
		}
		return crm.User{}, err
	}
	if !link.ExpiresAt.After(tx.Now) {
		return crm.User{}, refused
	}
	var user crm.User
	err = tx.NewSelect().Model(&user).Where("id = ?", link.UserID).Scan(ctx)
	if err := found(err, "user", link.UserID); err != nil {
		return user, err
	}
	if !user.IsActive {
		return crm.User{}, crm.Errorf(crm.Unauthorized, "This user has been switched off")
	}
	return user, nil
}
