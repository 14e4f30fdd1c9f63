package app

import (
	"context"
)

// background is what a worker does beside conversations.
func (a *App) background(ctx context.Context) error {
	<-ctx.Done()
	return nil
}
