package api_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// starting is a bot's document that says hi, waits for an answer if it asks, and starts another bot.
func starting(name string, other any, asks bool) string {
	next := "start"
	if asks {
		next = "wait"
	}
	return fmt.Sprintf(`{"schema":1,"name":%q,"start":"hi","steps":[
		{"id":"hi","kind":"message","config":{"text":"Hi"},"exits":{"next":%q}},
		{"id":"wait","kind":"pause","config":{"waits":[{"id":"m","on":"message"},{"id":"late","on":"timer","hours":1}]},"exits":{"wait:m":"start"}},
		{"id":"start","kind":"start_bot","config":{"bot_id":%v}}]}`, name, next, other)
}

func moving(name string, stage int64) string {
	return fmt.Sprintf(`{"schema":1,"name":%q,"start":"move","steps":[{"id":"move","kind":"change_stage","config":{"stage_id":%d}}]}`, name, stage)
}

// namedBot makes a bot of that name and returns its path.
func (w *world) namedBot(name, document string) string {
	w.t.Helper()
	made := w.call("POST", "/api/v4/bots", fmt.Sprintf(`{"name":%q,"document":%s}`, name, document)).want(201)
	return fmt.Sprintf("/api/v4/bots/%v", made["id"])
}

func (w *world) redraft(path, document string) {
	w.t.Helper()
	revision := w.call("GET", path, "").want(200)["revision"]
	w.call("PATCH", path, fmt.Sprintf(`{"document":%s,"revision":%v}`, document, revision)).want(200)
}

// A bot that would come back to itself without waiting is not published, and the refusal names the circle.
func TestABotThatClosesACircleIsNotPublished(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(w *world) {
		welcome, qualify := w.namedBot("Welcome", plain), w.namedBot("Qualify", plain)
		id := func(path string) string { return strings.TrimPrefix(path, "/api/v4/bots/") }
		w.publish(welcome)
		w.redraft(qualify, starting("Qualify", id(welcome), false))
		w.publish(qualify)
		closing := starting("Welcome", id(qualify), false)
		w.redraft(welcome, closing)
		refusal := w.call("POST", welcome+"/publish", "")
		refusal.refused(400, "invalid", "steps.start")
		require.Contains(w.t, string(refusal.body), "Welcome → Qualify → Welcome")

		w.redraft(qualify, starting("Qualify", id(welcome), true))
		w.call("POST", welcome+"/publish", "").refused(400, "invalid", "steps.start") // the other's draft is not published yet
		w.publish(qualify)
		w.publish(welcome)
		w.redraft(welcome, starting("Welcome", id(welcome), false))
		w.call("POST", welcome+"/publish", "").refused(400, "invalid", "steps.start")

		lint := func(bot string) []any {
			issues, _ := w.call("POST", "/api/v4/bots/lint", fmt.Sprintf(`{"document":%s%s}`, starting("Qualify", id(welcome), false), bot)).want(200)["issues"].([]any)
			var codes []any
			for i := range issues {
				if code := at(issues, i, "code"); code != "unreachable" {
					codes = append(codes, code)
				}
			}
			return codes
		}
		require.Equal(w.t, []any{"bot_circle"}, lint(`,"bot_id":`+id(qualify)), "the editor shows it before")
		require.Empty(w.t, lint(""), "a document that has no bot yet is started by nobody")
	})
}

// A trigger is refused, too, if it closes a circle; what is published already is looked at.
func TestATriggerThatClosesACircleIsRefused(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(w *world) {
		lead := w.addLead()
		stages, err := w.store.Stages(w.t.Context(), lead.PipelineID)
		require.NoError(w.t, err)
		first, second := stages[1].ID, stages[2].ID
		there, back := w.namedBot("There", moving("There", second)), w.namedBot("Back", moving("Back", first))
		trigger := func(stage int64, kind string) string {
			return fmt.Sprintf(`{"kind":%q,"pipeline_id":%d,"status_id":%d}`, kind, lead.PipelineID, stage)
		}
		w.publish(there)
		w.publish(back)
		w.call("POST", there+"/triggers", trigger(first, "stage_moved")).want(201)
		refusal := w.call("POST", back+"/triggers", trigger(second, "stage_entered"))
		refusal.refused(400, "invalid", "status_id")
		require.Contains(w.t, string(refusal.body), "Back → There → Back")
		w.call("GET", back+"/triggers", "").want(204)
		w.call("POST", back+"/triggers", trigger(second, "stage_created")).want(201) // no bot makes a lead

		unpublished := w.namedBot("Unpublished", moving("Unpublished", first))
		w.call("POST", unpublished+"/triggers", trigger(second, "stage_moved")).want(201)
		w.call("POST", unpublished+"/publish", "").refused(400, "invalid", "steps.move")
	})
}
