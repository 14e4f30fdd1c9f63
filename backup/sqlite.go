package backup

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"modernc.org/sqlite"
)

// CopySQLite is a step that copies a database file as it is at one moment, with what is still in its log, whoever writes
// to it meanwhile. It copies page by page and not by VACUUM INTO, which may number rows anew: Temporal's full-text tables
// point at them.
func CopySQLite(from string) Step {
	return func(ctx context.Context, into string) error {
		to := filepath.Join(into, filepath.Base(from))
		if err := copySQLite(ctx, from, to); err != nil {
			return fmt.Errorf("copy %s: %w", from, err)
		}
		return nil
	}
}

func copySQLite(ctx context.Context, from, to string) error {
	if _, err := os.Stat(from); err != nil {
		return err
	}
	source, err := openSQLite(from)
	if err != nil {
		return err
	}
	defer source.Close()
	conn, err := source.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	err = conn.Raw(func(driver any) error {
		able, ok := driver.(interface {
			NewBackup(to string) (*sqlite.Backup, error)
		})
		if !ok {
			return errors.New("the SQLite driver can't copy a database that is in use")
		}
		return copyPages(able.NewBackup(sqliteAddress(to)))
	})
	if err != nil {
		return err
	}
	return settle(ctx, to)
}

func copyPages(b *sqlite.Backup, err error) error {
	if err != nil {
		return err
	}
	const all = -1
	_, err = b.Step(all)
	return errors.Join(err, b.Finish())
}

// settle makes the copy one file, without a log, and looks whether it is sound: what is broken in the original is
// better known now than at the restore.
func settle(ctx context.Context, path string) error {
	db, err := openSQLite(path)
	if err != nil {
		return err
	}
	defer db.Close()
	var found string
	if err := db.QueryRowContext(ctx, `PRAGMA journal_mode = delete`).Scan(&found); err != nil {
		return err
	}
	if err := db.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&found); err != nil {
		return err
	}
	if found != "ok" {
		return fmt.Errorf("the database is damaged: %s", found)
	}
	if err := db.Close(); err != nil {
		return err
	}
	return os.Chmod(path, 0o600)
}

func openSQLite(path string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", sqliteAddress(path)+"?_pragma=busy_timeout(10000)")
	if err == nil {
		db.SetMaxOpenConns(1)
	}
	return db, err
}

// sqliteAddress escapes what means something in an address.
func sqliteAddress(path string) string { return "file:" + (&url.URL{Path: path}).EscapedPath() }
