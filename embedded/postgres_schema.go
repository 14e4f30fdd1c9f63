//go:build !noembed

package embedded

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	v12 "go.temporal.io/server/schema/postgresql/v12"
)

// postgresSchema is one schema of the database and the version that this server wants it to have.
type postgresSchema struct {
	name    string
	dir     string // in the server's assets
	version string
}

var postgresSchemas = []postgresSchema{
	{executionsSchema, "postgresql/v12/temporal", v12.Version},
	{visibilitySchema, "postgresql/v12/visibility", v12.VisibilityVersion},
}

// versionTables are those of Temporal's own schema tool: the server checks them at its start, and the tool
// can take over when the data moves to a cluster.
const versionTables = `
CREATE TABLE IF NOT EXISTS schema_version (
	version_partition INT NOT NULL,
	db_name VARCHAR(255) NOT NULL,
	creation_time TIMESTAMP,
	curr_version VARCHAR(64),
	min_compatible_version VARCHAR(64),
	PRIMARY KEY (version_partition, db_name)
);
CREATE TABLE IF NOT EXISTS schema_update_history (
	version_partition INT NOT NULL,
	year INT NOT NULL,
	month INT NOT NULL,
	update_time TIMESTAMP NOT NULL,
	description VARCHAR(255),
	manifest_md5 VARCHAR(64),
	new_version VARCHAR(64),
	old_version VARCHAR(64),
	PRIMARY KEY (version_partition, year, month, update_time)
)`

// migrate sets the schema up or brings it to this server's version, in one transaction.
func (s *postgresStore) migrate(ctx context.Context, schema postgresSchema, logger *slog.Logger) error {
	db := s.open(schema.name)
	defer db.Close()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	from, err := schema.advance(ctx, tx, s.config.Database)
	if err != nil {
		return errors.Join(err, tx.Rollback())
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	if from != schema.version {
		logger.InfoContext(ctx, "brought Temporal's tables up to date", "schema", schema.name, "from", from, "to", schema.version)
	}
	return nil
}

// advance returns the version it found, "" if none.
func (p postgresSchema) advance(ctx context.Context, tx *sql.Tx, database string) (string, error) {
	if _, err := tx.ExecContext(ctx, versionTables); err != nil {
		return "", fmt.Errorf("make the version tables: %w", err)
	}
	var name, current, compatible string
	err := tx.QueryRowContext(ctx, `
		SELECT db_name, curr_version, min_compatible_version FROM schema_version WHERE version_partition = 0
		ORDER BY db_name = $1 DESC, creation_time DESC LIMIT 1`, database).Scan(&name, &current, &compatible)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return "", p.setUp(ctx, tx, database)
	case err != nil:
		return "", fmt.Errorf("read the version: %w", err)
	}
	if name != database { // a copy of another database, as after a restore
		if err := writeVersion(ctx, tx, database, current, current, compatible); err != nil {
			return "", err
		}
	}
	return current, p.update(ctx, tx, database, current, compatible)
}

func (p postgresSchema) setUp(ctx context.Context, tx *sql.Tx, database string) error {
	setup, err := schemaFile(p.dir)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, setup); err != nil {
		return fmt.Errorf("set up Temporal's tables: %w", err)
	}
	return writeVersion(ctx, tx, database, "0", p.version, p.version)
}

func (p postgresSchema) update(ctx context.Context, tx *sql.Tx, database, current, compatible string) error {
	want, err := parseVersion(p.version)
	if err != nil {
		return err
	}
	from, err := parseVersion(current)
	if err != nil {
		return err
	}
	needs, err := parseVersion(compatible)
	if err != nil {
		return err
	}
	if want.less(needs) {
		return fmt.Errorf("its version %s is newer than %s, which is what this program knows; start a newer salesbot", current, p.version)
	}
	if !from.less(want) {
		return nil
	}
	steps, err := stepsBetween(p.dir, from, want)
	if err != nil {
		return err
	}
	return runSteps(ctx, tx, database, current, steps)
}

func runSteps(ctx context.Context, tx *sql.Tx, database, current string, steps []step) error {
	for _, s := range steps {
		for _, query := range s.sql {
			// A cluster is upgraded while it runs, hence the concurrent indexes; they can't be part of a
			// transaction, and here nobody else uses the tables.
			query = strings.ReplaceAll(query, " CONCURRENTLY", "")
			if _, err := tx.ExecContext(ctx, query); err != nil {
				return fmt.Errorf("step to version %s: %w", s.version, err)
			}
		}
		if err := writeVersion(ctx, tx, database, current, s.version.String(), s.minCompatible); err != nil {
			return err
		}
		current = s.version.String()
	}
	return nil
}

func writeVersion(ctx context.Context, tx *sql.Tx, database, from, to, minCompatible string) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO schema_version (version_partition, db_name, creation_time, curr_version, min_compatible_version)
		VALUES (0, $1, timezone('UTC', now()), $2, $3)
		ON CONFLICT (version_partition, db_name) DO UPDATE SET creation_time = excluded.creation_time,
			curr_version = excluded.curr_version, min_compatible_version = excluded.min_compatible_version`,
		database, to, minCompatible)
	if err != nil {
		return fmt.Errorf("record version %s: %w", to, err)
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO schema_update_history
			(version_partition, year, month, update_time, description, manifest_md5, new_version, old_version)
		VALUES (0, extract(year FROM now()), extract(month FROM now()), timezone('UTC', clock_timestamp()), 'salesbot', '', $1, $2)`,
		to, from)
	if err != nil {
		return fmt.Errorf("log version %s: %w", to, err)
	}
	return nil
}
