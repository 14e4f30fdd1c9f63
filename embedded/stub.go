//go:build noembed

package embedded

import (
	"context"
	"io"
	"log/slog"
	"net/http"
)

// Server is never made in a binary without the embedded server.
type Server struct{}

// Start fails with ErrNotBuilt.
func Start(context.Context, Options) (*Server, error) { return nil, ErrNotBuilt }

// HoldPostgres fails with ErrNotBuilt.
func HoldPostgres(context.Context, string, *slog.Logger) (io.Closer, error) { return nil, ErrNotBuilt }

// Address is empty.
func (*Server) Address() string { return "" }

// Lost is never closed.
func (*Server) Lost() <-chan struct{} { return nil }

// UIHandler answers 404.
func (*Server) UIHandler() http.Handler { return http.NotFoundHandler() }

// Stop has nothing to stop.
func (*Server) Stop() error { return nil }
