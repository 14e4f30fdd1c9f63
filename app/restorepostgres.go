package app

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"salesbot/backup"
	"salesbot/db"
	"salesbot/embedded"
)

func (r *restore) restorePostgres(ctx context.Context) error {
	conn, err := r.connectAlone(ctx)
	if err != nil {
		return err
	}
	store, err := db.Open(ctx, db.Options{URL: r.DatabaseURL, Logger: r.logger()})
	if err != nil {
		return err
	}
	r.undo = append(r.undo, store.Close)
	// Whoever starts meanwhile waits: here those with an embedded Temporal, below all others.
	if r.embedsTemporal() {
		lock, err := embedded.HoldPostgres(ctx, r.DatabaseURL, r.logger())
		if err != nil {
			return err
		}
		r.undo = append(r.undo, lock.Close)
	}
	unlock, err := store.LockSchema(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	schemas, err := r.target(ctx, conn, store)
	if err != nil {
		return err
	}
	return r.replaceTables(ctx, conn, store, schemas)
}

// connectAlone connects, and refuses while others are connected: they would go on with what they know of the old tables.
func (r *restore) connectAlone(ctx context.Context) (*pgx.Conn, error) {
	config, err := pgx.ParseConfig(r.DatabaseURL)
	if err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %w", err)
	}
	delete(config.RuntimeParams, "binary_parameters")
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	r.undo = append(r.undo, func() error { return conn.Close(context.WithoutCancel(ctx)) })
	others, err := backup.Others(ctx, conn)
	if err != nil {
		return nil, err
	}
	if len(others) > 0 {
		return nil, fmt.Errorf("the database is in use (%s): stop every salesbot, and whatever else is connected to it, first", strings.Join(others, ", "))
	}
	return conn, nil
}

// target are the schemas that the tables go into, with what is in them. They must be empty, or it takes force.
func (r *restore) target(ctx context.Context, conn *pgx.Conn, store *db.Store) ([]backup.Schema, error) {
	names, err := r.schemas(ctx, store)
	if err != nil {
		return nil, err
	}
	product := names[len(names)-1]
	if product != r.manifest.Schema {
		return nil, fmt.Errorf("the backup is of the schema %q, and this database address leads to %q: set its search_path to that of the backup", r.manifest.Schema, product)
	}
	var schemas []backup.Schema
	var there []string
	for _, name := range names {
		schema, err := backup.Contents(ctx, conn, name)
		if err != nil {
			return nil, err
		}
		schemas = append(schemas, schema)
		if len(schema.Tables) > 0 {
			there = append(there, name)
		}
	}
	if len(there) > 0 && !r.force {
		return nil, fmt.Errorf("there are tables already in %s: restore into an empty database, or add --force to move them aside", strings.Join(there, ", "))
	}
	return schemas, nil
}

// replaceTables moves the tables aside and has pg_restore make new ones. If that fails the old ones come back.
func (r *restore) replaceTables(ctx context.Context, conn *pgx.Conn, store *db.Store, schemas []backup.Schema) error {
	suffix := strings.NewReplacer(".", "_", "-", "_").Replace(strings.ToLower(r.stamp))
	asides, err := backup.SetAside(ctx, conn, schemas, suffix)
	if err != nil {
		return err
	}
	if err := backup.Undump(ctx, r.dir, r.DatabaseURL); err != nil {
		return errors.Join(err, backup.TakeBack(context.WithoutCancel(ctx), conn, schemas, suffix))
	}
	for _, schema := range asides {
		r.asides = append(r.asides, "the schema "+schema)
	}
	if r.epoch, err = store.RenewEpoch(ctx); err == nil {
		err = r.place()
	}
	if err != nil {
		r.half = true
		return fmt.Errorf("the tables are restored, what was there is in %s, but the rest is not; run it again with --force: %w", strings.Join(r.asides, ", "), err)
	}
	return nil
}
