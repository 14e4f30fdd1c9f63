package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/api"
	"salesbot/db"
	"salesbot/db/dbtest"
)

// unkeyed are the POSTs that take no idempotency key, each with its reason.
var unkeyed = map[string]string{
	"signIn":        "nobody is signed in yet whose key it could be; a second login is just another one",
	"lintBot":       "it changes nothing",
	"typeInChat":    "it keeps nothing",
	"uploadFile":    "it is a stream; a file that is attached to nothing is collected",
	"addToken":      "its answer holds the token, which is kept nowhere",
	"makeLoginLink": "its answer holds the link, which is kept nowhere",
	"addUsers":      "it holds a password; a second user with the same e-mail is refused",
	"addChannel":    "it calls the provider after the commit",
}

func TestEveryPostTakesAKeyOrSaysWhyNot(t *testing.T) {
	t.Parallel()
	document, err := api.OpenAPI()
	require.NoError(t, err)
	var spec struct {
		Paths map[string]map[string]struct {
			OperationID string
			Parameters  []struct{ In, Name string }
		}
	}
	require.NoError(t, json.Unmarshal(document, &spec))
	seen := map[string]bool{}
	for path, methods := range spec.Paths {
		for method, op := range methods {
			keyed := false
			for _, p := range op.Parameters {
				keyed = keyed || p.In == "header" && p.Name == "Idempotency-Key"
			}
			_, excused := unkeyed[op.OperationID]
			seen[op.OperationID] = true
			require.Equal(t, method == "post" && !excused, keyed, "%s %s (%s)", method, path, op.OperationID)
		}
	}
	for id := range unkeyed {
		require.Contains(t, seen, id, "it is gone: take it off the list")
	}
}

// keyed sends a request as the administrator with an idempotency key.
func (w *world) keyed(key, path, body string) reply {
	return w.send("POST", path, body, map[string]string{"Authorization": "Bearer " + w.admin, "Idempotency-Key": key, "Accept": "application/json"})
}

// happened counts what has happened so far: events, runs and letters to conversations.
func (w *world) happened() [3]int {
	w.t.Helper()
	var count [3]int
	for i, list := range []struct{ path, name string }{{"/api/v4/events?limit=250", "events"}, {"/api/v4/runs?limit=250", "runs"}} {
		answer := w.call("GET", list.path, "")
		for answer.StatusCode == http.StatusOK && at(answer.want(200), "_embedded", list.name, count[i]) != nil {
			count[i]++
		}
	}
	conversations, err := w.store.ConversationsWithMail(w.t.Context(), w.store.Now().Add(time.Hour), 1000)
	require.NoError(w.t, err)
	for _, id := range conversations {
		letters, err := w.store.UnsentMail(w.t.Context(), id)
		require.NoError(w.t, err)
		count[2] += len(letters)
	}
	return count
}

func TestARepeatedRequestWithAKeyDoesNothingAndGetsTheSameAnswer(t *testing.T) {
	t.Parallel()
	eachChannelWorld(t, func(w *world, _ *provider) {
		w.ensureDefaults()
		chat := w.addChat("near", "hello")
		bot := w.addBot(`{"schema":1,"name":"B","start":"a","steps":[{"id":"a","kind":"pause","config":{"waits":[{"id":"t","on":"timer","hours":1}]},"exits":{"wait:t":"b"}},{"id":"b","kind":"stop"}]}`)
		w.publish(bot)
		id, lead := bot[strings.LastIndex(bot, "/")+1:], chat.LeadID
		launch := fmt.Sprintf(`{"entity_id":%d,"entity_type":"leads"}`, lead)
		for i, c := range []struct{ path, body string }{
			{bot + "/run", launch},
			{"/api/v4/bots/run", fmt.Sprintf(`[{"bot_id":%s,"entity_id":%d,"entity_type":"leads"}]`, id, lead)},
			{"/api/v2/salesbot/run", fmt.Sprintf(`[{"bot_id":%s,"entity_id":%d,"entity_type":2}]`, id, lead)},
			{"/api/v4/runs/1/pause", `{}`},
			{"/api/v4/runs/1/resume", `{}`},
			{"/api/v4/runs/1/skip", `{}`},
			{"/api/v4/chats/" + chat.ID + "/messages", `{"text":"Hello"}`}, // which stops the runs
			{fmt.Sprintf("/api/v4/talks/%d/send_message", w.talkOf(chat.ID)), `{"text":"Hello"}`},
			{fmt.Sprintf("/api/v4/leads/%d/take_over", lead), `{}`},
			{fmt.Sprintf("/api/v4/leads/%d/hand_back", lead), ``},
			{"/api/v4/runs/1/stop", `{"reason":"x"}`},
			{bot + "/stop", launch},
			{"/api/v4/leads", `[{"name":"L"}]`},
			{"/api/v4/contacts", `[{"name":"C"}]`},
			{"/api/v4/companies", `[{"name":"C"}]`},
			{"/api/v4/tasks", `[{"text":"T","complete_till":1790000000}]`},
			{fmt.Sprintf("/api/v4/leads/%d/notes", lead), `[{"note_type":"common","params":{"text":"N"}}]`},
			{bot + "/publish", `{}`},
			{bot + "/triggers", `{"kind":"message"}`},
			{"/api/v4/bots", `{"name":"Another"}`},
			{fmt.Sprintf("/api/v4/talks/%d/close", w.talkOf(chat.ID)), ``},
		} {
			key := fmt.Sprintf("key-%d", i)
			first := w.keyed(key, c.path, c.body)
			require.Less(w.t, first.StatusCode, 300, "%s: %s", c.path, first.body)
			require.Empty(w.t, first.Header.Get("Idempotency-Replayed"), c.path)
			before := w.happened()
			again := w.keyed(`"`+key+`"`, c.path, c.body)
			require.Equal(w.t, before, w.happened(), "%s was done twice", c.path)
			require.Equal(w.t, "true", again.Header.Get("Idempotency-Replayed"), c.path)
			require.Equal(w.t, first.StatusCode, again.StatusCode, c.path)
			require.Equal(w.t, string(first.body), string(again.body), c.path)
			require.Equal(w.t, first.Header.Get("Location"), again.Header.Get("Location"), c.path)
			require.Equal(w.t, first.Header.Get("Content-Type"), again.Header.Get("Content-Type"), c.path)
			w.keyed(key, c.path, `{"other":1}`).refused(422, "key_reused", "")
		}
	})
}

func (w *world) talkOf(chat string) int64 {
	w.t.Helper()
	id, _ := at(w.call("GET", "/api/v4/talks?filter[chat_id]="+chat, "").want(200), "_embedded", "talks", 0, "talk_id").(float64)
	return int64(id)
}

func TestTwoLaunchesAtOnceWithOneKeyStartOneRun(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(w *world) {
		bot := w.addBot(plain)
		w.publish(bot)
		body := fmt.Sprintf(`{"entity_id":%d,"entity_type":"leads"}`, w.addLead().ID)
		answers := make([]reply, 8)
		var group sync.WaitGroup
		for i := range answers {
			group.Go(func() { answers[i] = w.keyed("one", bot+"/run", body) })
		}
		group.Wait()
		launched := w.keyed("one", bot+"/run", body)
		launched.want(http.StatusAccepted)
		for _, r := range answers {
			if r.StatusCode == http.StatusConflict {
				r.refused(http.StatusConflict, "in_progress", "")
				continue
			}
			require.Equal(w.t, string(launched.body), string(r.body))
		}
		require.Equal(w.t, 1, w.happened()[1], "runs")
	})
}

func TestAKeyIsItsOwnersAlone(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(w *world) {
		w.ensureDefaults()
		first := w.keyed("k", "/api/v4/leads", `[{"name":"A"}]`)
		first.want(200)
		other := w.send("POST", "/api/v4/leads", `[{"name":"B"}]`, map[string]string{"Authorization": "Bearer " + w.manager, "Idempotency-Key": "k"})
		require.NotEqual(w.t, at(first.want(200), "_embedded", "leads", 0, "id"), at(other.want(200), "_embedded", "leads", 0, "id"), "another token of the same user")
		// In the browser the key is the user's, whichever login it comes with.
		browser := func() reply {
			login := w.send("POST", "/api/session", `{"email":"ada@example.com","password":"correct horse"}`, map[string]string{"Origin": w.server.URL})
			login.want(200)
			return w.send("POST", "/api/v4/leads", `[{"name":"C"}]`, map[string]string{"Cookie": strings.Split(login.Header.Get("Set-Cookie"), ";")[0], "Origin": w.server.URL, "Idempotency-Key": "k"})
		}
		mine := browser()
		require.Empty(w.t, mine.Header.Get("Idempotency-Replayed"))
		require.Equal(w.t, at(mine.want(200), "_embedded", "leads", 0, "id"), at(browser().want(200), "_embedded", "leads", 0, "id"))
	})
}

func TestARefusedRequestLeavesItsKeyUnused(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(w *world) {
		w.ensureDefaults()
		w.keyed("k", "/api/v4/leads", `[{"name":"A"},{"name":"B","pipeline_id":999}]`).refused(400, "invalid", "pipeline_id")
		w.call("GET", "/api/v4/leads", "").want(204)
		w.keyed("k", "/api/v4/leads", `[{"name":"A"}]`).want(200)
	})
}

func TestAMalformedKeyIsRefusedByName(t *testing.T) {
	t.Parallel()
	w := newWorldOnSQLite(t)
	w.ensureDefaults()
	for _, key := range []string{"", `"`, `"open`, `a"b`, "two words", "\t", "schlüssel", strings.Repeat("k", 256)} {
		w.keyed(key, "/api/v4/leads", `[{"name":"A"}]`).refused(400, "invalid", "Idempotency-Key")
	}
	w.keyed(strings.Repeat("k", 255), "/api/v4/leads", `[{"name":"A"}]`).want(200)
	w.keyed("k", "/api/v4/tokens", `{"name":"A"}`).refused(400, "invalid", "Idempotency-Key")
	w.keyed("k", "/api/v4/bots/lint", `{"document":{}}`).want(200)
}

func TestAnAnswerIsKeptOverARestart(t *testing.T) {
	t.Parallel()
	url := dbtest.SQLiteURL(t)
	store, err := db.Open(t.Context(), db.Options{URL: url})
	require.NoError(t, err)
	require.NoError(t, store.Migrate(t.Context()))
	w := newWorld(t, store, api.Deps{})
	w.ensureDefaults()
	first := w.keyed("k", "/api/v4/leads", `[{"name":"A"}]`)
	first.want(200)
	w.server.Close()
	require.NoError(t, store.Close())

	again := &world{t: t, store: dbtest.Open(t, url), admin: w.admin}
	again.serve(api.Deps{})
	require.JSONEq(t, strings.ReplaceAll(string(first.body), w.server.URL, ""), strings.ReplaceAll(string(again.keyed("k", "/api/v4/leads", `[{"name":"A"}]`).body), w.server.URL, ""))
	require.Equal(t, []any{"A"}, names(again.call("GET", "/api/v4/leads", "").want(200)))
}

func names(answer map[string]any) []any {
	var list []any
	for i := 0; at(answer, "_embedded", "leads", i) != nil; i++ {
		list = append(list, at(answer, "_embedded", "leads", i, "name"))
	}
	return list
}
