//go:build !noembed

package embedded

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/iancoleman/strcase"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/jmoiron/sqlx"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/persistence/sql/sqlplugin/postgresql"
)

const (
	// connectTimeout bounds one service's first connection.
	connectTimeout = 30 * time.Second

	// Four services open a pool each, for executions and for visibility: at most 64 connections in all, which
	// leaves room for the product under PostgreSQL's default of 100.
	executionsConns = 12
	visibilityConns = 4
)

// postgresStore keeps executions and visibility in a schema each of the product's own database: one address,
// one backup, and the product's tables stay apart.
type postgresStore struct {
	config *pgx.ConnConfig
	// extensions is the schema of btree_gin, whose operators visibility's indexes are made with.
	extensions string
	lock       *postgresLock
}

func openPostgres(ctx context.Context, o Options) (store, error) {
	c, err := pgx.ParseConfig(o.PostgresURL)
	if err != nil {
		return nil, fmt.Errorf("the PostgreSQL address: %w", err)
	}
	// An option of another driver, lib/pq, that the server would refuse.
	delete(c.RuntimeParams, "binary_parameters")
	s := &postgresStore{config: c}
	if s.lock, err = takeLock(ctx, c, o.Logger); err != nil {
		return nil, err
	}
	if err := s.prepare(ctx, o); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.lock.watch()
	return s, nil
}

// HoldPostgres takes the lock of the server on a database, so that none can start there, and makes the schemas and the
// extension that its tables need, so that these can be restored. Close gives the lock back.
func HoldPostgres(ctx context.Context, url string, logger *slog.Logger) (io.Closer, error) {
	c, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("the PostgreSQL address: %w", err)
	}
	delete(c.RuntimeParams, "binary_parameters")
	s := &postgresStore{config: c}
	if s.lock, err = takeLock(ctx, c, logger); err != nil {
		return nil, err
	}
	if err := s.createSchemas(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *postgresStore) prepare(ctx context.Context, o Options) error {
	if err := s.createSchemas(ctx); err != nil {
		return err
	}
	for _, schema := range postgresSchemas {
		if err := s.migrate(ctx, schema, o.Logger); err != nil {
			return fmt.Errorf("PostgreSQL schema %s: %w", schema.name, err)
		}
	}
	return nil
}

// createSchemas makes both schemas and the extension that visibility needs. An extension belongs to the
// database, so it may be there already, in any schema.
func (s *postgresStore) createSchemas(ctx context.Context) error {
	for _, query := range []string{
		`CREATE SCHEMA IF NOT EXISTS ` + executionsSchema,
		`CREATE SCHEMA IF NOT EXISTS ` + visibilitySchema,
		`CREATE EXTENSION IF NOT EXISTS btree_gin SCHEMA ` + visibilitySchema,
	} {
		if _, err := s.lock.conn.Exec(ctx, query); err != nil {
			return fmt.Errorf("prepare the database for Temporal (%s): %w", query, err)
		}
	}
	query := `SELECT nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE extname = 'btree_gin'`
	if err := s.lock.conn.QueryRow(ctx, query).Scan(&s.extensions); err != nil {
		return fmt.Errorf("find the extension btree_gin: %w", err)
	}
	return nil
}

func (s *postgresStore) persistence() config.Persistence {
	return config.Persistence{
		DefaultStore:     executionsStore,
		VisibilityStore:  visibilityStore,
		NumHistoryShards: 4,
		DataStores: map[string]config.DataStore{
			executionsStore: {SQL: s.sqlConfig(executionsSchema, executionsConns)},
			visibilityStore: {SQL: s.sqlConfig(visibilitySchema, visibilityConns)},
		},
	}
}

// sqlConfig has the server connect through Connect, because its own way can't express every address.
func (s *postgresStore) sqlConfig(schema string, conns int) *config.SQL {
	return &config.SQL{
		PluginName:   postgresql.PluginNamePGX,
		DatabaseName: s.config.Database,
		ConnectAddr:  fmt.Sprintf("%s:%d", s.config.Host, s.config.Port),
		Connect:      func(*config.SQL) (*sqlx.DB, error) { return s.connect(schema, conns) },
	}
}

func (s *postgresStore) connect(schema string, conns int) (*sqlx.DB, error) {
	db := sqlx.NewDb(s.open(schema), "pgx")
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	db.SetConnMaxIdleTime(5 * time.Minute)
	// The server's queries name struct fields in snake case.
	db.MapperFunc(strcase.ToSnake)
	ctx, cancel := context.WithTimeout(context.Background(), connectTimeout)
	defer cancel()
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// open gives a pool whose tables are those of one schema.
func (s *postgresStore) open(schema string) *sql.DB {
	c := s.config.Copy()
	path := []string{schema}
	if s.extensions != "" && s.extensions != schema {
		path = append(path, s.extensions)
	}
	c.RuntimeParams["search_path"] = `"` + strings.Join(path, `","`) + `"`
	return stdlib.OpenDB(*c, stdlib.OptionAfterConnect(durationsAsNumbers))
}

// durationsAsNumbers has pgx send durations as nanoseconds, the form of Temporal's columns, and not as intervals.
func durationsAsNumbers(_ context.Context, conn *pgx.Conn) error {
	conn.TypeMap().RegisterDefaultPgType(time.Duration(0), "int8")
	conn.TypeMap().RegisterDefaultPgType((*time.Duration)(nil), "int8")
	return nil
}

// lost is closed when another server took the database over.
func (s *postgresStore) lost() <-chan struct{} { return s.lock.lost }

// Close gives the lock back.
func (s *postgresStore) Close() error { return s.lock.Close() }
