//go:build !noembed

package embedded

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

const taskQueue = "embedded-test"

// eachStore runs a test on SQLite, and on PostgreSQL if there is one. The options say where the data is.
func eachStore(t *testing.T, test func(t *testing.T, o Options)) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, sqliteOptions(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, postgresOptions(t))
	})
}

func sqliteOptions(t *testing.T) Options {
	// Characters that mean something in a file: address, and a folder that does not exist yet.
	return Options{DataDir: t.TempDir() + "/a b%20#c?d", Logger: testLogger(t)}
}

func postgresOptions(t *testing.T) Options {
	return Options{PostgresURL: newDatabase(t), Logger: testLogger(t)}
}

// newDatabase makes an empty database beside the one of TEST_DATABASE_URL and drops it in the end.
func newDatabase(t *testing.T) string {
	t.Helper()
	base := os.Getenv("TEST_DATABASE_URL")
	if base == "" {
		require.Empty(t, os.Getenv("REQUIRE_POSTGRES"), "set TEST_DATABASE_URL")
		t.Skip("set TEST_DATABASE_URL to test with PostgreSQL")
	}
	name := "embedded_" + strings.ReplaceAll(uuid.NewString(), "-", "")
	admin := connect(t, base)
	_, err := admin.Exec(t.Context(), "CREATE DATABASE "+name)
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := admin.Exec(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)")
		require.NoError(t, err)
		require.NoError(t, admin.Close(context.Background()))
	})
	u, err := url.Parse(base)
	require.NoError(t, err)
	u.Path = "/" + name
	return u.String()
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	return conn
}

// testLogger shows only errors: a server that stops warns of much.
func testLogger(t *testing.T) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))
}

// start starts a server that the test may stop itself; if it does not, the test's end does.
func start(t *testing.T, o Options) (s *Server, stop func()) {
	t.Helper()
	s, err := Start(t.Context(), o)
	require.NoError(t, err)
	stopped := false
	stop = func() {
		if !stopped {
			stopped = true
			require.NoError(t, s.Stop())
		}
	}
	t.Cleanup(stop)
	return s, stop
}

func dial(t *testing.T, s *Server) client.Client {
	t.Helper()
	c, err := client.Dial(client.Options{HostPort: s.Address(), Logger: sdklog.NewStructuredLogger(testLogger(t))})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

func work(t *testing.T, c client.Client) worker.Worker {
	t.Helper()
	w := worker.New(c, taskQueue, worker.Options{WorkerStopTimeout: time.Second})
	w.RegisterWorkflow(napping)
	require.NoError(t, w.Start())
	return w
}

// napping sleeps and tells for how long it meant to.
func napping(ctx workflow.Context, nap time.Duration) (string, error) {
	if err := workflow.Sleep(ctx, nap); err != nil {
		return "", err
	}
	return fmt.Sprint("slept ", nap), nil
}
