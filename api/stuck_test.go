package api_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/db"
)

// The list of runs shows on demand only those that should have moved.
func TestRunsThatAreStuckAreListed(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(w *world) {
		path := w.addBot(plain)
		w.publish(path)
		for range 2 {
			w.call("POST", path+"/run", fmt.Sprintf(`{"entity_id":%d,"entity_type":"leads"}`, w.addLead().ID)).want(202)
		}
		w.call("GET", "/api/v4/runs?filter[stuck]=true", "").want(http.StatusNoContent)
		require.NoError(w.t, w.store.Change(w.t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.NewUpdate().Table("runs").Set("updated_at = ?", tx.Now.Add(-time.Hour)).Where("id = 1").Exec(ctx)
			return err
		}))
		list := w.call("GET", "/api/v4/runs?filter[stuck]=true", "").want(http.StatusOK)
		require.Len(w.t, at(list, "_embedded", "runs"), 1)
		require.EqualValues(w.t, 1, at(list, "_embedded", "runs", 0, "id"))
		all := w.call("GET", "/api/v4/runs?filter[stuck]=false", "").want(http.StatusOK)
		require.Len(w.t, at(all, "_embedded", "runs"), 2)
	})
}
