package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/crm"
	"salesbot/db"
)

// changes opens the live stream and returns what it says, until the stream ends.
func (w *world) changes(ctx context.Context) <-chan map[string]any {
	w.t.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, w.server.URL+"/api/v4/stream", nil)
	require.NoError(w.t, err)
	request.Header.Set("Authorization", "Bearer "+w.manager)
	response, err := http.DefaultClient.Do(request)
	require.NoError(w.t, err)
	require.Equal(w.t, "text/event-stream", response.Header.Get("Content-Type"))
	said := make(chan map[string]any, 100)
	go func() {
		defer close(said)
		defer func() { _ = response.Body.Close() }()
		lines := bufio.NewScanner(response.Body)
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				var change map[string]any
				if json.Unmarshal([]byte(data), &change) == nil {
					said <- change
				}
			}
		}
	}()
	return said
}

func TestTheStreamTellsWhatChanges(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(w *world) {
		w.send("GET", "/api/v4/stream", "", nil).refused(401, "unauthorized", "")
		said := w.changes(w.t.Context())
		w.addBot(plain)
		change := <-said
		require.Equal(w.t, "bot_changed", change["type"])
		require.Equal(w.t, "bots", change["entity_type"])
		require.EqualValues(w.t, 1, change["entity_id"])
		require.NotContains(w.t, change, "after", "a stream tells what to look up, not what it says")
	})
}

func TestTheStreamEndsWhenTheServerStops(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(w *world) {
		said := w.changes(w.t.Context())
		w.close()
		_, open := <-said
		require.False(w.t, open)
	})
}

func TestTheFeed(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(w *world) {
		lead := w.addLead()
		require.NoError(w.t, w.store.Change(w.t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.ChangeStage(ctx, crm.Actor{Kind: crm.ByUser, ID: w.adminID}, lead.ID, lead.PipelineID, crm.StageWon)
			return err
		}))
		moved := w.call("GET", fmt.Sprintf("/api/v4/events?filter[type]=lead_status_changed&filter[entity]=lead&filter[entity_id]=%d", lead.ID), "").want(200)
		event := at(moved, "_embedded", "events", 0)
		require.Equal(w.t, "lead", at(event, "entity_type"))
		require.EqualValues(w.t, w.adminID, at(event, "created_by"))
		require.EqualValues(w.t, crm.StageWon, at(event, "value_after", 0, "lead_status", "id"))
		require.EqualValues(w.t, lead.StageID, at(event, "value_before", 0, "lead_status", "id"))
		require.Nil(w.t, at(moved, "_embedded", "events", 1))
		w.call("GET", fmt.Sprintf("/api/v4/events/%v", at(event, "id")), "").want(200)
		require.Equal(w.t, at(event, "id"), at(w.call("GET", fmt.Sprintf("/api/v4/events?filter[created_by][]=%d&filter[type]=lead_status_changed,lead_added", w.adminID), "").want(200), "_embedded", "events", 0, "id"))
		w.call("GET", "/api/v4/events?filter[created_at][from]=4102444800", "").want(204)
		w.call("GET", "/api/v4/events?filter[entity_id][]=1", "").refused(400, "invalid", "filter[entity]")
		w.call("GET", "/api/v4/events?filter[entity]=lead&filter[entity_id]=1,2,3,4,5,6,7,8,9,10,11", "").refused(400, "invalid", "filter[entity_id]")
		w.call("GET", "/api/v4/events/9999", "").refused(404, "not_found", "")
	})
}
