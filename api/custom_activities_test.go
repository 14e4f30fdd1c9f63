package api_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/api"
	"salesbot/db"
	"salesbot/db/dbtest"
)

const (
	registers = `{"title":"Score","task_queue":"scoring","input_schema":{"type":"object","properties":{"price":{"type":"number"}},"required":["price"]}}`
	scorer    = `{"schema":1,"name":"Scorer","start":"a","steps":[{"id":"a","kind":"activity","config":{"name":"ScoreLead","input":{"price":"{{lead.price}}"}}}]}`
)

func TestAnActivityIsRegisteredNamedAndKept(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(w *world) {
		path := w.addBot(scorer)
		w.call("GET", "/api/v4/activities", "").want(204)
		refused := w.call("POST", path+"/publish", "")
		refused.want(400)
		require.Contains(w.t, string(refused.body), `"code":"unknown_activity","path":"steps.a.config.name"`)
		for range 2 {
			made := w.call("PUT", "/api/v4/activities/ScoreLead", registers).want(200)
			require.Equal(w.t, "scoring", at(made, "task_queue"))
			require.Equal(w.t, "object", at(made, "input_schema", "type"))
			require.Empty(w.t, at(made, "output_schema"))
			require.Nil(w.t, at(made, "has_worker"), "nobody can say")
		}
		w.publish(path)
		list := w.call("GET", "/api/v4/activities", "").want(200)
		require.Equal(w.t, "Bot", at(list, "_embedded", "activities", 0, "used_by", 0, "name"))
		w.call("DELETE", "/api/v4/activities/ScoreLead", "").refused(409, "conflict", "")
		w.call("PUT", "/api/v4/activities/Score-Lead", registers).refused(400, "invalid", "name")
		w.call("PUT", "/api/v4/activities/Other", `{"title":"x","task_queue":"conversations"}`).refused(400, "invalid", "task_queue")
		w.call("PUT", "/api/v4/activities/Other", `{"title":"x","task_queue":"q","input_schema":{"type":"no"}}`).refused(400, "invalid", "input_schema")
		w.call("GET", "/api/v4/activities/Other", "").refused(404, "not_found", "")
		w.send("PUT", "/api/v4/activities/Other", registers, map[string]string{"Authorization": "Bearer " + w.manager}).refused(403, "forbidden", "")
	})
}

// Who draws a bot is told that nobody would do its activity; that Temporal does not answer keeps nobody from working.
func TestABotIsToldThatNoWorkerPolls(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		has   bool
		err   error
		warns bool
	}{"a worker": {true, nil, false}, "none": {false, nil, true}, "Temporal is away": {false, errors.New("away"), false}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dbtest.EachDB(t, func(t *testing.T, store *db.Store) {
				w := newWorld(t, store, api.Deps{HasWorker: func(_ context.Context, queue string) (bool, error) {
					require.Equal(t, "scoring", queue)
					return c.has, c.err
				}})
				shown := w.call("PUT", "/api/v4/activities/ScoreLead", registers).want(200)
				if c.err == nil {
					require.Equal(t, c.has, at(shown, "has_worker"))
				}
				issues, _ := at(w.call("POST", "/api/v4/bots/lint", `{"document":`+scorer+`}`).want(200), "issues").([]any)
				var codes []any
				for _, issue := range issues {
					codes = append(codes, at(issue, "level"), at(issue, "code"))
				}
				if c.warns {
					require.Equal(t, []any{"warning", "no_worker"}, codes)
				} else {
					require.Empty(t, codes)
				}
				w.publish(w.addBot(scorer))
			})
		})
	}
}
