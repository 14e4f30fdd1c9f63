//go:build !noembed

package embedded

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestPostgresTakesOneServer(t *testing.T) {
	t.Parallel()
	o := postgresOptions(t)
	_, stop := start(t, o)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	_, err := Start(ctx, o)
	require.ErrorContains(t, err, "another salesbot already runs its embedded Temporal server on this database")
	stop()
	start(t, o)
}

// The tables of an old version, brought up step by step, end as the tables of a fresh set-up (and some that
// Temporal no longer uses).
func TestPostgresUpgrade(t *testing.T) {
	t.Parallel()
	fresh, old := postgresOptions(t), postgresOptions(t)
	prepare(t, fresh)
	makeOldPostgres(t, old.PostgresURL)
	prepare(t, old)
	require.Subset(t, columns(t, old.PostgresURL), columns(t, fresh.PostgresURL))
	start(t, old)
}

// A copy of the database under another name, as after a restore, is known again.
func TestPostgresCopyUnderAnotherName(t *testing.T) {
	t.Parallel()
	o := postgresOptions(t)
	prepare(t, o)
	conn := connect(t, o.PostgresURL)
	for _, schema := range []string{executionsSchema, visibilitySchema} {
		_, err := conn.Exec(t.Context(), `UPDATE `+schema+`.schema_version SET db_name = 'was_called_so'`)
		require.NoError(t, err)
	}
	require.NoError(t, conn.Close(t.Context()))
	start(t, o)
}

func TestPostgresRefusesNewerTables(t *testing.T) {
	t.Parallel()
	o := postgresOptions(t)
	prepare(t, o)
	conn := connect(t, o.PostgresURL)
	_, err := conn.Exec(t.Context(), `UPDATE temporal.schema_version SET curr_version = '9.1', min_compatible_version = '9.0'`)
	require.NoError(t, err)
	require.NoError(t, conn.Close(t.Context()))
	_, err = Start(t.Context(), o)
	require.ErrorContains(t, err, "9.1 is newer than")
}

// The product's database may have the extension already, in the schema public.
func TestPostgresExtensionElsewhere(t *testing.T) {
	t.Parallel()
	o := postgresOptions(t)
	conn := connect(t, o.PostgresURL)
	_, err := conn.Exec(t.Context(), `CREATE EXTENSION btree_gin SCHEMA public`)
	require.NoError(t, err)
	require.NoError(t, conn.Close(t.Context()))
	start(t, o)
}

func prepare(t *testing.T, o Options) {
	t.Helper()
	s, err := openPostgres(t.Context(), o)
	require.NoError(t, err)
	require.NoError(t, s.Close())
}

// makeOldPostgres sets both schemas up as they were some versions ago.
func makeOldPostgres(t *testing.T, url string) {
	t.Helper()
	s := &postgresStore{lock: takeTestLock(t, url)}
	s.config = s.lock.config
	defer func() { require.NoError(t, s.Close()) }()
	for schema, at := range map[postgresSchema]version{postgresSchemas[0]: {1, 15}, postgresSchemas[1]: {1, 9}} {
		_, err := s.lock.conn.Exec(t.Context(), `DROP SCHEMA IF EXISTS `+schema.name+` CASCADE; CREATE SCHEMA `+schema.name)
		require.NoError(t, err)
		require.NoError(t, s.createSchemas(t.Context()))
		db := s.open(schema.name)
		tx, err := db.BeginTx(t.Context(), nil)
		require.NoError(t, err)
		_, err = tx.ExecContext(t.Context(), versionTables)
		require.NoError(t, err)
		steps, err := stepsBetween(schema.dir, version{0}, at)
		require.NoError(t, err)
		require.NoError(t, runSteps(t.Context(), tx, s.config.Database, "0", steps))
		require.NoError(t, tx.Commit())
		require.NoError(t, db.Close())
	}
}

// columns lists Temporal's tables, columns and their types.
func columns(t *testing.T, url string) map[string]string {
	t.Helper()
	conn := connect(t, url)
	defer func() { require.NoError(t, conn.Close(context.Background())) }()
	rows, err := conn.Query(t.Context(), `
		SELECT table_schema || '.' || table_name || '.' || column_name, data_type || ' ' || is_nullable
		FROM information_schema.columns WHERE table_schema LIKE 'temporal%'`)
	require.NoError(t, err)
	all := map[string]string{}
	for rows.Next() {
		var name, kind string
		require.NoError(t, rows.Scan(&name, &kind))
		all[name] = kind
	}
	require.NoError(t, rows.Err())
	require.NotEmpty(t, all)
	return all
}
