package activities

import (
	"context"

	"salesbot/bot"
)

// KeepState keeps a conversation's state that nothing else carries.
func (a *Activities) KeepState(ctx context.Context, keep bot.Keep) error {
	return wire(a.Store.KeepState(ctx, keep))
}
