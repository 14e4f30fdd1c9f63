package api_test

import (
	"net/http"
	"testing"
)

func TestWhatDoesNotExistIsNotAccepted(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(w *world) {
		w.ensureDefaults()
		for path, body := range map[string]string{
			"/leads/987654/hand_back": `{}`, "/leads/987654/take_over": `{}`, "/bots/987654/stop": `{"entity_id":987654,"entity_type":"leads"}`,
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
