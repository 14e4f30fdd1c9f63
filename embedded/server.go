//go:build !noembed

package embedded

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/temporal"
)

// readyTimeout bounds the wait for the frontend's first answer. It normally comes within half a second.
const readyTimeout = time.Minute

// Server is a Temporal server in this process.
type Server struct {
	address  string
	server   temporal.Server
	ui       *ui
	store    store
	stopping atomic.Bool
	// lost is closed when another server has taken the data over, over when this one is stopped.
	lost, over chan struct{}
	// halted stops the server once.
	halted func() error
}

// store is where the server keeps its data.
type store interface {
	// persistence tells the server how to reach the data.
	persistence() config.Persistence
	// lost is closed when another server has taken the data over; nil if that can't happen.
	lost() <-chan struct{}
	// Close gives the data free for another process.
	io.Closer
}

// Start brings the store to this server's schema, starts the server and returns when its frontend answers
// for the namespace. The context bounds the start only.
func Start(ctx context.Context, o Options) (*Server, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	st, err := openStore(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("embedded Temporal: %w", err)
	}
	s := &Server{store: st, lost: make(chan struct{}), over: make(chan struct{})}
	s.halted = sync.OnceValue(s.halt)
	if err := s.start(ctx, o); err != nil {
		return nil, fmt.Errorf("embedded Temporal: %w", errors.Join(err, s.Stop()))
	}
	go s.yield(o.Logger)
	return s, nil
}

// yield stops the server as soon as another one has its data: each would take the other's shards away.
func (s *Server) yield(logger *slog.Logger) {
	select {
	case <-s.store.lost():
	case <-s.over:
		return
	}
	close(s.lost)
	if err := s.halted(); err != nil {
		logger.Error("stop the embedded Temporal server that lost its database", "error", err)
	}
}

func openStore(ctx context.Context, o Options) (store, error) {
	if o.PostgresURL != "" {
		return openPostgres(ctx, o)
	}
	return openSQLite(ctx, o)
}

func (s *Server) start(ctx context.Context, o Options) error {
	persistence := s.store.persistence()
	if err := ensureNamespace(ctx, persistence, o); err != nil {
		return err
	}
	if err := isFree(ctx, o.Port); err != nil {
		return err
	}
	ports, err := freePorts(ctx, len(services))
	if err != nil {
		return err
	}
	if o.Port != 0 {
		ports[0] = o.Port
	}
	s.address = loopback(ports[0])
	server, err := newServer(persistence, ports, serverLogger{o.Logger, &s.stopping})
	if err != nil {
		return err
	}
	if err := server.Start(); err != nil {
		return errors.Join(err, server.Stop())
	}
	s.server = server
	if err := s.awaitFrontend(ctx, o.Namespace); err != nil {
		return err
	}
	if o.UI {
		s.ui, err = startUI(ctx, s.address, o)
	}
	return err
}

// awaitFrontend returns when the frontend knows the namespace.
func (s *Server) awaitFrontend(ctx context.Context, namespace string) error {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	c, err := client.NewLazyClient(client.Options{HostPort: s.address, Namespace: namespace})
	if err != nil {
		return err
	}
	defer c.Close()
	ask := func() error {
		_, err := c.WorkflowService().DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: namespace})
		return err
	}
	if err := retry(ctx, ask); err != nil {
		return fmt.Errorf("the Temporal frontend at %s does not answer: %w", s.address, err)
	}
	return nil
}

// retry calls f until it succeeds or ctx ends; then it returns f's last error.
func retry(ctx context.Context, f func() error) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := f()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-tick.C:
		}
	}
}

// Address of the frontend's gRPC, host:port on loopback.
func (s *Server) Address() string { return s.address }

// Lost is closed when another server has taken this one's database over, as may happen while PostgreSQL restarts. Then
// this server has stopped by itself, and Stop must still be called. On SQLite it never is.
func (s *Server) Lost() <-chan struct{} { return s.lost }

// Stop ends the UI and the server and gives the store free. Workers and clients should be stopped before. It is called once.
func (s *Server) Stop() error {
	close(s.over)
	return errors.Join(s.halted(), s.store.Close())
}

func (s *Server) halt() error {
	s.stopping.Store(true)
	if s.ui != nil {
		s.ui.stop()
	}
	if s.server != nil {
		return s.server.Stop()
	}
	return nil
}
