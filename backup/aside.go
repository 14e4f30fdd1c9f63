package backup

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Others lists who else is connected to a PostgreSQL database, besides this process's connections of before.
func Others(ctx context.Context, conn *pgx.Conn) ([]string, error) {
	rows, err := conn.Query(ctx, `SELECT coalesce(nullif(application_name, ''), 'a program') || ' from ' || coalesce(host(client_addr), 'this machine')
		FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND coalesce(backend_type, 'client backend') = 'client backend'`)
	if err != nil {
		return nil, fmt.Errorf("ask PostgreSQL who is connected: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// Schema is one of PostgreSQL's and what is in it.
type Schema struct {
	Name   string
	Tables []string
	// Functions are named with their arguments, as in "convert(s text)".
	Functions []string
}

// Contents are those of a schema, without what belongs to an extension.
func Contents(ctx context.Context, conn *pgx.Conn, schema string) (Schema, error) {
	rows, err := conn.Query(ctx, `SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm')
		AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e') ORDER BY 1`, schema)
	if err != nil {
		return Schema{}, fmt.Errorf("list the tables of schema %s: %w", schema, err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return Schema{}, fmt.Errorf("list the tables of schema %s: %w", schema, err)
	}
	rows, err = conn.Query(ctx, `SELECT quote_ident(p.proname) || '(' || pg_get_function_identity_arguments(p.oid) || ')'
		FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = $1
		AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e') ORDER BY 1`, schema)
	if err != nil {
		return Schema{}, fmt.Errorf("list the functions of schema %s: %w", schema, err)
	}
	functions, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return Schema{schema, tables, functions}, err
}

// SetAside moves the schemas' tables and functions into schemas of other names, which end in the given words, and returns
// those names. Indexes and counters go along. All or nothing.
func SetAside(ctx context.Context, conn *pgx.Conn, schemas []Schema, suffix string) ([]string, error) {
	var asides []string
	err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		for _, schema := range schemas {
			if len(schema.Tables) == 0 {
				continue
			}
			aside := schema.Name + suffix
			if _, err := tx.Exec(ctx, "CREATE SCHEMA "+quote(aside)); err != nil {
				return fmt.Errorf("make the schema %s: %w", aside, err)
			}
			if err := move(ctx, tx, schema, aside); err != nil {
				return err
			}
			asides = append(asides, aside)
		}
		return nil
	})
	return asides, err
}

// TakeBack undoes SetAside, where the restore failed and left the schemas empty.
func TakeBack(ctx context.Context, conn *pgx.Conn, schemas []Schema, suffix string) error {
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		for _, schema := range schemas {
			if len(schema.Tables) == 0 {
				continue
			}
			aside := schema.Name + suffix
			if err := move(ctx, tx, Schema{aside, schema.Tables, schema.Functions}, schema.Name); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, "DROP SCHEMA "+quote(aside)); err != nil {
				return fmt.Errorf("drop the empty schema %s: %w", aside, err)
			}
		}
		return nil
	})
}

func move(ctx context.Context, tx pgx.Tx, from Schema, to string) error {
	for _, table := range from.Tables {
		if _, err := tx.Exec(ctx, fmt.Sprintf("ALTER TABLE %s.%s SET SCHEMA %s", quote(from.Name), quote(table), quote(to))); err != nil {
			return fmt.Errorf("move %s.%s to %s: %w", from.Name, table, to, err)
		}
	}
	for _, function := range from.Functions {
		if _, err := tx.Exec(ctx, fmt.Sprintf("ALTER ROUTINE %s.%s SET SCHEMA %s", quote(from.Name), function, quote(to))); err != nil {
			return fmt.Errorf("move %s.%s to %s: %w", from.Name, function, to, err)
		}
	}
	return nil
}
