package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/lib/pq"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// errMoved says that what would be written now would be in a file that nobody finds again.
var errMoved = errors.New("the database's file was deleted or replaced while it was in use: stop salesbot, " +
	"put the file back or restore a backup, and start again")

// errFilesAway says that the place for files, not the file, is to blame: its disk is full or broken, its bucket does not answer.
var errFilesAway = errors.New("the place for files is away")

// FilesAway says of an error that the place for files is away, so that nothing was read of the file or kept of it.
func FilesAway(err error) bool { return errors.Is(err, errFilesAway) }

// errNoConnection says that a server hung up before it had let us in.
var errNoConnection = errors.New("no connection to the database")

// dialer gives a name to what lib/pq reports as a bare EOF.
type dialer struct{ driver.Connector }

func (d dialer) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := d.Connector.Connect(ctx)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = fmt.Errorf("%w: %w", errNoConnection, err)
	}
	return conn, err
}

// Unavailable says of an error of the store that it is not the request's fault and may pass: the database or the place for
// files is away, busy, out of space or out of connections. The same call can succeed later. Whether a change that got this error was made is
// unknown only if the connection broke in its commit.
func Unavailable(err error) bool {
	if FilesAway(err) { // before what may be its cause: a bucket is somebody else's server, too
		return true
	}
	var foreign *url.Error // a call to somebody else's server
	if err == nil || errors.As(err, &foreign) {
		return false
	}
	for _, passing := range []error{errStoreClosed, errMoved, errNoConnection, driver.ErrBadConn, sql.ErrConnDone, context.DeadlineExceeded} {
		if errors.Is(err, passing) {
			return true
		}
	}
	var network *net.OpError
	return errors.As(err, &network) || postgresAway(err) || sqliteAway(err) ||
		strings.HasSuffix(err.Error(), "sql: database is closed") // database/sql keeps that error to itself
}

// postgresAway goes by the classes and codes of appendix A: connections (08), resources (53), interventions (57P),
// the system (58), a standby that is read only, a statement that took too long, locks, and transactions that collided.
func postgresAway(err error) bool {
	var own *pq.Error
	if !errors.As(err, &own) {
		return false
	}
	code := string(own.Code)
	return slices.Contains([]string{"08", "53", "58"}, code[:min(2, len(code))]) || strings.HasPrefix(code, "57P") ||
		slices.Contains([]string{"25006", "57014", "55P03"}, code) || retryable(err)
}

// sqliteAway goes by the primary result code, the lowest byte: a disk that is full, broken or read only, and locks.
func sqliteAway(err error) bool {
	var own *sqlite.Error
	if !errors.As(err, &own) {
		return false
	}
	return slices.Contains([]int{sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR,
		sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_INTERRUPT}, own.Code()&0xff)
}
