//go:build !noembed

package embedded

import (
	"context"
	"log/slog"
	"os"
	"strings"
	"sync/atomic"

	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/log/tag"
)

// serverLogger writes Temporal's log to slog. What the server calls information is detail to the product's
// operator, so it becomes debug; warnings and errors stay what they are, until the server is told to stop:
// then every call that it breaks off is an error to it, and to nobody else.
type serverLogger struct {
	log      *slog.Logger
	stopping *atomic.Bool
}

var (
	_ log.Logger     = serverLogger{}
	_ log.WithLogger = serverLogger{}
)

func (l serverLogger) write(level slog.Level, msg string, tags []tag.Tag) {
	if l.stopping.Load() {
		level = slog.LevelDebug
	}
	if l.log.Enabled(context.Background(), level) {
		l.log.LogAttrs(context.Background(), level, msg, attrs(tags)...) //nolint:sloglint // the server chose the words
	}
}

func attrs(tags []tag.Tag) []slog.Attr {
	as := make([]slog.Attr, len(tags))
	for i, t := range tags {
		as[i] = slog.Any(t.Key(), t.Value())
	}
	return as
}

func (l serverLogger) Debug(msg string, tags ...tag.Tag) { l.write(slog.LevelDebug, msg, tags) }
func (l serverLogger) Info(msg string, tags ...tag.Tag)  { l.write(slog.LevelDebug, msg, tags) }
func (l serverLogger) Error(msg string, tags ...tag.Tag) { l.write(slog.LevelError, msg, tags) }

// Warn keeps to itself that a feature is off which the product does not use: there is nothing that an operator could do.
func (l serverLogger) Warn(msg string, tags ...tag.Tag) {
	level := slog.LevelWarn
	if strings.Contains(msg, "Nexus HTTP endpoints will not be available") {
		level = slog.LevelDebug
	}
	l.write(level, msg, tags)
}

// DPanic marks what should never happen; it stops a development build of the server, not a product.
func (l serverLogger) DPanic(msg string, tags ...tag.Tag) { l.write(slog.LevelError, msg, tags) }

func (l serverLogger) Panic(msg string, tags ...tag.Tag) {
	l.write(slog.LevelError, msg, tags)
	panic("temporal server: " + msg)
}

// Fatal ends the process: the server calls it where it must not run on, as at damaged data.
func (l serverLogger) Fatal(msg string, tags ...tag.Tag) {
	l.write(slog.LevelError, msg, tags)
	os.Exit(1)
}

func (l serverLogger) With(tags ...tag.Tag) log.Logger {
	return serverLogger{slog.New(l.log.Handler().WithAttrs(attrs(tags))), l.stopping}
}
