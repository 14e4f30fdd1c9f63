package activities

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
)

func TestAnActivityIsPrepared(t *testing.T) {
	eachScene(t, func(t *testing.T, s *scene) {
		s.change(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.PutCustomActivity(ctx, crm.Actor{}, crm.CustomActivity{Name: "ScoreLead", Title: "Score", TaskQueue: "scoring", OutputSchema: json.RawMessage(`{}`),
				InputSchema: json.RawMessage(`{"type":"object","properties":{"price":{"type":"number"},"name":{"type":"string"}},"required":["price"]}`)})
			return err
		})
		var got bot.Performance
		s.does(s.PrepareActivity, bot.CustomCall{Name: "ScoreLead", Input: json.RawMessage(`{"price":"{{json.much}}","name":"{{lead.name}}"}`)}, bot.Values{"json.much": {"12.5"}}, &got)
		require.Equal(t, "scoring", got.TaskQueue)
		require.Equal(t, "ScoreLead", got.Name)
		require.JSONEq(t, `{"price":12.5,"name":"Sofa"}`, string(got.Input))
		for name, c := range map[string]struct {
			call bot.CustomCall
			says string
		}{
			"what is no number":          {bot.CustomCall{Name: "ScoreLead", Input: json.RawMessage(`{"price":"{{json.much}}"}`)}, "input.price"},
			"an input that is missing":   {bot.CustomCall{Name: "ScoreLead"}, "price"},
			"what nobody has registered": {bot.CustomCall{Name: "Nobody"}, "Nobody"},
		} {
			_, err := s.PrepareActivity(t.Context(), s.next(c.call, bot.Values{"json.much": {"a lot"}}))
			var failure *temporal.ApplicationError
			require.ErrorAs(t, err, &failure, name)
			require.Equal(t, ErrorRefused, failure.Type(), name)
			require.Contains(t, failure.Message(), c.says, name)
		}
	})
}
