package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"salesbot/bot"
	"salesbot/crm"
)

// MaxSecrets is the most that an account keeps.
const MaxSecrets = 200

// Secrets lists the secrets by name, sealed.
func (s *Store) Secrets(ctx context.Context) ([]crm.Secret, error) {
	var secrets []crm.Secret
	if err := s.read.NewSelect().Model(&secrets).Order("name").Scan(ctx); err != nil {
		return nil, fmt.Errorf("read secrets: %w", err)
	}
	return secrets, nil
}

// PutSecret sets the secret of that name, new or not.
func (tx *Tx) PutSecret(ctx context.Context, actor crm.Actor, name, value string) error {
	if err := errors.Join(crm.CheckSecretName(name), crm.CheckSecret(value)); err != nil {
		return err
	}
	others, err := tx.NewSelect().Model((*crm.Secret)(nil)).Where("name <> ?", name).Count(ctx)
	if err != nil {
		return fmt.Errorf("count secrets: %w", err)
	}
	if others >= MaxSecrets {
		return crm.Errorf(crm.Unprocessable, "There are %d secrets already; delete one that no bot uses", MaxSecrets)
	}
	sealed, err := tx.store.keys.encrypt([]byte(value), sealedAs(name))
	if err != nil {
		return err
	}
	secret := crm.Secret{Name: name, Sealed: sealed, UpdatedBy: actor.UserID(), CreatedAt: tx.Now, UpdatedAt: tx.Now}
	_, err = tx.NewInsert().Model(&secret).On("CONFLICT (name) DO UPDATE").Set("sealed = EXCLUDED.sealed").
		Set("updated_by = EXCLUDED.updated_by").Set("updated_at = EXCLUDED.updated_at").Exec(ctx)
	if err != nil {
		return fmt.Errorf("keep the secret %s: %w", name, err)
	}
	return nil
}

func sealedAs(name string) string { return "secret " + name }

// OpenSecret is the secret's value; NotFound if there is none of that name.
func (tx *Tx) OpenSecret(ctx context.Context, name string) (string, error) {
	var secret crm.Secret
	err := tx.NewSelect().Model(&secret).Where("name = ?", name).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return "", crm.Errorf(crm.NotFound, "there is no secret %s; an administrator can add it", name)
	}
	if err != nil {
		return "", fmt.Errorf("read the secret %s: %w", name, err)
	}
	plain, err := tx.store.keys.decrypt(secret.Sealed, sealedAs(name))
	if err != nil {
		return "", fmt.Errorf("open the secret %s: %w", name, err)
	}
	return string(plain), nil
}

// DeleteSecret takes a secret away; a Conflict that names the bots, if any that is published or under way uses it.
func (tx *Tx) DeleteSecret(ctx context.Context, name string) error {
	users, err := botsThatName(ctx, tx, bot.SecretNames)
	if err != nil {
		return err
	}
	if bots := users[name]; len(bots) > 0 {
		return usedBy("secret", name, bots)
	}
	result, err := tx.NewDelete().Model((*crm.Secret)(nil)).Where("name = ?", name).Exec(ctx)
	if err != nil {
		return fmt.Errorf("delete the secret %s: %w", name, err)
	}
	return touched(result, "secret", name)
}

// SecretUsers are the bots, with their ids and names, whose published version uses a secret, or a version of theirs that
// a run goes by; by the secret's name.
func (s *Store) SecretUsers(ctx context.Context) (map[string][]crm.Bot, error) {
	return botsThatName(ctx, s.read, bot.SecretNames)
}
