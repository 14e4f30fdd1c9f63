// Package db is the store: bun over PostgreSQL or SQLite with one set of queries, one file an entity. Every change is
// one method and one transaction that checks the rule, writes the rows and writes what happened to the events table.
package db

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/lib/pq"
	"github.com/uptrace/bun"
	_ "modernc.org/sqlite" // the same driver that the embedded Temporal server uses: no cgo, one version
)

// Store is the product's database. It is safe for concurrent use.
type Store struct {
	// read serves queries; write is where transactions run. On PostgreSQL they are one pool.
	read, write *bun.DB
	group       *groupCommit
	health      health
	url         string
	log         *slog.Logger
	now         func() time.Time
	keys        keys
	blobs       Blobs
	fileLimits  FileLimits

	// attempts are the requests with an idempotency key that are being carried out.
	attempts attempts

	mu       sync.Mutex
	watchers map[int]chan struct{}
	nextID   int
	tellMail func(workflowIDs []string)
}

// Options tell Open where the database is.
type Options struct {
	// URL is postgres://… or sqlite:///path/to/file; sqlite needs an absolute or relative path, not memory.
	URL string
	// Logger gets slow queries and the relay's troubles; nil is slog.Default().
	Logger *slog.Logger
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Key encrypts channels' secrets and signs the addresses of files: 32 bytes that are kept apart from the database.
	// Without one secrets can't be kept and signed addresses last as long as the process.
	Key []byte
	// Files is where the bytes of files lie. Without it files can be neither kept nor read.
	Files Blobs
	// FileLimits bound what strangers send; zero values are no limits.
	FileLimits FileLimits
}

// Open connects. It changes nothing: Migrate does.
func Open(ctx context.Context, o Options) (*Store, error) {
	s := &Store{url: o.URL, log: o.Logger, now: o.Now, blobs: o.Files, fileLimits: o.FileLimits, watchers: map[int]chan struct{}{}}
	if s.log == nil {
		s.log = slog.Default()
	}
	if s.now == nil {
		s.now = time.Now
	}
	var err error
	if s.keys, err = newKeys(o.Key); err != nil {
		return nil, err
	}
	switch {
	case strings.HasPrefix(o.URL, "postgres://"), strings.HasPrefix(o.URL, "postgresql://"):
		err = s.openPostgres()
	case strings.HasPrefix(o.URL, "sqlite://"):
		err = s.openSQLite()
	default:
		return nil, fmt.Errorf("database URL %q: it must begin with postgres:// or sqlite://", redact(o.URL))
	}
	if err != nil {
		return nil, err
	}
	if err := s.write.PingContext(ctx); err != nil { // first: it makes SQLite's file, if there is none
		_ = s.Close()
		return nil, fmt.Errorf("connect to the database %s: %w", redact(o.URL), err)
	}
	if s.group != nil {
		if s.group.file, err = newOpenedFile(o.URL); err != nil {
			_ = s.Close()
			return nil, err
		}
	}
	return s, nil
}

func (s *Store) openPostgres() error {
	connector, err := pq.NewConnector(s.url)
	if err != nil {
		return fmt.Errorf("database URL: %w", err)
	}
	pool := sql.OpenDB(dialer{connector})
	pool.SetMaxOpenConns(64)
	pool.SetMaxIdleConns(32)
	s.read = bun.NewDB(pool, newPostgresDialect(), bun.WithConnResolver(resolver{s}))
	s.write = s.read
	return nil
}

// openSQLite makes one connection for writing, whose transactions commit in groups with synchronous=FULL, and a pool
// for reading: in WAL mode readers never wait for the writer.
func (s *Store) openSQLite() error {
	path := strings.TrimPrefix(s.url, "sqlite://")
	// SQLite reads the name as a URI: a # or a % in it would name another file.
	escaped := (&url.URL{Path: path}).EscapedPath()
	const pragmas = "?_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=busy_timeout(10000)&_pragma=foreign_keys(on)&_txlock=immediate"
	writer, err := sql.Open("sqlite", "file:"+escaped+pragmas)
	if err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	writer.SetMaxOpenConns(1)
	// A reader makes no file: it would go on reading an empty one when the right one is back.
	reader, err := sql.Open("sqlite", "file:"+escaped+pragmas+"&mode=rw")
	if err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	reader.SetMaxOpenConns(8)
	s.write = bun.NewDB(writer, newSQLiteDialect())
	s.read = bun.NewDB(reader, newSQLiteDialect(), bun.WithConnResolver(resolver{s}))
	s.group = startGroupCommit(s.write)
	return nil
}

// Close ends what is under way and closes the connections.
func (s *Store) Close() error {
	if s.group != nil {
		s.group.stop()
	}
	err := s.write.Close()
	if s.read != s.write {
		if readErr := s.read.Close(); err == nil {
			err = readErr
		}
	}
	return err
}

// Postgres says which of the two databases it is.
func (s *Store) Postgres() bool { return s.group == nil }

// CurrentSchema is the one of PostgreSQL that the product's tables are in.
func (s *Store) CurrentSchema(ctx context.Context) (string, error) {
	var schema string
	if err := s.read.NewRaw("SELECT coalesce(current_schema(), '')").Scan(ctx, &schema); err != nil {
		return "", fmt.Errorf("ask for the schema: %w", err)
	}
	return schema, nil
}

// Now is the store's clock in UTC, cut to microseconds, the finest that both databases keep.
func (s *Store) Now() time.Time { return s.now().UTC().Truncate(time.Microsecond) }

func redact(url string) string {
	scheme, rest, ok := strings.Cut(url, "://")
	if !ok {
		return "(no scheme)"
	}
	if at := strings.LastIndex(rest, "@"); at >= 0 {
		rest = "…" + rest[at:]
	}
	return scheme + "://" + rest
}
