//go:build !noembed

package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// lockKey of the advisory lock that one embedded server holds on the database: "temporal" in ASCII.
	lockKey = 0x74656d706f72616c
	// lockWait is how long a start waits for the server before it: after a kill PostgreSQL needs a moment to
	// notice, and a rolling restart overlaps.
	lockWait = 15 * time.Second
	// watchEvery is how often is looked whether the lock's connection lives, and watchTimeout how long an answer,
	// or a new connection, may take.
	watchEvery   = time.Second
	watchTimeout = 10 * time.Second
	// closeTimeout bounds a connection's good-bye.
	closeTimeout = 5 * time.Second
)

var errTaken = errors.New("another salesbot already runs its embedded Temporal server on this database; stop it, " +
	"or run a Temporal cluster and set TEMPORAL_ADDRESS in both")

// postgresLock keeps a second embedded server off the tables: without a common membership each would take the
// other's shards away again and again. PostgreSQL drops the lock with its connection, so the connection is watched:
// when it is lost, as at a restart of PostgreSQL, the lock is taken again, and who finds it taken gives up.
type postgresLock struct {
	config *pgx.ConnConfig
	log    *slog.Logger
	// conn holds the lock; nil between a loss and the next connection. The watch has it for itself once it runs.
	conn *pgx.Conn
	// holder is the session that had the lock last.
	holder session

	lost chan struct{}
	stop context.CancelFunc
	done chan struct{}
}

// session tells one connection from all others that its server ever had.
type session struct {
	pid     uint32
	started time.Time
}

// takeLock connects and takes the lock; it waits a while for one who has it.
func takeLock(ctx context.Context, config *pgx.ConnConfig, log *slog.Logger) (*postgresLock, error) {
	l := &postgresLock{config: config, log: log, lost: make(chan struct{})}
	if err := l.connect(ctx); err != nil {
		return nil, fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	wait, cancel := context.WithTimeout(ctx, lockWait)
	defer cancel()
	var seen error
	err := retry(wait, func() error {
		err := l.try(ctx)
		if err != nil && errors.Is(seen, errTaken) && ctx.Err() != nil {
			return seen // the time ran out in the middle of one more look
		}
		seen = err
		return err
	})
	if err != nil {
		return nil, errors.Join(err, l.close())
	}
	return l, nil
}

func (l *postgresLock) connect(ctx context.Context) (err error) {
	l.conn, err = pgx.ConnectConfig(ctx, l.config)
	return err
}

// try takes the lock if nobody has it. The error is errTaken if somebody does.
func (l *postgresLock) try(ctx context.Context) error {
	var taken bool
	var me session
	err := l.conn.QueryRow(ctx, `SELECT pg_try_advisory_lock($1), pid, backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid()`,
		int64(lockKey)).Scan(&taken, &me.pid, &me.started)
	switch {
	case err != nil:
		return fmt.Errorf("take the lock of the embedded Temporal server: %w", err)
	case !taken:
		return errTaken
	}
	l.holder = me
	return nil
}

// watch begins to look after the lock.
func (l *postgresLock) watch() {
	ctx, stop := context.WithCancel(context.Background())
	l.stop, l.done = stop, make(chan struct{})
	go func() {
		defer close(l.done)
		l.look(ctx)
	}()
}

// look returns when ctx ends, or after the lock was lost to somebody else.
func (l *postgresLock) look(ctx context.Context) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	told := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if l.alive(ctx) {
			told = false
			continue
		}
		err := l.retake(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err == nil:
			l.log.WarnContext(ctx, "PostgreSQL ended the connection that holds the embedded Temporal server's lock; the lock is taken again")
		case errors.Is(err, errTaken):
			close(l.lost)
			return
		case !told:
			told = true
			l.log.WarnContext(ctx, "the embedded Temporal server's lock is lost until PostgreSQL answers again", "error", err)
		}
	}
}

func (l *postgresLock) alive(ctx context.Context) bool {
	if l.conn == nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, watchTimeout)
	defer cancel()
	return l.conn.Ping(ctx) == nil
}

// retake closes what is left of the old connection, so that it can't stand in the new one's way, and takes the lock
// with a new one. The error is errTaken only if it is somebody else who has the lock.
func (l *postgresLock) retake(ctx context.Context) error {
	_ = l.close()
	ctx, cancel := context.WithTimeout(ctx, watchTimeout)
	defer cancel()
	if err := l.connect(ctx); err != nil {
		return err
	}
	before := l.holder
	err := l.try(ctx)
	if errors.Is(err, errTaken) {
		err = l.endOwn(ctx, before)
	}
	if err != nil {
		_ = l.close()
	}
	return err
}

// endOwn ends this server's old session where PostgreSQL has not noticed that its connection is gone: the lock is still
// held then, by nobody else, and is there to take at the next look.
func (l *postgresLock) endOwn(ctx context.Context, old session) error {
	const query = `SELECT pg_terminate_backend(a.pid) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
		WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.classid = $1 AND l.objid = $2
		AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND a.pid = $3 AND a.backend_start = $4`
	tag, err := l.conn.Exec(ctx, query, uint32(lockKey>>32), uint32(lockKey&0xffffffff), old.pid, old.started)
	switch {
	case err != nil:
		return err
	case tag.RowsAffected() == 0:
		return errTaken
	}
	return errors.New("the session before is only now being ended")
}

// close ends the connection and with it the lock.
func (l *postgresLock) close() error {
	if l.conn == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	conn := l.conn
	l.conn = nil
	return conn.Close(ctx)
}

// Close ends the watch and gives the lock back.
func (l *postgresLock) Close() error {
	if l.stop != nil {
		l.stop()
		<-l.done
	}
	return l.close()
}
