package api_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
)

const plain = `{"schema":1,"name":"Plain","start":"end","steps":[{"id":"end","kind":"stop"}]}`

// addBot makes a bot and returns its path.
func (w *world) addBot(document string) string {
	w.t.Helper()
	made := w.call("POST", "/api/v4/bots", `{"name":"Bot","document":`+document+`}`).want(201)
	return fmt.Sprintf("/api/v4/bots/%v", made["id"])
}

func (w *world) publish(path string) {
	w.t.Helper()
	w.call("POST", path+"/publish", "").want(200)
}

// addLead makes a pipeline, a lead with a contact, and returns the lead.
func (w *world) addLead() crm.Lead {
	w.t.Helper()
	var lead crm.Lead
	require.NoError(w.t, w.store.Change(w.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		by := crm.Actor{Kind: crm.BySystem}
		pipeline, err := tx.CreatePipeline(ctx, by, crm.Pipeline{Name: "Sales"}, []crm.Stage{{Name: "First", Color: crm.StageColors[0]}, {Name: "Second", Color: crm.StageColors[1]}})
		if err != nil {
			return err
		}
		contact, err := tx.CreateContact(ctx, by, crm.Contact{Name: "Client"})
		if err != nil {
			return err
		}
		if lead, err = tx.CreateLead(ctx, by, crm.Lead{Name: "Deal", PipelineID: pipeline.ID}); err != nil {
			return err
		}
		return tx.LinkContact(ctx, by, lead.ID, contact.ID, true)
	}))
	return lead
}

func TestABotsLife(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(w *world) {
		w.call("GET", "/api/v4/bots", "").want(204)
		path := w.addBot(plain)
		list := w.call("GET", "/api/v4/bots", "").want(200)
		require.Equal(w.t, "Bot", at(list, "_embedded", "items", 0, "name"))
		require.Nil(w.t, at(list, "_embedded", "items", 0, "document"))
		got := w.call("GET", path+"?with=document", "").want(200)
		require.Equal(w.t, "end", at(got, "document", "start"))
		require.EqualValues(w.t, 1, got["revision"])
		require.Nil(w.t, got["published_version"])

		changed := strings.Replace(plain, "Plain", "Changed", 1)
		w.call("PATCH", path, `{"document":`+changed+`}`).refused(400, "invalid", "revision")
		require.EqualValues(w.t, 2, w.call("PATCH", path, `{"document":`+changed+`,"revision":1}`).want(200)["revision"])
		w.call("PATCH", path, `{"document":`+plain+`,"revision":1}`).refused(409, "conflict", "")
		require.Equal(w.t, "Changed", at(w.call("GET", path+"?with=document", "").want(200), "document", "name"), "a refused save changes nothing")

		require.EqualValues(w.t, 1, w.call("POST", path+"/publish", "").want(200)["number"])
		w.call("POST", path+"/publish", `{"revision":1}`).refused(409, "conflict", "")
		w.call("PATCH", path, `{"document":`+plain+`,"revision":2}`).want(200)
		w.publish(path)
		require.EqualValues(w.t, 2, w.call("GET", path, "").want(200)["published_version"])
		require.EqualValues(w.t, 2, at(w.call("GET", path+"/versions", "").want(200), "_embedded", "versions", 0, "number"))
		require.Equal(w.t, "Changed", at(w.call("GET", path+"/versions/1", "").want(200), "document", "name"))
		w.call("GET", path+"/versions/3", "").refused(404, "not_found", "")

		w.call("DELETE", path, "").want(204)
		require.Nil(w.t, w.call("GET", path, "").want(204))
		w.call("PATCH", path, `{"name":"x"}`).refused(404, "not_found", "")
	})
}

func TestBadBots(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(w *world) {
		for _, c := range []struct{ name, body, field string }{
			{"no name", `{"document":{"schema":1,"name":"","start":"","steps":[]}}`, "name"},
			{"no document at all", `{"name":"x","document":5}`, "document"},
			{"unknown schema", `{"name":"x","document":{"schema":9,"name":"x","start":"","steps":[]}}`, "document"},
			{"unknown field", `{"name":"x","document":{"schema":1,"name":"x","start":"","steps":[],"nodes":[]}}`, "document"},
			{"NUL", `{"name":"a\u0000b"}`, "name"},
		} {
			t := w.t
			r := w.call("POST", "/api/v4/bots", c.body)
			require.Equal(t, 400, r.StatusCode, c.name)
			r.refused(400, "invalid", c.field)
		}
		w.call("GET", "/api/v4/bots", "").want(204)
		w.send("POST", "/api/v4/bots", `{"name":"x"}`, map[string]string{"Authorization": "Bearer " + w.manager}).refused(403, "forbidden", "")
	})
}

func TestABotWithErrorsIsNotPublished(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(w *world) {
		circle := `{"schema":1,"name":"Circle","start":"a","steps":[
			{"id":"a","kind":"goto","config":{"step":"b"}},{"id":"b","kind":"nonsense","exits":{"next":"nowhere"}}]}`
		path := w.addBot(circle)
		r := w.call("POST", path+"/publish", "")
		r.want(400)
		require.Contains(w.t, string(r.body), `"path":"steps.b`, "the step is named")
		require.Nil(w.t, w.call("GET", path, "").want(200)["published_version"])
		issues := w.call("POST", "/api/v4/bots/lint", `{"document":`+circle+`}`).want(200)["issues"]
		require.NotEmpty(w.t, issues)
		require.Equal(w.t, "error", at(issues, 0, "level"))
		require.Empty(w.t, w.call("POST", "/api/v4/bots/lint", `{"document":`+plain+`}`).want(200)["issues"])
		require.NotEmpty(w.t, at(w.call("GET", "/api/v4/steps", "").want(200), "_embedded", "steps", 0, "schema"))
	})
}

func TestTriggers(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(w *world) {
		lead := w.addLead()
		path := w.addBot(plain) + "/triggers"
		for _, c := range []struct{ body, field string }{
			{`{"kind":"full_moon"}`, "kind"},
			{`{"kind":"message","pipeline_id":1}`, "pipeline_id"},
			{`{"kind":"message","channel_id":99}`, "channel_id"},
			{`{"kind":"stage_moved","channel_id":1}`, "channel_id"},
			{`{"kind":"stage_moved","status_id":142}`, "pipeline_id"},
			{`{"kind":"stage_moved","pipeline_id":99}`, "pipeline_id"},
			{fmt.Sprintf(`{"kind":"stage_moved","pipeline_id":%d,"status_id":7}`, lead.PipelineID), "status_id"},
		} {
			w.call("POST", path, c.body).refused(400, "invalid", c.field)
		}
		w.call("GET", path, "").want(204)
		body := fmt.Sprintf(`{"kind":"stage_entered","pipeline_id":%d,"status_id":142}`, lead.PipelineID)
		made := w.call("POST", path, body).want(201)
		require.Equal(w.t, made["id"], w.call("POST", path, body).want(201)["id"], "the same trigger twice is one")
		require.EqualValues(w.t, 142, at(w.call("GET", path, "").want(200), "_embedded", "triggers", 0, "status_id"))
		w.call("DELETE", fmt.Sprintf("%s/%v", path, made["id"]), "").want(204)
		w.call("DELETE", fmt.Sprintf("%s/%v", path, made["id"]), "").refused(404, "not_found", "")
	})
}

func TestCollidingTriggersAreShownAndPutInOrder(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(w *world) {
		first, second := w.addBot(plain)+"/triggers", w.addBot(plain)+"/triggers"
		a := w.call("POST", first, `{"kind":"stage_moved"}`).want(201)
		require.Empty(w.t, a["collisions"])
		b := w.call("POST", second, `{"kind":"stage_entered"}`).want(201)
		require.Equal(w.t, true, at(b, "collisions", 0, "goes_first"), "told when it is added")
		require.Equal(w.t, "Bot", at(b, "collisions", 0, "bot_name"))
		require.Equal(w.t, a["id"], at(b, "collisions", 0, "trigger_id"))
		require.Equal(w.t, "stage_moved", at(b, "collisions", 0, "kind"))
		require.Equal(w.t, false, at(w.call("GET", first, "").want(200), "_embedded", "triggers", 0, "collisions", 0, "goes_first"))

		path := fmt.Sprintf("%s/%v", second, b["id"])
		moved := w.call("PATCH", path, fmt.Sprintf(`{"before":%v}`, a["id"])).want(200)
		require.Equal(w.t, false, at(moved, "collisions", 0, "goes_first"))
		require.EqualValues(w.t, 1, moved["priority"])
		require.Empty(w.t, w.call("PATCH", path, `{"alongside":true}`).want(200)["collisions"])
		w.call("PATCH", path, `{"after":99}`).refused(400, "invalid", "after")
		w.call("PATCH", fmt.Sprintf("%s/%v", first, b["id"]), `{}`).refused(404, "not_found", "")
		w.call("POST", second, `{"kind":"message","alongside":true}`).refused(400, "invalid", "alongside")
	})
}

func TestLaunchingAndCommandingRuns(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(w *world) {
		lead := w.addLead()
		path := w.addBot(plain)
		onLead := fmt.Sprintf(`{"entity_id":%d,"entity_type":"leads"}`, lead.ID)
		w.call("POST", path+"/run", onLead).refused(409, "conflict", "") // never published
		w.publish(path)
		w.call("POST", path+"/run", `{"entity_id":1,"entity_type":"companies"}`).refused(400, "invalid", "entity_type")
		w.call("POST", path+"/run", `{"entity_type":"leads"}`).refused(400, "invalid", "entity_id")
		w.call("POST", path+"/run", `{"entity_id":99,"entity_type":"leads"}`).refused(404, "not_found", "")
		w.call("POST", path+"/run", `{"entity_id":99,"entity_type":"contacts"}`).refused(404, "not_found", "")

		r := w.call("POST", path+"/run", onLead)
		r.want(202)
		require.Equal(w.t, "Accepted", string(r.body))
		require.Contains(w.t, r.Header.Get("Content-Type"), "text/html")
		run := r.Header.Get("Location")
		shown := w.call("GET", run, "").want(200)
		require.Equal(w.t, string(bot.RunStarting), shown["status"])
		require.EqualValues(w.t, 1, shown["version"])
		require.Equal(w.t, "end", at(shown, "_embedded", "document", "start"))
		mail, err := w.store.UnsentMail(w.t.Context(), fmt.Sprint(shown["workflow_id"]))
		require.NoError(w.t, err)
		require.Len(w.t, mail, 1, "the launch is in the mail")

		w.call("POST", run+"/resume", "").refused(409, "conflict", "")
		require.Equal(w.t, "pause", w.call("POST", run+"/pause", `{"reason":"lunch"}`).want(202)["hold"])
		require.Empty(w.t, w.call("POST", run+"/resume", "").want(202)["hold"])
		w.call("POST", run+"/skip", "").want(202)
		w.call("POST", run+"/goto", `{"step":"nowhere"}`).refused(400, "invalid", "step")
		w.call("POST", run+"/goto", `{"step":"end"}`).want(202)
		w.call("POST", run+"/dance", "").refused(404, "not_found", "")
		w.call("POST", run+"/answer", `{"value":"yes","visit":7}`).refused(409, "conflict", "")
		w.call("POST", run+"/answer", `{"value":"yes"}`).want(202)
		w.call("POST", path+"/stop", onLead).want(202)
		require.Equal(w.t, "stop", w.call("GET", run, "").want(200)["hold"])

		list := w.call("GET", fmt.Sprintf("/api/v4/runs?filter[lead_id]=%d&filter[status][]=starting", lead.ID), "").want(200)
		require.Len(w.t, at(list, "_embedded", "runs"), 1)
		w.call("GET", "/api/v4/runs?filter[lead_id]=99", "").want(204)
	})
}

func TestLaunchingManyIsAllOrNone(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(w *world) {
		lead := w.addLead()
		path := w.addBot(plain)
		w.publish(path)
		item := func(lead int64) string { return fmt.Sprintf(`{"bot_id":1,"entity_id":%d,"entity_type":"leads"}`, lead) }
		w.call("POST", "/api/v4/bots/run", `[`+item(lead.ID)+`,`+item(99)+`]`).refused(404, "not_found", "")
		w.call("GET", "/api/v4/runs", "").want(204)
		w.call("POST", "/api/v4/bots/run", `[`+item(lead.ID)+`,`+item(lead.ID)+`]`).want(202)
		w.call("POST", "/api/v4/bots/run", `[`+strings.Repeat(item(1)+`,`, 100)+item(1)+`]`).refused(422, "unprocessable", "")
		v2 := w.call("POST", "/api/v2/salesbot/run", fmt.Sprintf(`[{"bot_id":1,"entity_id":%d,"entity_type":2}]`, lead.ID)).want(202)
		require.Equal(w.t, true, v2["success"])
		w.call("POST", "/api/v2/salesbot/run", `[{"bot_id":1,"entity_id":1,"entity_type":3}]`).refused(400, "invalid", "entity_type")
		require.Len(w.t, at(w.call("GET", "/api/v4/runs", "").want(200), "_embedded", "runs"), 3)
	})
}

func TestTakingOverHoldsAndAssigns(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(w *world) {
		lead := w.addLead()
		path := w.addBot(plain)
		w.publish(path)
		w.call("POST", path+"/run", fmt.Sprintf(`{"entity_id":%d,"entity_type":"leads"}`, lead.ID)).want(202)
		over := fmt.Sprintf("/api/v4/leads/%d/take_over", lead.ID)
		w.call("POST", over, `{"user_id":99}`).refused(400, "invalid", "user_id")
		w.call("POST", over, "").want(202)
		require.Equal(w.t, "take_over", w.call("GET", "/api/v4/runs/1", "").want(200)["hold"])
		after, err := w.store.Lead(w.t.Context(), lead.ID)
		require.NoError(w.t, err)
		require.Equal(w.t, w.adminID, after.ResponsibleID)
		w.call("POST", fmt.Sprintf("/api/v4/leads/%d/hand_back", lead.ID), "").want(202)
		require.Empty(w.t, w.call("GET", "/api/v4/runs/1", "").want(200)["hold"])
	})
}

func TestDeletingABotStopsItsRuns(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(w *world) {
		lead := w.addLead()
		path := w.addBot(plain)
		w.publish(path)
		w.call("POST", path+"/run", fmt.Sprintf(`{"entity_id":%d,"entity_type":"leads"}`, lead.ID)).want(202)
		require.EqualValues(w.t, 1, w.call("GET", path, "").want(200)["alive_runs"])
		w.call("DELETE", path, "").want(204)
		require.Equal(w.t, "stop", w.call("GET", "/api/v4/runs/1", "").want(200)["hold"])
	})
}
