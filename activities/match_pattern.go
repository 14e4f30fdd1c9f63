package activities

import (
	"context"
	"encoding/json"
	"fmt"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
)

// MatchPattern tries a regular expression on a text. It is an activity because a match is cut short by the clock: a
// replay must see what the first attempt saw. A match that was cut short is an answer, not an error. The match is made
// before the transaction, for a slow one must not keep others from writing.
func (a *Activities) MatchPattern(ctx context.Context, e bot.Effect) (json.RawMessage, error) {
	found, err := a.match(ctx, e)
	if err != nil {
		return nil, wire(err)
	}
	result, err := a.Store.Effect(ctx, e, func(context.Context, *db.Tx) (any, error) { return found, nil })
	return result, wire(err)
}

func (a *Activities) match(ctx context.Context, e bot.Effect) (bot.PatternFound, error) {
	facts := a.Store.Facts(e.Subject, e.ChatID)
	expanded, err := bot.ExpandJSON(e.Input, func(name string) ([]string, bool, error) {
		if values, ok := e.Vars[name]; ok {
			return values, true, nil
		}
		return facts.Get(ctx, name)
	})
	if err != nil {
		return bot.PatternFound{}, err
	}
	var in bot.PatternMatch
	if err := json.Unmarshal(expanded, &in); err != nil {
		return bot.PatternFound{}, fmt.Errorf("read the effect's input: %w", err)
	}
	pattern, err := bot.CompilePattern(in.Pattern)
	if err != nil {
		return bot.PatternFound{}, crm.FieldError("pattern", "%s", err)
	}
	found, ok, err := pattern.Find(in.Subject)
	if err != nil {
		return bot.PatternFound{Error: err.Error()}, nil //nolint:nilerr // a match that was cut short is an answer
	}
	return bot.PatternFound{OK: ok, Found: found}, nil
}
