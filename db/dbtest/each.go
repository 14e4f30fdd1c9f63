// Package dbtest gives tests a fresh, migrated store on each database that the product runs on.
package dbtest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/lib/pq"
	"github.com/stretchr/testify/require"

	"salesbot/db"
	"salesbot/files"
)

// EachDB runs the test on SQLite and, if TEST_DATABASE_URL is set, on PostgreSQL. With REQUIRE_POSTGRES=1 a missing
// TEST_DATABASE_URL is a failure: continuous integration must not skip half of the suite.
func EachDB(t *testing.T, test func(t *testing.T, store *db.Store)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, Open(t, SQLiteURL(t)))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, Open(t, PostgresURL(t)))
	})
}

// Open connects, migrates, and closes at the end of the test.
func Open(t testing.TB, url string) *db.Store {
	t.Helper()
	return OpenWith(t, db.Options{URL: url})
}

// OpenWith is Open with options; without a key or a place for files it gets one of its own.
func OpenWith(t testing.TB, options db.Options) *db.Store {
	t.Helper()
	if options.Key == nil {
		options.Key = []byte("a key of 32 bytes for tests only")
	}
	if options.Files == nil {
		place, err := files.Open(context.Background(), filepath.Join(t.TempDir(), "files"))
		require.NoError(t, err)
		options.Files = place
	}
	store, err := db.Open(context.Background(), options)
	require.NoError(t, err)
	t.Cleanup(func() { _ = store.Close() })
	require.NoError(t, store.Migrate(context.Background()))
	return store
}

// SQLiteURL is the URL of a new file that goes with the test.
func SQLiteURL(t testing.TB) string {
	t.Helper()
	return "sqlite://" + filepath.Join(t.TempDir(), "salesbot.db")
}

// PostgresURL is the URL of a new schema that goes with the test.
func PostgresURL(t testing.TB) string {
	t.Helper()
	schema := "test_" + random()
	target := withPostgres(t, "CREATE SCHEMA "+pq.QuoteIdentifier(schema), "DROP SCHEMA "+pq.QuoteIdentifier(schema)+" CASCADE")
	query := target.Query()
	query.Set("search_path", schema)
	target.RawQuery = query.Encode()
	return target.String()
}

// PostgresDatabase is the URL of a new database that goes with the test, for what makes schemas of its own.
func PostgresDatabase(t testing.TB) string {
	t.Helper()
	name := "test_" + random()
	target := withPostgres(t, "CREATE DATABASE "+pq.QuoteIdentifier(name), "DROP DATABASE "+pq.QuoteIdentifier(name)+" WITH (FORCE)")
	target.Path = "/" + name
	return target.String()
}

// withPostgres makes something on the server that TEST_DATABASE_URL names, and undoes it when the test ends.
func withPostgres(t testing.TB, create, undo string) *url.URL {
	t.Helper()
	base := os.Getenv("TEST_DATABASE_URL")
	if base == "" {
		if os.Getenv("REQUIRE_POSTGRES") == "1" {
			t.Fatal("REQUIRE_POSTGRES=1 but TEST_DATABASE_URL is not set")
		}
		t.Skip("TEST_DATABASE_URL is not set")
	}
	admin, err := sql.Open("postgres", base)
	require.NoError(t, err)
	_, err = admin.ExecContext(context.Background(), create)
	require.NoError(t, err)
	t.Cleanup(func() {
		_, _ = admin.ExecContext(context.Background(), undo)
		_ = admin.Close()
	})
	target, err := url.Parse(base)
	require.NoError(t, err)
	return target
}

func random() string {
	var b [6]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
