package api

import (
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestOnlyTroubleAndSlownessAreTold(t *testing.T) {
	t.Parallel()
	stream := http.Header{"Content-Type": {"text/event-stream"}}
	for name, test := range map[string]struct {
		status int
		took   time.Duration
		header http.Header
		level  slog.Level
	}{
		"ordinary":      {200, slowRequest, nil, slog.LevelDebug},
		"refused":       {404, time.Millisecond, nil, slog.LevelDebug},
		"left":          {499, time.Millisecond, nil, slog.LevelDebug},
		"slow":          {200, slowRequest + 1, nil, slog.LevelInfo},
		"stream":        {200, time.Hour, stream, slog.LevelDebug},
		"ours":          {500, time.Millisecond, nil, slog.LevelError},
		"for a while":   {503, time.Millisecond, nil, slog.LevelWarn},
		"broken stream": {500, time.Hour, stream, slog.LevelError},
	} {
		require.Equal(t, test.level, requestLevel(test.status, test.took, test.header), name)
	}
}
