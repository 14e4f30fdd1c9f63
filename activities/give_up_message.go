package activities

import "context"

// GiveUpMessage marks a message as failed whose delivery was tried until its time was over.
func (a *Activities) GiveUpMessage(ctx context.Context, messageID, reason string) error {
	return wire(a.Store.GiveUp(ctx, messageID, reason))
}
