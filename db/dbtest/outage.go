package dbtest

import (
	"io"
	"net"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/db"
)

// Outage takes a store's database away and gives it back.
type Outage struct{ Begin, End func() }

// EachOutage runs the test on each database with the means to take it away: SQLite's file is moved, PostgreSQL's
// connections are cut and new ones are refused.
func EachOutage(t *testing.T, test func(t *testing.T, store *db.Store, outage Outage)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		target := SQLiteURL(t)
		test(t, Open(t, target), MoveAway(t, strings.TrimPrefix(target, "sqlite://")))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		target, outage := CutOff(t, PostgresURL(t))
		test(t, Open(t, target), outage)
	})
}

// MoveAway takes SQLite's file away.
func MoveAway(t *testing.T, path string) Outage {
	t.Helper()
	move := func(from, to string) func() { return func() { require.NoError(t, os.Rename(from, to)) } }
	return Outage{Begin: move(path, path+".away"), End: move(path+".away", path)}
}

// CutOff gives an address by which PostgreSQL is reached until its connections are cut.
func CutOff(t *testing.T, address string) (through string, outage Outage) {
	t.Helper()
	target, err := url.Parse(address)
	require.NoError(t, err)
	between := newProxy(t, target.Host)
	target.Host = between.listener.Addr().String()
	return target.String(), Outage{Begin: between.cut, End: between.mend}
}

// proxy hands connections on until it is cut.
type proxy struct {
	listener net.Listener
	target   string
	mu       sync.Mutex
	isCut    bool
	open     []net.Conn
}

func newProxy(t *testing.T, target string) *proxy {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &proxy{listener: listener, target: target}
	go p.serve()
	t.Cleanup(func() { _ = listener.Close(); p.cut() })
	return p
}

func (p *proxy) serve() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		go p.join(client)
	}
}

func (p *proxy) join(client net.Conn) {
	if !p.keep(client) { // PostgreSQL is not even asked
		return
	}
	server, err := net.Dial("tcp", p.target) //nolint:noctx // it ends with the proxy
	if err != nil {
		_ = client.Close()
		return
	}
	if !p.keep(server) {
		return
	}
	go func() { _, _ = io.Copy(server, client); _ = server.Close() }()
	_, _ = io.Copy(client, server)
	_ = client.Close()
}

func (p *proxy) keep(pair ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open = append(p.open, pair...)
	if p.isCut {
		p.closeAll()
	}
	return !p.isCut
}

func (p *proxy) closeAll() {
	for _, conn := range p.open {
		_ = conn.Close()
	}
	p.open = nil
}

func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.isCut = true
	p.closeAll()
}

func (p *proxy) mend() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.isCut = false
}
