package app

import (
	"context"
	"time"
)

// collect takes away, at the start and every hour, what is kept for a time only.
func (a *App) collect(ctx context.Context) error {
	again := time.NewTicker(time.Hour)
	defer again.Stop()
	for {
		if err := a.store.ForgetAnswers(ctx); err != nil && ctx.Err() == nil {
			a.log.Error("forget old answers", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-again.C:
		}
	}
}
