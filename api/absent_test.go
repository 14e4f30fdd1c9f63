package api_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"salesbot/api"
	"salesbot/bot"
	"salesbot/channels"
	"salesbot/channels/livechat"
	"salesbot/db"
	"salesbot/db/dbtest"
)

// fitting are bodies that would do if what the path names were there; other operations take {}.
var fitting = map[string]string{
	"stopBot": `{"entity_id":1,"entity_type":"leads"}`, "runBot": `{"entity_id":1,"entity_type":"leads"}`, "addTrigger": `{"kind":"message"}`,
	"updateTrigger": `{"alongside":false}`, "gotoRun": `{"step":"end"}`, "answerRun": `{"value":"x","visit":1}`, "sendMessage": `{"text":"x"}`, "sendTalkMessage": `{"text":"x"}`,
	"readChat": `{"is_read":true}`, "addStatuses": `[{"name":"New","sort":15}]`, "updateStatus": `{"name":"X"}`, "updatePipeline": `{"name":"X"}`,
	"addLeadNotes": `[{"note_type":"common","params":{"text":"x"}}]`, "addContactNotes": `[{"note_type":"common","params":{"text":"x"}}]`,
	"addCompanyNotes": `[{"note_type":"common","params":{"text":"x"}}]`, "updateUser": `{"name":"X"}`, "updateBot": `{"name":"X","revision":1}`, "publishBot": `{"revision":1}`,
	"linkLead": `[{"to_entity_id":1,"to_entity_type":"contacts"}]`, "linkContact": `[{"to_entity_id":1,"to_entity_type":"leads"}]`, "linkCompany": `[{"to_entity_id":1,"to_entity_type":"leads"}]`,
	"unlinkLead": `[{"to_entity_id":1,"to_entity_type":"contacts"}]`, "unlinkContact": `[{"to_entity_id":1,"to_entity_type":"leads"}]`,
	"unlinkCompany": `[{"to_entity_id":1,"to_entity_type":"leads"}]`,
}

// makes is what makes a thing of the name that it is given, so that none is absent; open are the live chat's, which has
// tokens of its own.
var (
	makes = regexp.MustCompile(`^(putSecret|putActivity)$`)
	open  = regexp.MustCompile(`^/(live|files)/`)
)

// An operation on what does not exist is refused, or, as in Kommo, a look at it gives nothing.
func TestWhatDoesNotExistIsNotAccepted(t *testing.T) {
	t.Parallel()
	all := inOrderOfHarm(operations(t))
	eachWorld(t, func(w *world) {
		w.populate()
		w.publish(w.addBot(plain))
		tried := 0
		for _, op := range all {
			if makes.MatchString(op.id) || open.MatchString(op.path) || endless.MatchString(op.id) {
				continue
			}
			for i := range inBraces.FindAllString(op.path, -1) {
				tried++
				w.requireAbsent(op, i)
			}
		}
		require.Greater(w.t, tried, 80)
	})
}

// requireAbsent calls with a stranger in the place of the path's i-th name, and with 1, which most things are called, in the others.
func (w *world) requireAbsent(op described, i int) {
	w.t.Helper()
	n := -1
	path := inBraces.ReplaceAllStringFunc(op.path, func(string) string {
		if n++; n == i {
			return "987654"
		}
		return "1"
	})
	body, ok := fitting[op.id]
	switch {
	case !ok && op.method == http.MethodPost, !ok && op.method == http.MethodPatch, !ok && op.method == http.MethodPut:
		body = `{}`
	case !ok:
		body = ""
	}
	r := w.call(op.method, path, body)
	if op.method == http.MethodGet && r.StatusCode == http.StatusNoContent {
		return
	}
	// What is done to several is refused item by item.
	if r.StatusCode != http.StatusNotFound && !(r.StatusCode == http.StatusBadRequest && at(r.want(400), "validation-errors", 0) != nil) {
		w.t.Errorf("%s %s (%s): %d %s", op.method, path, op.id, r.StatusCode, r.body)
		return
	}
	if n == 0 { // else it is looked for by all names at once
		assert.Contains(w.t, string(r.body), "987654", "%s: the refusal names what is not there", op.id)
	}
}

// strangers in bodies: what another thing is to belong to, to be done by, or to be sent with.
func TestABodyThatNamesWhatDoesNotExistIsNotAccepted(t *testing.T) {
	t.Parallel()
	dbtest.EachDB(t, func(t *testing.T, store *db.Store) {
		w := newWorld(t, store, api.Deps{Channels: map[string]channels.Channel{livechat.Kind: livechat.Channel{}}})
		w.populate()
		w.publish(w.addBot(plain))
		chat := w.addChat("livechat", "Hi")
		talk := w.talkOf(chat.ID)
		const no = "987654"
		for _, c := range []struct{ method, path, body, field string }{
			{"POST", "/bots/1/run", `{"entity_id":987654,"entity_type":"leads"}`, ""}, {"POST", "/bots/1/run", `{"entity_id":987654,"entity_type":"contacts"}`, ""},
			{"POST", "/bots/run", `[{"bot_id":987654,"entity_id":1,"entity_type":"leads"}]`, ""}, {"POST", "/bots/run", `[{"bot_id":1,"entity_id":987654,"entity_type":"leads"}]`, ""},
			{"POST", "/api/v2/salesbot/run", `[{"bot_id":987654,"entity_id":1,"entity_type":2}]`, ""}, {"POST", "/api/v2/salesbot/run", `[{"bot_id":1,"entity_id":987654,"entity_type":2}]`, ""},
			{"POST", "/api/v2/salesbot/run", `[{"bot_id":1,"entity_id":987654,"entity_type":1}]`, ""},
			{"POST", "/bots/1/stop", `{"entity_id":987654,"entity_type":"leads"}`, ""},
			{"POST", "/leads/1/take_over", `{"user_id":987654}`, "user_id"},
			{"POST", fmt.Sprintf("/talks/%d/send_message", talk), `{"text":"x","attachment":"987654"}`, "attachment"},
			{"POST", "/chats/" + chat.ID + "/messages", `{"text":"x","attachments":[{"id":"987654"}]}`, "attachments"},
			{"POST", "/tasks", `[{"text":"x","complete_till":1790000000,"entity_id":987654,"entity_type":"leads"}]`, "entity_id"},
			{"POST", "/tasks", `[{"text":"x","complete_till":1790000000,"responsible_user_id":987654}]`, "responsible_user_id"},
			{"PATCH", "/tasks", `[{"id":987654,"text":"x"}]`, ""}, {"PATCH", "/leads", `[{"id":987654,"name":"x"}]`, ""}, {"PATCH", "/contacts", `[{"id":987654,"name":"x"}]`, ""},
			{"PATCH", "/companies", `[{"id":987654,"name":"x"}]`, ""}, {"PATCH", "/leads/notes", `[{"id":987654,"params":{"text":"x"}}]`, ""},
			{"POST", "/leads/notes", `[{"entity_id":987654,"note_type":"common","params":{"text":"x"}}]`, "entity_id"},
			{"POST", "/leads", `[{"name":"x","pipeline_id":987654}]`, "pipeline_id"}, {"POST", "/leads", `[{"name":"x","status_id":987654}]`, "status_id"},
			{"POST", "/leads", `[{"name":"x","responsible_user_id":987654}]`, "responsible_user_id"}, {"PATCH", "/leads/1", `{"status_id":987654}`, "status_id"},
			{"PATCH", "/leads/1", `{"pipeline_id":987654}`, "pipeline_id"}, {"PATCH", "/leads/1", `{"responsible_user_id":987654}`, "responsible_user_id"},
			{"POST", "/leads", `[{"name":"x","_embedded":{"contacts":[{"id":987654}]}}]`, ""}, {"POST", "/leads", `[{"name":"x","_embedded":{"companies":[{"id":987654}]}}]`, ""},
			{"POST", "/contacts", `[{"name":"x","responsible_user_id":987654}]`, "responsible_user_id"},
			{"POST", "/contacts", `[{"name":"x","custom_fields_values":[{"field_id":987654,"values":[{"value":"x"}]}]}]`, "custom_fields_values.0.field_id"},
			{"POST", "/leads/1/link", `[{"to_entity_id":987654,"to_entity_type":"contacts"}]`, ""},
			{"POST", "/bots/1/triggers", `{"kind":"stage_moved","pipeline_id":987654}`, ""}, {"POST", "/bots/1/triggers", `{"kind":"message","channel_id":987654}`, ""},
			{"POST", "/channels", `{"kind":"livechat","name":"X","pipeline_id":987654}`, "pipeline_id"},
		} {
			path := c.path
			if !strings.HasPrefix(path, "/api/") {
				path = "/api/v4" + path
			}
			r := w.call(c.method, path, c.body)
			if r.StatusCode != http.StatusNotFound && r.StatusCode != http.StatusBadRequest {
				w.t.Errorf("%s %s %s: %d %.200s", c.method, path, c.body, r.StatusCode, r.body)
				continue
			}
			assert.Contains(w.t, string(r.body), no, "%s %s: the refusal names what is not there", path, c.body)
			if c.field != "" {
				assert.Contains(w.t, string(r.body), `"path":"`+c.field, "%s %s", path, c.body)
			}
		}
	})
}

// A command to a run that has ended, and a launch of a bot that can't run, are refused.
func TestWhatHasEndedTakesNoCommands(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(w *world) {
		w.populate()
		path := w.addBot(plain)
		w.publish(path)
		run := w.call("POST", path+"/run", `{"entity_id":1,"entity_type":"leads"}`).Header.Get("Location")
		require.NoError(w.t, w.store.Record(w.t.Context(), 1, bot.Progress{Status: bot.RunFinished}))
		for _, command := range []string{"stop", "pause", "resume", "skip", "goto", "answer"} {
			r := w.call("POST", run+"/"+command, map[string]string{"goto": `{"step":"end"}`, "answer": `{"value":"x"}`}[command])
			r.refused(409, "conflict", "")
		}
		w.call("DELETE", "/api/v4/leads/1", "").want(204)
		w.call("POST", path+"/run", `{"entity_id":1,"entity_type":"leads"}`).refused(404, "not_found", "")
		for _, command := range []string{"take_over", "hand_back"} {
			w.call("POST", "/api/v4/leads/1/"+command, `{}`).refused(404, "not_found", "")
		}
		w.call("POST", path+"/stop", `{"entity_id":1,"entity_type":"leads"}`).refused(404, "not_found", "")
	})
}
