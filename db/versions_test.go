package db_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/db"
)

func TestPublishingTwiceMakesOneVersion(t *testing.T) {
	t.Parallel()
	eachCRM(t, func(t *testing.T, store *db.Store) {
		publish := func(text string) int {
			var number int
			change(t, store, func(ctx context.Context, tx *db.Tx) error {
				b, err := store.Bot(ctx, 1)
				if err != nil {
					b, err = tx.CreateBot(ctx, ada, "Bot", json.RawMessage(text))
				} else {
					b, err = tx.UpdateBot(ctx, ada, b.ID, db.BotChange{Draft: json.RawMessage(text), Revision: &b.Revision})
				}
				require.NoError(t, err)
				version, err := tx.PublishBot(ctx, ada, b.ID, b.Revision)
				number = version.Number
				return err
			})
			return number
		}
		first, second := `{"schema":1,"name":"Bot","start":"a","steps":[]}`, `{"schema":1,"name":"Bot","start":"b","steps":[]}`
		require.Equal(t, 1, publish(first))
		require.Equal(t, 1, publish(first))
		require.Equal(t, 2, publish(second))
		require.Equal(t, 3, publish(first), "an older version that is restored is a new one")
	})
}
