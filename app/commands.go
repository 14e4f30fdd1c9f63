package app

import (
	"context"
	"fmt"
	"strings"

	"salesbot/crm"
	"salesbot/db"
)

// Migrate brings the database's schema up to this version and stops.
func Migrate(ctx context.Context, config Config) error {
	return withStore(ctx, config, func(store *db.Store) error {
		return store.Change(ctx, func(ctx context.Context, tx *db.Tx) error { return tx.EnsureDefaults(ctx) })
	})
}

// CreateToken makes an administrator's token. It works beside a running server.
func CreateToken(ctx context.Context, config Config, name string) (token string, err error) {
	err = withStore(ctx, config, func(store *db.Store) error {
		return store.Change(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, token, err = tx.AddToken(ctx, crm.Actor{Kind: crm.BySystem}, name, crm.Administrator, nil)
			return err
		})
	})
	return token, err
}

// LoginLink makes a link that lets a person in once: the one with that e-mail, or the first administrator, who is made
// if there is nobody yet. It works beside a running server.
func LoginLink(ctx context.Context, config Config, email string) (link string, err error) {
	err = withStore(ctx, config, func(store *db.Store) error {
		link, err = loginLink(ctx, store, config.publicURL(config.Listen), email)
		return err
	})
	return link, err
}

func withStore(ctx context.Context, config Config, do func(*db.Store) error) error {
	if err := config.Validate(Parts{}); err != nil {
		return err
	}
	store, err := db.Open(ctx, db.Options{URL: config.databaseURL(), Logger: config.logger()})
	if err != nil {
		return err
	}
	defer store.Close()
	if err := store.Migrate(ctx); err != nil {
		return err
	}
	return do(store)
}

func loginLink(ctx context.Context, store *db.Store, base, email string) (string, error) {
	var secret string
	err := store.Change(ctx, func(ctx context.Context, tx *db.Tx) error {
		user, err := tx.EnsureAdministrator(ctx, email)
		if err != nil {
			return err
		}
		secret, err = tx.NewLoginLink(ctx, user.ID)
		return err
	})
	return fmt.Sprintf("%s/login?token=%s", base, secret), err
}

// publicURL is the address at which people reach the server; listen stands in when none is configured.
func (c Config) publicURL(listen string) string {
	if c.PublicURL != "" {
		return strings.TrimRight(c.PublicURL, "/")
	}
	host, port, _ := strings.Cut(listen, ":")
	if host == "" || host == "0.0.0.0" || host == "127.0.0.1" {
		host = "localhost"
	}
	return "http://" + host + ":" + port
}
