package app

import (
	"context"
)

// background is what a worker does beside conversations: it launches the bots whose trigger stands at a stage. Of
// several workers one does it and the others stand by.
func (a *App) background(ctx context.Context) error {
	err := a.store.StageTriggerRelay().Run(ctx)
	if ctx.Err() != nil {
		return nil //nolint:nilerr // it ends because it was told to
	}
	return err
}
