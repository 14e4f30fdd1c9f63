package db

import (
	"context"
	"fmt"
)

// SealSetting keeps a secret text under that name, encrypted with the operator's key; an empty text takes it away.
func (tx *Tx) SealSetting(ctx context.Context, name, text string) error {
	if text == "" {
		return tx.SetSetting(ctx, name, nil)
	}
	sealed, err := tx.store.keys.encrypt([]byte(text), name)
	if err != nil {
		return err
	}
	return tx.SetSetting(ctx, name, sealed)
}

// SealedSetting reads a secret that SealSetting kept; empty if there is none.
func (s *Store) SealedSetting(ctx context.Context, name string) (string, error) {
	var sealed []byte
	if _, err := s.Setting(ctx, name, &sealed); err != nil || len(sealed) == 0 {
		return "", err
	}
	plain, err := s.keys.decrypt(sealed, name)
	if err != nil {
		return "", fmt.Errorf("open setting %s: %w", name, err)
	}
	return string(plain), nil
}
