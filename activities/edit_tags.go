package activities

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
)

// EditTags changes tags as a crm.TagEdit says. Tags whose placeholders gave nothing are left out.
func (a *Activities) EditTags(ctx context.Context, e bot.Effect) (json.RawMessage, error) {
	return effect(ctx, a, e, func(ctx context.Context, tx *db.Tx, in crm.TagEdit) (any, error) {
		empty := func(tag string) bool { return strings.TrimSpace(tag) == "" }
		in.Add, in.Remove = slices.DeleteFunc(in.Add, empty), slices.DeleteFunc(in.Remove, empty)
		return nil, tx.ApplyTags(ctx, byRun(e), e.Subject, e.ChatID, in)
	})
}
