package app_test

import (
	"context"
	"io"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/app"
)

// start runs the whole product in this process on a folder of its own.
func start(t *testing.T, config app.Config, parts app.Parts) *app.App {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	a, err := app.New(ctx, config, parts)
	require.NoError(t, err)
	require.NoError(t, a.Welcome(ctx, io.Discard))
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-done:
			require.NoError(t, err)
		case <-time.After(time.Minute):
			t.Error("the product does not stop")
		}
		require.NoError(t, a.Close())
	})
	return a
}

func config(t *testing.T) app.Config {
	t.Helper()
	return app.Config{Data: t.TempDir(), Listen: "127.0.0.1:0", Namespace: "default", Retention: 24 * time.Hour, LogLevel: slog.LevelError, Unlimited: true}
}

func TestASecondServerOnOneFolderIsRefused(t *testing.T) {
	t.Parallel()
	c := config(t)
	start(t, c, app.Everything)
	_, err := app.New(t.Context(), c, app.Everything)
	require.ErrorContains(t, err, "another server uses the data folder")
	token, err := app.CreateToken(t.Context(), c, "beside")
	require.NoError(t, err)
	require.NotEmpty(t, token)
}
