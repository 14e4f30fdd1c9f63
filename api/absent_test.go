package api_test

import (
	"net/http"
	"testing"
)

func TestWhatDoesNotExistIsNotAccepted(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(w *world) {
		w.ensureDefaults()
		w.call("POST", "/api/v4/leads", `[{"name":"Boat"}]`).want(200)
		for path, body := range map[string]string{
			"/leads/987654/hand_back": `{}`, "/leads/987654/take_over": `{}`, "/bots/987654/stop": `{"entity_id":987654,"entity_type":"leads"}`,
			"/bots/987655/stop": `{"entity_id":1,"entity_type":"leads"}`, "/bots/987654/run": `{"entity_id":1,"entity_type":"leads"}`,
			"/bots/run": `[{"bot_id":987654,"entity_id":1,"entity_type":"leads"}]`, "/talks/987654/close": `{}`,
			"/runs/987654/stop": `{}`, "/runs/987654/pause": `{}`, "/runs/987654/resume": `{}`, "/runs/987654/skip": `{}`,
			"/runs/987654/goto": `{"step":"x"}`, "/runs/987654/answer": `{"value":"x"}`, "/chats/no/typing": `{}`, "/chats/no/messages": `{"text":"x"}`,
		} {
			r := w.call("POST", "/api/v4"+path, body)
			if r.StatusCode != http.StatusNotFound {
				w.t.Errorf("%s: %d %s", path, r.StatusCode, r.body)
			}
		}
	})
}
