package app

import (
	"context"

	"golang.org/x/sync/errgroup"

	"salesbot/buttons"
	"salesbot/postman"
)

// background is what a worker does beside conversations: it launches the bots whose trigger stands at a stage (of
// several workers one does it and the others stand by), and compares the runs that are late with their workflows. It also
// takes spent buttons off messages, collects what is too old, and tidies up the files.
func (a *App) background(ctx context.Context) error {
	group, inside := errgroup.WithContext(ctx)
	group.Go(func() error { return a.store.StageTriggerRelay().Run(inside) })
	group.Go(func() error {
		if err := a.recover(inside); err != nil && inside.Err() == nil {
			a.log.Error("conversations may be missing", "error", err)
		}
		return a.postman.Watch(inside, postman.WatchEvery)
	})
	group.Go(func() error { return a.collect(inside) })
	group.Go(func() error { buttons.New(a.store, a.channels, a.log).Run(inside); return nil })
	group.Go(func() error { a.tendFiles(inside); return nil })
	err := group.Wait()
	if ctx.Err() != nil {
		return nil //nolint:nilerr // it ends because it was told to
	}
	return err
}
