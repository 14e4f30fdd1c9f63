package api_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/activities"
	"salesbot/bot"
	"salesbot/db"
)

// receiver is a service that a bot's webhook calls, and that launches the bot again, as a badly made integration does. It
// passes on nothing of what it was sent.
func (w *world) receiver(path, body string) (*httptest.Server, *[]reply) {
	var answers []reply
	service := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		answer := w.call("POST", path, body)
		answers = append(answers, answer)
		out.WriteHeader(http.StatusOK)
	}))
	w.t.Cleanup(service.Close)
	return service, &answers
}

// walk carries the runs out that are there, as their conversation would: each calls the webhook and ends.
func (w *world) walk(service string, most int) (runs int) {
	w.t.Helper()
	acts := activities.Activities{Store: w.store, Outside: http.DefaultClient}
	webhook, err := json.Marshal(bot.Webhook{URL: service, Method: "POST"})
	require.NoError(w.t, err)
	for ; runs < most; runs++ {
		waiting, _, err := w.store.Runs(w.t.Context(), db.RunFilter{Statuses: []string{string(bot.RunStarting)}}, db.Paging{Limit: 1})
		require.NoError(w.t, err)
		if len(waiting) == 0 {
			return runs
		}
		run := waiting[0]
		_, err = acts.CallWebhook(w.t.Context(), bot.Effect{Key: bot.EffectKey{RunID: run.ID, Birth: run.Birth, Visit: 1}, Subject: bot.Subject{LeadID: run.LeadID}, Input: webhook})
		require.NoError(w.t, err)
		require.NoError(w.t, w.store.Record(w.t.Context(), run.ID, bot.Progress{Status: bot.RunFinished}))
	}
	return runs
}

func TestACircleThroughAServiceOutsideEnds(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(w *world) {
		w.ensureDefaults()
		path := w.addBot(plain)
		w.publish(path)
		number, err := strconv.ParseInt(path[strings.LastIndexByte(path, '/')+1:], 10, 64)
		require.NoError(w.t, err)
		for door, way := range map[string]func(lead int64) (path, body string){
			"one": func(lead int64) (string, string) {
				return path + "/run", fmt.Sprintf(`{"entity_id":%d,"entity_type":"leads"}`, lead)
			},
			"several": func(lead int64) (string, string) {
				return "/api/v4/bots/run", fmt.Sprintf(`[{"bot_id":%d,"entity_id":%d,"entity_type":"leads"}]`, number, lead)
			},
			"the older way": func(lead int64) (string, string) {
				return "/api/v2/salesbot/run", fmt.Sprintf(`[{"bot_id":%d,"entity_id":%d,"entity_type":2}]`, number, lead)
			},
		} {
			added := w.call("POST", "/api/v4/leads", `[{"name":"Boat"}]`).want(200)
			lead, _ := at(added, "_embedded", "leads", 0, "id").(float64)
			launch, body := way(int64(lead))
			service, answers := w.receiver(launch, body)
			w.call("POST", launch, body).want(202)
			require.Equal(w.t, 30, w.walk(service.URL, 100), door)
			last := (*answers)[len(*answers)-1]
			last.refused(http.StatusTooManyRequests, "too_many", "")
			requireRetryAfter(w.t, last)
			require.Contains(w.t, string(last.body), "circle")
			require.Len(w.t, *answers, 30, "nothing goes on after the refusal")
		}
	})
}
