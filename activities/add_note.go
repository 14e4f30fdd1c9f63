package activities

import (
	"context"
	"encoding/json"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
)

// AddNote writes a note on the cards that a crm.NewNote names.
func (a *Activities) AddNote(ctx context.Context, e bot.Effect) (json.RawMessage, error) {
	return effect(ctx, a, e, func(ctx context.Context, tx *db.Tx, in crm.NewNote) (any, error) {
		_, err := tx.ApplyNote(ctx, byRun(e), e.Subject, e.ChatID, in)
		return nil, err
	})
}

// byRun is the run as who made a change.
func byRun(e bot.Effect) crm.Actor { return crm.Actor{Kind: crm.ByBot, ID: e.Key.RunID} }
