//go:build !noembed

package embedded

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	sqliteschema "go.temporal.io/server/schema/sqlite"
	_ "modernc.org/sqlite" // the driver "sqlite"
)

// sqliteFile is one file and the schema that this server wants it to have.
type sqliteFile struct {
	path    string
	name    string // for people
	dir     string // of the schema in the server's assets
	version string
	// upgrade brings an older file's tables to the version.
	upgrade func(ctx context.Context, tx *sql.Tx, f sqliteFile, from version) error
}

func sqliteFiles(dir string) []sqliteFile {
	return []sqliteFile{
		{filepath.Join(dir, executionsFile), "executions", "sqlite/v3/temporal", sqliteschema.Version, applySteps},
		{filepath.Join(dir, visibilityFile), "visibility", "sqlite/v3/visibility", sqliteschema.VisibilityVersion, rebuildVisibility},
	}
}

// migrateSQLite gives both files the schema of this server. The server itself never looks at the schema of a
// SQLite file, so each file carries a record of ours: its version and the digest of its schema, as visibility
// schemas change without a new version. Before anything changes, both files are copied.
func migrateSQLite(ctx context.Context, dir string, logger *slog.Logger) error {
	files := sqliteFiles(dir)
	var old []sqliteFile
	for _, f := range files {
		upToDate, err := f.prepare(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", f.path, err)
		}
		if !upToDate {
			old = append(old, f)
		}
	}
	if len(old) == 0 {
		return nil
	}
	stamp := time.Now().UTC().Format("20060102T150405.000Z")
	for _, f := range files {
		copied, err := f.backup(ctx, filepath.Join(dir, backupFolder), stamp)
		if err != nil {
			return fmt.Errorf("copy %s before its upgrade: %w", f.path, err)
		}
		logger.InfoContext(ctx, "copied Temporal's data before its upgrade", "file", f.path, "copy", copied)
	}
	for _, f := range old {
		if err := f.migrate(ctx); err != nil {
			return fmt.Errorf("upgrade %s: %w", f.path, err)
		}
		logger.InfoContext(ctx, "upgraded Temporal's data", "file", f.path, "schema", f.version)
	}
	return nil
}

// record is what a file says about its schema.
type record struct {
	version version
	digest  string
}

const createRecord = `CREATE TABLE salesbot_schema (version TEXT NOT NULL, digest TEXT NOT NULL)`

var errForeignFile = errors.New("this file has tables but no record of their version, so salesbot did not make it; " +
	"move it away or choose another data folder")

// prepare sets up an empty file. It reports whether the file has this server's schema, and refuses a file
// of a newer one.
func (f sqliteFile) prepare(ctx context.Context) (upToDate bool, err error) {
	setup, err := schemaFile(f.dir)
	if err != nil {
		return false, err
	}
	want, err := parseVersion(f.version)
	if err != nil {
		return false, err
	}
	err = f.inTx(ctx, func(tx *sql.Tx) error {
		got, err := readRecord(ctx, tx)
		if err != nil {
			return err
		}
		if got == nil {
			upToDate = true
			return f.setUp(ctx, tx, setup)
		}
		if want.less(got.version) {
			return fmt.Errorf("its schema %s is newer than %s, which is what this program knows; start a newer "+
				"salesbot, or restore the copies in the folder %s that were made before the upgrade", got.version, want, backupFolder)
		}
		upToDate = got.version.String() == f.version && got.digest == digest(setup)
		return nil
	})
	return upToDate, err
}

// readRecord gives nil for an empty file.
func readRecord(ctx context.Context, tx *sql.Tx) (*record, error) {
	var tables, records int
	err := tx.QueryRowContext(ctx, `SELECT count(*), count(*) FILTER (WHERE name = 'salesbot_schema') FROM sqlite_master`).Scan(&tables, &records)
	switch {
	case err != nil:
		return nil, err
	case tables == 0:
		return nil, nil
	case records == 0:
		return nil, errForeignFile
	}
	var v string
	var r record
	if err := tx.QueryRowContext(ctx, `SELECT version, digest FROM salesbot_schema`).Scan(&v, &r.digest); err != nil {
		return nil, fmt.Errorf("read the record of its schema: %w", err)
	}
	r.version, err = parseVersion(v)
	return &r, err
}

func (f sqliteFile) setUp(ctx context.Context, tx *sql.Tx, setup string) error {
	if _, err := tx.ExecContext(ctx, setup); err != nil {
		return fmt.Errorf("set up Temporal's tables: %w", err)
	}
	_, err := tx.ExecContext(ctx, createRecord+`; INSERT INTO salesbot_schema VALUES (?, ?)`, f.version, digest(setup))
	return err
}

func (f sqliteFile) migrate(ctx context.Context) error {
	setup, err := schemaFile(f.dir)
	if err != nil {
		return err
	}
	return f.inTx(ctx, func(tx *sql.Tx) error {
		got, err := readRecord(ctx, tx)
		if err != nil {
			return err
		}
		if err := f.upgrade(ctx, tx, f, got.version); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE salesbot_schema SET version = ?, digest = ?`, f.version, digest(setup))
		return err
	})
}

// applySteps runs the server's own steps from the file's version to this server's.
func applySteps(ctx context.Context, tx *sql.Tx, f sqliteFile, from version) error {
	to, err := parseVersion(f.version)
	if err != nil || from.String() == to.String() {
		return err
	}
	steps, err := stepsBetween(f.dir, from, to)
	if err != nil {
		return err
	}
	for _, s := range steps {
		for _, query := range s.sql {
			if _, err := tx.ExecContext(ctx, query); err != nil {
				return fmt.Errorf("step to schema %s: %w", s.version, err)
			}
		}
	}
	return nil
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// inTx opens the file, makes it if missing, and runs do in one transaction: a schema is changed whole or not.
func (f sqliteFile) inTx(ctx context.Context, do func(*sql.Tx) error) error {
	db, err := f.open()
	if err != nil {
		return err
	}
	defer db.Close()
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := do(tx); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

func (f sqliteFile) open() (*sql.DB, error) {
	db, err := sql.Open("sqlite", "file:"+escapePath(f.path)+"?mode=rwc&_txlock=immediate&_pragma=journal_mode(wal)&_pragma=busy_timeout(10000)")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return db, nil
}
