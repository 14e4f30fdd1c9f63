package app_test

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/app"
	"salesbot/db/dbtest"
)

// The lock of the embedded Temporal server goes with its connection; another process takes it before this one can.
func TestAServerThatLostItsDatabaseToAnotherStopsAndSaysSo(t *testing.T) {
	t.Parallel()
	c := config(t)
	c.DatabaseURL = dbtest.PostgresDatabase(t)
	a, err := app.New(t.Context(), c, app.Everything)
	require.NoError(t, err)
	done := make(chan error, 1)
	go func() { done <- a.Run(t.Context()) }()

	rival, err := sql.Open("postgres", c.DatabaseURL)
	require.NoError(t, err)
	defer rival.Close()
	const lock = `locktype = 'advisory' AND classid = x'74656d70'::int::oid AND objid = x'6f72616c'::int::oid
		AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`
	held, err := rival.Conn(t.Context())
	require.NoError(t, err)
	got := make(chan error, 1)
	go func() {
		_, err := held.ExecContext(context.Background(), `SELECT pg_advisory_lock(x'74656d706f72616c'::bigint)`)
		got <- err
	}()
	require.Eventually(t, func() bool {
		var waiting int
		require.NoError(t, rival.QueryRowContext(t.Context(), `SELECT count(*) FROM pg_locks WHERE NOT granted AND `+lock).Scan(&waiting))
		return waiting == 1
	}, 10*time.Second, 10*time.Millisecond)
	_, err = rival.ExecContext(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE granted AND `+lock)
	require.NoError(t, err)
	require.NoError(t, <-got)
	select {
	case err := <-done:
		require.ErrorContains(t, err, "another salesbot has started its embedded Temporal server on this database")
	case <-time.After(time.Minute):
		require.Fail(t, "it goes on")
	}
	require.NoError(t, a.Close())
}
