package app

import (
	"context"
	"errors"
	"time"
)

// collectEvery is how often files are collected; what is collected has been here for hours.
const collectEvery = 10 * time.Minute

// tendFiles goes on whatever happens: the files of older versions can be read where they are, and what was not collected
// now is collected later.
func (a *App) tendFiles(ctx context.Context) {
	again := time.NewTicker(collectEvery)
	defer again.Stop()
	for {
		err := errors.Join(a.store.MoveFiles(ctx), a.store.CollectFiles(ctx))
		if err != nil && ctx.Err() == nil {
			a.log.Warn("the files were not tidied up; it is tried again", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-again.C:
		}
	}
}
