package api_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
)

// calling is a bot whose webhook sends the secret of that name.
func calling(secret string) string {
	return `{"schema":1,"name":"Shop bot","start":"a","steps":[{"id":"a","kind":"send_webhook","config":{"url":"https://shop.example.com","body":{"k":["\u007b{ secret.` + secret + ` }}"]}}}]}`
}

func TestASecretIsWrittenAndNeverComesBack(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(w *world) {
		w.call("GET", "/api/v4/secrets", "").want(204)
		w.call("PUT", "/api/v4/secrets/shop_key", `{"value":"correct horse"}`).want(204)
		w.call("PUT", "/api/v4/secrets/shop_key", `{"value":"battery staple"}`).want(204)
		list := w.call("GET", "/api/v4/secrets", "")
		require.Equal(w.t, "shop_key", at(list.want(200), "_embedded", "secrets", 0, "name"))
		require.EqualValues(w.t, w.adminID, at(list.want(200), "_embedded", "secrets", 0, "updated_by"))
		require.NotContains(w.t, string(list.body), "battery")
		w.call("PUT", "/api/v4/secrets/Shop-Key", `{"value":"correct horse"}`).refused(400, "invalid", "name")
		r := w.call("PUT", "/api/v4/secrets/shop_key", `{"value":"short"}`)
		r.refused(400, "invalid", "value")
		require.NotContains(w.t, string(r.body), "short")
		for _, method := range []string{"GET", "PUT", "DELETE"} {
			path := "/api/v4/secrets/shop_key"
			if method == "GET" {
				path = "/api/v4/secrets"
			}
			w.send(method, path, `{"value":"correct horse"}`, map[string]string{"Authorization": "Bearer " + w.manager}).refused(403, "forbidden", "")
		}
		w.call("DELETE", "/api/v4/secrets/shop_key", "").want(204)
		w.call("DELETE", "/api/v4/secrets/shop_key", "").refused(404, "not_found", "")
	})
}

func TestASecretThatABotUsesIsNotDeleted(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(w *world) {
		path := w.addBot(calling("one"))
		r := w.call("POST", path+"/publish", "")
		r.want(400)
		require.Contains(w.t, string(r.body), `"code":"unknown_secret","path":"steps.a.config.body.k.0"`)
		for _, name := range []string{"one", "two"} {
			w.call("PUT", "/api/v4/secrets/"+name, `{"value":"correct horse"}`).want(204)
		}
		w.publish(path)
		users := func(i int) any {
			return at(w.call("GET", "/api/v4/secrets", "").want(200), "_embedded", "secrets", i, "used_by", 0, "name")
		}
		require.Equal(w.t, "Bot", users(0))
		require.Nil(w.t, users(1))
		r = w.call("DELETE", "/api/v4/secrets/one", "")
		r.refused(409, "conflict", "")
		require.Contains(w.t, string(r.body), "used by Bot;", "it is named")

		run := at(w.keyed("k", path+"/run", fmt.Sprintf(`{"entity_id":%d,"entity_type":"leads"}`, w.addLead().ID)).want(202), "id")
		w.call("PATCH", path, `{"document":`+calling("two")+`,"revision":1}`).want(200)
		w.publish(path)
		require.Equal(w.t, "Bot", users(1))
		w.call("DELETE", "/api/v4/secrets/two", "").refused(409, "conflict", "")
		w.call("DELETE", "/api/v4/secrets/one", "").refused(409, "conflict", "") // a run goes by the version before
		require.Equal(w.t, "Bot", users(0))
		id, _ := run.(float64)
		require.NoError(w.t, w.store.Record(w.t.Context(), int64(id), bot.Progress{Status: bot.RunFinished}))
		w.call("DELETE", "/api/v4/secrets/one", "").want(204)
		w.call("DELETE", path, "").want(204)
		w.call("DELETE", "/api/v4/secrets/two", "").want(204)
	})
}
