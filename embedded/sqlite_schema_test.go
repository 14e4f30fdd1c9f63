//go:build !noembed

package embedded

import (
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	sqliteschema "go.temporal.io/server/schema/sqlite"
)

// A file of an older server is brought to this one's schema, keeps its rows, and both files are copied first.
func TestSQLiteUpgrade(t *testing.T) {
	t.Parallel()
	o := sqliteOptions(t)
	s, stop := start(t, Options{DataDir: o.DataDir + "-fresh", Logger: o.Logger})
	require.NotEmpty(t, s.Address())
	stop()
	makeOld(t, o.DataDir)

	s, _ = start(t, o)
	requireFindableAfterUpgrade(t, s)
	for _, file := range []string{executionsFile, visibilityFile} {
		require.Equal(t, tables(t, filepath.Join(o.DataDir+"-fresh", file)), tables(t, filepath.Join(o.DataDir, file)))
	}
	copies, err := filepath.Glob(globEscape(o.DataDir) + "/backups/*.db")
	require.NoError(t, err)
	require.Len(t, copies, 2)
	require.NotContains(t, tables(t, copies[0]), "current_chasm_executions", "the copy is of the old file")
	require.Contains(t, tables(t, copies[0]), "nexus_endpoints")
	require.Contains(t, tables(t, copies[1]), visibilityTable)

	require.NoError(t, migrateSQLite(t.Context(), o.DataDir, o.Logger))
	again, err := filepath.Glob(globEscape(o.DataDir) + "/backups/*.db")
	require.NoError(t, err)
	require.Equal(t, copies, again, "what is up to date is not copied again")
}

func globEscape(path string) string {
	return strings.NewReplacer("?", `\?`, "*", `\*`, "[", `\[`).Replace(path)
}

// makeOld makes the files as the server had them two schema versions ago, with one workflow in visibility.
func makeOld(t *testing.T, dir string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(dir, 0o700))
	require.NoError(t, migrateSQLite(t.Context(), dir, testLogger(t)))
	exec(t, filepath.Join(dir, executionsFile), `
		DROP TABLE current_chasm_executions; DROP TABLE tasks_v2; DROP TABLE task_queues_v2;
		UPDATE salesbot_schema SET version = '0.9', digest = 'old'`)
	setup, err := schemaFile("sqlite/v3/visibility")
	require.NoError(t, err)
	older := strings.Replace(setup, "task_queue              VARCHAR(255)  NOT NULL DEFAULT '',", "gone TEXT, task_queue VARCHAR(255),", 1)
	require.NotEqual(t, setup, older)
	require.NoError(t, os.Remove(filepath.Join(dir, visibilityFile)))
	exec(t, filepath.Join(dir, visibilityFile), older+";"+createRecord+`;
		INSERT INTO salesbot_schema VALUES ('`+sqliteschema.VisibilityVersion+`', 'old');
		INSERT INTO executions_visibility (namespace_id, run_id, start_time, execution_time, workflow_id, workflow_type_name,
			status, encoding, task_queue, search_attributes)
		VALUES ('n', 'r', '2026-01-01', '2026-01-01', 'w', 't', 1, 'Proto3', 'q', '{"Keyword01": "k", "Text01": "Grüße aus Wien"}')`)
}

// requireFindableAfterUpgrade looks the carried row up by a derived column and by words.
func requireFindableAfterUpgrade(t *testing.T, s *Server) {
	t.Helper()
	db := open(t, filepath.Join(s.store.(*sqliteStore).dir, visibilityFile))
	var id string
	require.NoError(t, db.QueryRowContext(t.Context(), `
		SELECT workflow_id FROM executions_visibility v JOIN executions_visibility_fts_text f ON f.rowid = v.rowid
		WHERE v.Keyword01 = 'k' AND executions_visibility_fts_text MATCH 'wien'`).Scan(&id))
	require.Equal(t, "w", id)
}

func TestSQLiteRefusesFiles(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		file, sql, want string
	}{
		"newer executions": {executionsFile, `UPDATE salesbot_schema SET version = '0.99'`, "0.99 is newer than " + sqliteschema.Version},
		"newer visibility": {visibilityFile, `UPDATE salesbot_schema SET version = '1.0'`, "start a newer salesbot"},
		"foreign":          {executionsFile, `DROP TABLE salesbot_schema`, "salesbot did not make it"},
		"garbled record":   {executionsFile, `UPDATE salesbot_schema SET version = 'x'`, `"x" is not numbers with dots`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := Options{DataDir: t.TempDir(), Logger: testLogger(t)}
			require.NoError(t, migrateSQLite(t.Context(), o.DataDir, o.Logger))
			path := filepath.Join(o.DataDir, test.file)
			exec(t, path, test.sql)
			before := tables(t, path)
			_, err := Start(t.Context(), o)
			require.ErrorContains(t, err, test.want)
			require.ErrorContains(t, err, path)
			require.Equal(t, before, tables(t, path))
		})
	}
}

// A step that fails leaves the file as it was.
func TestSQLiteUpgradeIsWholeOrNot(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, migrateSQLite(t.Context(), dir, testLogger(t)))
	path := filepath.Join(dir, executionsFile)
	// The step to 0.10 succeeds, the one to 0.11 finds its table there already.
	exec(t, path, `DROP TABLE tasks_v2; DROP TABLE task_queues_v2; UPDATE salesbot_schema SET version = '0.9'`)
	before := tables(t, path)
	require.ErrorContains(t, migrateSQLite(t.Context(), dir, testLogger(t)), "step to schema 0.11")
	require.Equal(t, before, tables(t, path))
}

func open(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sqliteFile{path: path}.open()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func exec(t *testing.T, path, query string) {
	t.Helper()
	_, err := open(t, path).ExecContext(t.Context(), query)
	require.NoError(t, err)
}

// tables maps each table, index and trigger to the statement that makes it, spaces aside.
func tables(t *testing.T, path string) map[string]string {
	t.Helper()
	rows, err := open(t, path).QueryContext(t.Context(), `SELECT name, coalesce(sql, '') FROM sqlite_master`)
	require.NoError(t, err)
	defer rows.Close()
	all := map[string]string{}
	for rows.Next() {
		var name, statement string
		require.NoError(t, rows.Scan(&name, &statement))
		all[name] = strings.Join(strings.Fields(statement), " ")
	}
	require.NoError(t, rows.Err())
	return all
}

func TestVersions(t *testing.T) {
	t.Parallel()
	v9, err := parseVersion("v0.9")
	require.NoError(t, err)
	v10, err := parseVersion("0.10")
	require.NoError(t, err)
	require.True(t, v9.less(v10))
	require.False(t, v10.less(v9))
	require.Equal(t, "0.10", v10.String())

	steps, err := stepsBetween("sqlite/v3/temporal", version{0, 8}, v10)
	require.NoError(t, err)
	require.Len(t, steps, 2)
	require.Equal(t, v9, steps[0].version)
	_, err = stepsBetween("sqlite/v3/temporal", v10, version{9, 9})
	require.ErrorContains(t, err, "knows no way from schema 0.10 to 9.9")
}
