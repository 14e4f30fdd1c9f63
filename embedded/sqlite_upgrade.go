//go:build !noembed

package embedded

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// backup copies the file, with what is still in its log, into the folder and returns the copy's path.
func (f sqliteFile) backup(ctx context.Context, folder, stamp string) (string, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", err
	}
	db, err := f.open()
	if err != nil {
		return "", err
	}
	defer db.Close()
	name := strings.TrimSuffix(filepath.Base(f.path), ".db")
	target := filepath.Join(folder, name+"-"+stamp+".db")
	_, err = db.ExecContext(ctx, `VACUUM INTO ?`, target)
	return target, err
}

const visibilityTable = "executions_visibility"

// rebuildVisibility makes the visibility tables anew and carries the rows over. The server ships no steps for
// this schema; it needs none, because all that is not a plain column of the one table is derived from those.
func rebuildVisibility(ctx context.Context, tx *sql.Tx, f sqliteFile, _ version) error {
	setup, err := schemaFile(f.dir)
	if err != nil {
		return err
	}
	before, err := plainColumns(ctx, tx)
	if err != nil {
		return err
	}
	if err := setAside(ctx, tx, before); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, setup); err != nil {
		return fmt.Errorf("make the new visibility tables: %w", err)
	}
	after, err := plainColumns(ctx, tx)
	if err != nil {
		return err
	}
	shared := slices.DeleteFunc(before, func(c string) bool { return !slices.Contains(after, c) })
	columns := strings.Join(shared, ", ")
	carry := fmt.Sprintf(`INSERT INTO %s (%s) SELECT %s FROM carried; DROP TABLE carried`, visibilityTable, columns, columns)
	if _, err := tx.ExecContext(ctx, carry); err != nil {
		return fmt.Errorf("carry the visibility rows over: %w", err)
	}
	return nil
}

// setAside moves the rows into the table "carried" and drops the tables that the schema makes; their indexes
// and triggers go with them.
func setAside(ctx context.Context, tx *sql.Tx, columns []string) error {
	names, err := queryStrings(ctx, tx, `SELECT name FROM pragma_table_list
		WHERE schema = 'main' AND type IN ('table', 'virtual') AND name NOT LIKE 'sqlite_%' AND name <> 'salesbot_schema'
		ORDER BY type DESC`)
	if err != nil {
		return err
	}
	query := fmt.Sprintf(`CREATE TABLE carried AS SELECT %s FROM %s`, strings.Join(columns, ", "), visibilityTable)
	if _, err := tx.ExecContext(ctx, query); err != nil {
		return fmt.Errorf("set the visibility rows aside: %w", err)
	}
	for _, name := range names {
		if _, err := tx.ExecContext(ctx, `DROP TABLE "`+name+`"`); err != nil {
			return fmt.Errorf("drop the old visibility table %s: %w", name, err)
		}
	}
	return nil
}

// plainColumns are the visibility table's columns that are not computed from others.
func plainColumns(ctx context.Context, tx *sql.Tx) ([]string, error) {
	return queryStrings(ctx, tx, `SELECT name FROM pragma_table_xinfo('`+visibilityTable+`') WHERE hidden = 0`)
}

func queryStrings(ctx context.Context, tx *sql.Tx, query string) ([]string, error) {
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, rows.Err()
}
