package app

import (
	"context"

	"golang.org/x/sync/errgroup"
)

// background is what a worker does beside conversations: it launches the bots whose trigger stands at a stage and
// delivers what people of ours write. Of several workers one does each and the others stand by.
func (a *App) background(ctx context.Context) error {
	var group errgroup.Group
	group.Go(func() error { return a.replies.run(ctx) })
	group.Go(func() error {
		err := a.store.StageTriggerRelay().Run(ctx)
		if ctx.Err() != nil {
			return nil //nolint:nilerr // it ends because it was told to
		}
		return err
	})
	return group.Wait()
}
