//go:build !noembed

package embedded

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// As after a restart of PostgreSQL: every connection is gone, and for a while none is to be had.
func TestALostLockIsTakenAgain(t *testing.T) {
	t.Parallel()
	o := postgresOptions(t)
	s, stop := start(t, o)
	before := holders(t, o)
	require.Len(t, before, 1)

	admin := connect(t, o.PostgresURL)
	server := otherDatabase(t, o)
	name := admin.Config().Database
	_, err := server.Exec(t.Context(), `ALTER DATABASE `+name+` WITH ALLOW_CONNECTIONS false`)
	require.NoError(t, err)
	end(t, admin, before[0])
	require.Never(t, func() bool { return isLost(s) }, watchEvery+watchEvery/2, watchEvery/10, "no answer is no other server")
	require.Empty(t, lockHolders(t, server, name))
	_, err = server.Exec(t.Context(), `ALTER DATABASE `+name+` WITH ALLOW_CONNECTIONS true`)
	require.NoError(t, err)

	var after []uint32
	require.Eventually(t, func() bool { after = holders(t, o); return len(after) == 1 }, 10*time.Second, 20*time.Millisecond)
	require.NotEqual(t, before, after)
	require.False(t, isLost(s))
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	_, err = Start(ctx, o)
	require.ErrorContains(t, err, "another salesbot already runs its embedded Temporal server on this database")
	stop()
	require.Eventually(t, func() bool { return len(holders(t, o)) == 0 }, 10*time.Second, 20*time.Millisecond)
}

func TestAServerWhoseLockIsTakenByAnotherStops(t *testing.T) {
	t.Parallel()
	o := postgresOptions(t)
	first, _ := start(t, o)
	before := holders(t, o)
	require.Len(t, before, 1)

	rival := connect(t, o.PostgresURL) // stands in the queue, so that it is surely first
	got := make(chan error, 1)
	go func() {
		_, err := rival.Exec(context.Background(), `SELECT pg_advisory_lock($1)`, int64(lockKey))
		got <- err
	}()
	admin := connect(t, o.PostgresURL)
	require.Eventually(t, func() bool {
		var waiting int
		require.NoError(t, admin.QueryRow(t.Context(), `SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND pid = $1`, rival.PgConn().PID()).Scan(&waiting))
		return waiting == 1
	}, 10*time.Second, 10*time.Millisecond)
	end(t, admin, before[0])
	require.NoError(t, <-got)
	require.Eventually(t, func() bool { return isLost(first) }, 10*time.Second, 20*time.Millisecond)

	require.NoError(t, rival.Close(t.Context()))
	second, _ := start(t, o)
	require.Eventually(t, func() bool { return !answers(t, first) }, 30*time.Second, 50*time.Millisecond, "who lost its database serves no more")
	require.False(t, isLost(second))
	require.True(t, answers(t, second))
}

// A cut network leaves a session at PostgreSQL that nobody speaks to any more: it is no other server.
func TestAnOldSessionOfOnesOwnIsNoOtherServer(t *testing.T) {
	t.Parallel()
	o := postgresOptions(t)
	l := takeTestLock(t, o.PostgresURL)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	cut := l.conn
	t.Cleanup(func() { _ = cut.Close(context.Background()) })
	l.conn = nil
	require.Eventually(t, func() bool {
		err := l.retake(t.Context())
		require.NotErrorIs(t, err, errTaken)
		return err == nil
	}, 10*time.Second, 20*time.Millisecond)

	other := *l
	other.holder.started = other.holder.started.Add(time.Second) // a session of the same number at another time
	other.conn = nil
	require.ErrorIs(t, other.retake(t.Context()), errTaken)
}

func takeTestLock(t *testing.T, url string) *postgresLock {
	t.Helper()
	config, err := pgx.ParseConfig(url)
	require.NoError(t, err)
	l, err := takeLock(t.Context(), config, testLogger(t))
	require.NoError(t, err)
	return l
}

func isLost(s *Server) bool {
	select {
	case <-s.Lost():
		return true
	default:
		return false
	}
}

func answers(t *testing.T, s *Server) bool {
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	return s.awaitFrontend(ctx, DefaultNamespace) == nil
}

// holders are the sessions that hold the lock on the database of the options.
func holders(t *testing.T, o Options) []uint32 {
	t.Helper()
	conn := connect(t, o.PostgresURL)
	defer func() { require.NoError(t, conn.Close(context.Background())) }()
	return lockHolders(t, conn, conn.Config().Database)
}

func lockHolders(t *testing.T, conn *pgx.Conn, database string) []uint32 {
	t.Helper()
	rows, err := conn.Query(t.Context(), `SELECT pid::int8 FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = $1
		AND database = (SELECT oid FROM pg_database WHERE datname = $2)`, uint32(lockKey>>32), database)
	require.NoError(t, err)
	pids, err := pgx.CollectRows(rows, pgx.RowTo[uint32])
	require.NoError(t, err)
	return pids
}

// end ends a session and returns when it is gone.
func end(t *testing.T, admin *pgx.Conn, pid uint32) {
	t.Helper()
	const patience = 10_000 // milliseconds
	var ended bool
	require.NoError(t, admin.QueryRow(t.Context(), `SELECT pg_terminate_backend($1, $2)`, int32(pid), patience).Scan(&ended))
	require.True(t, ended)
}

// otherDatabase is a connection to the same server, beside the database of the options.
func otherDatabase(t *testing.T, o Options) *pgx.Conn {
	t.Helper()
	config, err := pgx.ParseConfig(o.PostgresURL)
	require.NoError(t, err)
	config.Database = "postgres"
	conn, err := pgx.ConnectConfig(t.Context(), config)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, conn.Close(context.Background())) })
	return conn
}
