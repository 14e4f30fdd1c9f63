package activities

import (
	"context"
	"encoding/json"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
)

// MatchPattern tries a regular expression on a text. It is an activity because a match is cut short by the clock: a
// replay must see what the first attempt saw. A match that was cut short is an answer, not an error.
func (a *Activities) MatchPattern(ctx context.Context, e bot.Effect) (json.RawMessage, error) {
	return effect(ctx, a, e, func(_ context.Context, _ *db.Tx, in bot.PatternMatch) (any, error) {
		pattern, err := bot.CompilePattern(in.Pattern)
		if err != nil {
			return nil, crm.FieldError("pattern", "%s", err)
		}
		found, ok, err := pattern.Find(in.Subject)
		if err != nil {
			return bot.PatternFound{Error: err.Error()}, nil
		}
		return bot.PatternFound{OK: ok, Found: found}, nil
	})
}
