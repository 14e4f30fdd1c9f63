package activities

import (
	"context"

	"salesbot/bot"
)

// Record writes a run's progress to its row and its trace.
func (a *Activities) Record(ctx context.Context, runID int64, progress bot.Progress) error {
	return wire(a.Store.Record(ctx, runID, progress))
}
