package api_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/db"
)

// planted are what nobody may read again once it was written, by what it is.
var planted = map[string]string{
	"a named secret": "planted-named-secret", "the webhooks' signing secret": "planted-signing-secret", "a channel's token": "planted-channel-token",
	"a replaced channel's token": "planted-second-token", "a password": "planted-password",
}

// plant writes them all, and returns them together with the secrets that the server itself has given out.
func (w *world) plant() map[string]string {
	w.t.Helper()
	w.ensureDefaults()
	w.call("PUT", "/api/v4/secrets/shop", `{"value":"planted-named-secret"}`).want(204)
	w.call("PUT", "/api/v4/account/webhook_secret", `{"secret":"planted-signing-secret"}`).want(204)
	w.call("POST", "/api/v4/channels", `{"kind":"far","name":"Far","secrets":{"token":"planted-channel-token"}}`).want(201)
	w.call("PATCH", "/api/v4/channels/1", `{"secrets":{"token":"planted-second-token"}}`).want(200)
	w.call("POST", "/api/v4/users", `[{"name":"Bob","email":"bob@example.com","password":"planted-password"}]`).want(201)
	hidden := maps.Clone(planted)
	hidden["an administrator's token"], hidden["a manager's token"] = w.admin, w.manager
	hidden["a token over the API"], _ = w.call("POST", "/api/v4/tokens", `{"name":"T"}`).want(201)["token"].(string)
	link, _ := w.call("POST", "/api/v4/users/1/login_link", ``).want(200)["url"].(string)
	_, hidden["a login link"], _ = strings.Cut(link, "token=")
	login := w.send("POST", "/api/session", `{"email":"ada@example.com","password":"correct horse"}`, map[string]string{"Origin": w.server.URL})
	_, cookie, _ := strings.Cut(strings.Split(login.Header.Get("Set-Cookie"), ";")[0], "=")
	hidden["a session"] = cookie
	path := w.addBot(calling("shop"))
	w.publish(path)
	w.keyed("k", path+"/run", fmt.Sprintf(`{"entity_id":%d,"entity_type":"leads"}`, w.addLead().ID)).want(202)
	w.call("PATCH", "/api/v4/bots/1", `{"document":`+calling("shop")+`,"revision":1}`).want(200)
	for what, text := range hidden {
		require.GreaterOrEqual(w.t, len(text), 8, what)
	}
	return hidden
}

var inPath = regexp.MustCompile(`\{[a-z_]+\}`)

func TestNoReadTellsWhatIsKeptSecret(t *testing.T) {
	t.Parallel()
	all := operations(t)
	eachChannelWorld(t, func(w *world, _ *provider) {
		hidden := w.plant()
		answered := 0
		for _, op := range all {
			if op.method != "GET" || strings.HasPrefix(op.id, "stream") {
				continue
			}
			for _, token := range []string{w.admin, w.manager} {
				for _, query := range []string{"", "?with=document,contacts"} {
					r := w.send("GET", inPath.ReplaceAllString(op.path, "1")+query, "", map[string]string{"Authorization": "Bearer " + token})
					if r.StatusCode == http.StatusOK {
						answered++
					}
					for what, text := range hidden {
						require.NotContains(w.t, string(r.body), text, "%s tells %s", op.id, what)
						require.NotContains(w.t, fmt.Sprint(r.Header), text, "%s tells %s", op.id, what)
					}
				}
			}
		}
		require.Greater(w.t, answered, 60, "most of them answered something")
		run := string(w.call("GET", "/api/v4/runs/1", "").body)
		require.Contains(w.t, run, "secret.shop", "the run's document names the secret")
	})
}

func TestNothingInTheDatabaseTellsWhatIsKeptSecret(t *testing.T) {
	t.Parallel()
	eachChannelWorld(t, func(w *world, _ *provider) {
		hidden := w.plant()
		rows := 0
		require.NoError(w.t, w.store.Change(w.t.Context(), func(ctx context.Context, tx *db.Tx) error {
			tables := "SELECT name FROM sqlite_master WHERE type = 'table'"
			if w.store.Postgres() {
				tables = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'"
			}
			var names []string
			if err := tx.NewRaw(tables).Scan(ctx, &names); err != nil {
				return err
			}
			require.Greater(w.t, len(names), 20)
			for _, name := range slices.Sorted(slices.Values(names)) {
				var list []map[string]any
				if err := tx.NewRaw(`SELECT * FROM "`+name+`"`).Scan(ctx, &list); err != nil {
					return fmt.Errorf("%s: %w", name, err)
				}
				for _, row := range list {
					rows++
					for column, value := range row {
						for what, text := range hidden {
							require.NotContains(w.t, written(value), text, "%s.%s tells %s", name, column, what)
						}
					}
				}
			}
			return nil
		}))
		require.Greater(w.t, rows, 40)
	})
}

func written(value any) string {
	if raw, ok := value.([]byte); ok {
		return string(raw)
	}
	return fmt.Sprint(value)
}
