package app_test

import (
	"database/sql"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	_ "github.com/lib/pq"
	"github.com/stretchr/testify/require"
)

// postgres is a PostgreSQL server of the test's own, which it may kill.
type postgres struct {
	t        *testing.T
	programs string // the folder of initdb and postgres
	data     string
	port     int
	url      string
	cmd      *exec.Cmd
	ended    chan struct{}
}

// startPostgres makes a cluster and serves it until the test ends. It writes through to the disk as it does in
// production: what it has acknowledged must outlive its being killed.
func startPostgres(t *testing.T) *postgres {
	t.Helper()
	p := &postgres{t: t, programs: postgresPrograms(t), port: freePort(t)}
	folder, err := os.MkdirTemp("", "salesbot-postgres-*") //nolint:usetesting // t.TempDir lies in a folder that another user can't enter
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	p.data = filepath.Join(folder, "data")
	p.url = fmt.Sprintf("postgres://postgres@127.0.0.1:%d/postgres?sslmode=disable", p.port)
	giveAway(t, folder)
	out, err := p.command("initdb", "-D", p.data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8").CombinedOutput()
	require.NoError(t, err, string(out))
	p.start()
	t.Cleanup(p.kill)
	return p
}

// start serves. While children of a server that was killed are still ending, a new one refuses to start and is tried
// again.
func (p *postgres) start() {
	p.t.Helper()
	require.Eventually(p.t, func() bool {
		if p.stopped() {
			p.run()
		}
		return p.answers()
	}, time.Minute, 50*time.Millisecond, "PostgreSQL does not start")
}

func (p *postgres) run() {
	p.cmd = p.command("postgres", "-D", p.data, "-p", strconv.Itoa(p.port), "-c", "max_connections=300",
		"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="+filepath.Dir(p.data))
	if err := p.cmd.Start(); err != nil {
		p.t.Log(err)
		return
	}
	cmd, ended := p.cmd, make(chan struct{})
	p.ended = ended
	go func() {
		_ = cmd.Wait()
		close(ended)
	}()
}

func (p *postgres) stopped() bool {
	select {
	case <-p.ended:
		return true
	default:
		return p.ended == nil
	}
}

func (p *postgres) answers() bool {
	connection, err := sql.Open("postgres", p.url+"&connect_timeout=2")
	if err != nil {
		return false
	}
	defer connection.Close()
	return connection.PingContext(p.t.Context()) == nil
}

func (p *postgres) kill() {
	_ = p.cmd.Process.Kill()
	<-p.ended
}

// command runs one of PostgreSQL's programs, which refuse to run as root.
func (p *postgres) command(program string, arguments ...string) *exec.Cmd {
	command := exec.Command(filepath.Join(p.programs, program), arguments...)
	if uid, gid, ok := otherUser(p.t); ok {
		command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: gid}}
	}
	command.Dir = filepath.Dir(p.data)
	return command
}

func postgresPrograms(t *testing.T) string {
	t.Helper()
	if path, err := exec.LookPath("initdb"); err == nil {
		target, err := filepath.EvalSymlinks(path)
		require.NoError(t, err)
		return filepath.Dir(target)
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	require.NoError(t, err)
	if len(found) == 0 {
		if os.Getenv("REQUIRE_POSTGRES") == "1" {
			t.Fatal("REQUIRE_POSTGRES=1 but there is no initdb")
		}
		t.Skip("there is no initdb in PATH or /usr/lib/postgresql")
	}
	slices.Sort(found)
	return filepath.Dir(found[len(found)-1])
}

// otherUser is whom PostgreSQL runs as if the test runs as root.
func otherUser(t *testing.T) (uid, gid uint32, needed bool) {
	t.Helper()
	if os.Getuid() != 0 {
		return 0, 0, false
	}
	u, err := user.Lookup("postgres")
	require.NoError(t, err, "PostgreSQL refuses to run as root, and there is no user postgres")
	id, err := strconv.ParseUint(u.Uid, 10, 32)
	require.NoError(t, err)
	group, err := strconv.ParseUint(u.Gid, 10, 32)
	require.NoError(t, err)
	return uint32(id), uint32(group), true
}

func giveAway(t *testing.T, folder string) {
	t.Helper()
	if uid, gid, ok := otherUser(t); ok {
		require.NoError(t, os.Chown(folder, int(uid), int(gid)))
	}
}

func freePort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}
