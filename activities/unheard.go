package activities

import (
	"context"

	"salesbot/bot"
)

// Unheard looks for the bots that a message launches which no run was left to hear, and keeps the conversation's state
// that knows of it. Repeating it is harmless: a bot that it launched is alive by then.
func (a *Activities) Unheard(ctx context.Context, message bot.Message, keep *bot.Keep) error {
	return wire(a.Store.Unheard(ctx, message, keep))
}
