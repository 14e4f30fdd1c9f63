package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"salesbot/api"
	"salesbot/db/dbtest"
)

func TestLiveWidgetFiles(t *testing.T) {
	t.Parallel()
	eachLive(t, `{"title":"Harbour & </script>","colour":"#112233","allowed_origins":["https://shop.example"]}`, fast, func(w *liveWorld) {
		shop := map[string]string{"Referer": "https://shop.example/page"}
		loader := w.send("GET", w.path("loader.js"), "", shop)
		require.Equal(w.t, 200, loader.StatusCode)
		require.Contains(w.t, string(loader.body), `"colour":"#112233"`)
		require.NotContains(w.t, string(loader.body), "SALESBOT_SETTINGS")
		require.NotContains(w.t, string(loader.body), "</script>", "a setting can't end the script")
		require.NotContains(w.t, string(loader.body), "allowed_origins", "that is nobody's business")
		require.Equal(w.t, "public, max-age=300", loader.Header.Get("Cache-Control"))
		require.Equal(w.t, "cross-origin", loader.Header.Get("Cross-Origin-Resource-Policy"))
		shop["If-None-Match"] = loader.Header.Get("ETag")
		require.Equal(w.t, 304, w.send("GET", w.path("loader.js"), "", shop).StatusCode)

		panel := w.send("GET", w.path("panel"), "", nil)
		require.Equal(w.t, 200, panel.StatusCode)
		policy := panel.Header.Get("Content-Security-Policy")
		require.Contains(w.t, policy, "default-src 'none'; script-src 'self'; style-src 'self'")
		require.Equal(w.t, 200, w.send("GET", w.path("panel"), "", map[string]string{"Referer": "https://mail.example/"}).StatusCode, "a link may lead there from anywhere")
		require.True(w.t, strings.HasSuffix(policy, "frame-ancestors 'self' https://shop.example"), policy)

		for name, kind := range map[string]string{"panel-1.js": "text/javascript; charset=utf-8", "panel-1.css": "text/css; charset=utf-8"} {
			asset := w.send("GET", "/live/assets/"+name, "", nil)
			require.Equal(w.t, 200, asset.StatusCode)
			require.Equal(w.t, kind, asset.Header.Get("Content-Type"))
			require.Contains(w.t, asset.Header.Get("Cache-Control"), "immutable")
		}
		w.send("GET", "/live/assets/gone.js", "", nil).refused(404, "not_found", "")
		w.send("GET", "/live/assets/..%2Floader.js", "", nil).refused(404, "not_found", "")

		demo := w.send("GET", "/demo", "", nil)
		require.Equal(w.t, fmt.Sprintf(`<script async src="/live/%d/loader.js"></script>`, w.channel.ID), string(demo.body))
		require.True(w.t, strings.HasSuffix(demo.Header.Get("Content-Security-Policy"), "frame-ancestors 'self'"), "the app shows it beside the board, nobody else does")
	})
}

func TestLiveSettings(t *testing.T) {
	t.Parallel()
	eachLive(t, `{"title":"Harbour","makes_leads":false}`, fast, func(w *liveWorld) {
		require.Equal(w.t, map[string]any{"title": "Harbour", "subtitle": "", "greeting": "", "colour": "#2f6fed", "position": "right", "theme": "auto",
			"launcher_text": "", "max_file_bytes": float64(20 << 20), "language": "auto"}, w.send("GET", w.path("settings"), "", nil).want(200))
	})
}

func TestLiveOrigins(t *testing.T) {
	t.Parallel()
	eachLive(t, `{"allowed_origins":["https://shop.example"]}`, fast, func(w *liveWorld) {
		ask := func(method, name, value string) reply {
			return w.send(method, w.path("settings"), "", map[string]string{name: value})
		}
		good := ask("GET", "Origin", "https://shop.example")
		require.Equal(w.t, 200, good.StatusCode)
		require.Equal(w.t, "https://shop.example", good.Header.Get("Access-Control-Allow-Origin"))
		require.Empty(w.t, good.Header.Get("Access-Control-Allow-Credentials"))
		require.Contains(w.t, good.Header.Values("Vary"), "Origin")

		ours := ask("GET", "Origin", w.server.URL)
		require.Equal(w.t, 200, ours.StatusCode)
		require.Empty(w.t, ours.Header.Get("Access-Control-Allow-Origin"))
		require.Equal(w.t, 200, ask("GET", "Referer", "https://shop.example/cart").StatusCode)

		for _, r := range []reply{ask("GET", "Origin", "https://evil.example"), ask("GET", "Referer", "https://evil.example/x"), ask("GET", "Origin", "null"),
			ask("OPTIONS", "Origin", "https://evil.example")} {
			r.refused(403, "forbidden", "")
			require.Empty(w.t, r.Header.Get("Access-Control-Allow-Origin"))
		}
		preflight := ask("OPTIONS", "Origin", "https://shop.example")
		require.Equal(w.t, 204, preflight.StatusCode)
		require.Contains(w.t, preflight.Header.Get("Access-Control-Allow-Headers"), "Authorization")
	})
}

func TestLiveFiles(t *testing.T) {
	t.Parallel()
	eachLive(t, `{"max_file_bytes":1000}`, fast, func(w *liveWorld) {
		ann, bob := w.visit(somePage), w.visit(somePage)
		png := "\x89PNG\r\n\x1a\nrest"
		var picture, page shownFile
		r := ann.upload("../cup.png", "image/png", png)
		require.Equal(w.t, 201, r.StatusCode, string(r.body))
		strictly(w.t, r.body, &picture)
		require.Equal(w.t, [4]string{"picture", "cup.png", "image/png", fmt.Sprint(len(png))}, [4]string{picture.Type, picture.Name, picture.MIME, fmt.Sprint(picture.Size)})
		r = ann.upload("page.html", "image/png", "<html><script>alert(1)</script>")
		require.Equal(w.t, 201, r.StatusCode)
		strictly(w.t, r.body, &page)
		require.Equal(w.t, "file", page.Type, "what it is counts, not what it claims to be")

		bob.call("POST", "messages", fmt.Sprintf(`{"client_id":%q,"attachments":[%q]}`, uuid.NewString(), picture.ID)).refused(422, "unprocessable", "attachments.0")
		message := ann.post(fmt.Sprintf(`{"client_id":%q,"attachments":[%q,%q]}`, uuid.NewString(), picture.ID, page.ID))
		require.Equal(w.t, []shownFile{picture, page}, message.Attachments)
		require.Equal(w.t, message.Attachments, ann.messages("").Messages[0].Attachments)

		shown := w.send("GET", picture.URL, "", nil)
		require.Equal(w.t, 200, shown.StatusCode)
		require.Equal(w.t, png, string(shown.body))
		require.Equal(w.t, "inline; filename=cup.png", shown.Header.Get("Content-Disposition"))
		require.Contains(w.t, shown.Header.Get("Content-Security-Policy"), "sandbox")
		require.Equal(w.t, "nosniff", shown.Header.Get("X-Content-Type-Options"))
		require.Contains(w.t, w.send("GET", page.URL, "", nil).Header.Get("Content-Disposition"), "attachment")
		part := w.send("GET", picture.URL, "", map[string]string{"Range": "bytes=1-3"})
		require.Equal(w.t, 206, part.StatusCode)
		require.Equal(w.t, "PNG", string(part.body))

		w.send("GET", strings.Replace(picture.URL, picture.ID, page.ID, 1), "", nil).refused(403, "forbidden", "")
		w.send("GET", w.path("files/"+picture.ID), "", nil).refused(403, "forbidden", "")
		ann.upload("big.bin", "application/octet-stream", strings.Repeat("x", 1001)).refused(413, "too_large", "file")
		ann.upload("huge.bin", "application/octet-stream", strings.Repeat("x", 3<<20)).refused(413, "too_large", "file")
		ann.upload("empty.txt", "text/plain", "").refused(422, "unprocessable", "file")
	})
}

func TestLiveLimits(t *testing.T) {
	t.Parallel()
	slow := api.Rate{PerSecond: 0.001, Burst: 2}
	limited := func(r reply) {
		r.refused(429, "too_many", "")
		require.NotEmpty(r.t, r.Header.Get("Retry-After"))
	}
	say := func() string { return fmt.Sprintf(`{"client_id":%q,"text":"Hi"}`, uuid.NewString()) }
	t.Run("messages", func(t *testing.T) {
		onSQLite(t, api.LiveLimits{Messages: slow}, func(w *liveWorld) {
			ann, bob := w.visit(somePage), w.visit(somePage)
			ann.say("1")
			ann.say("2")
			limited(ann.call("POST", "messages", say()))
			bob.say("another visitor's are counted apart")
		})
	})
	t.Run("calls", func(t *testing.T) {
		onSQLite(t, api.LiveLimits{Visitor: slow}, func(w *liveWorld) {
			ann := w.visit(somePage)
			ann.messages("")
			ann.messages("")
			limited(ann.call("GET", "messages", ""))
		})
	})
	t.Run("files", func(t *testing.T) {
		onSQLite(t, api.LiveLimits{Files: slow}, func(w *liveWorld) {
			ann := w.visit(somePage)
			ann.upload("a", "text/plain", "a")
			ann.upload("b", "text/plain", "b")
			limited(ann.upload("c", "text/plain", "c"))
		})
	})
	t.Run("new visitors", func(t *testing.T) {
		onSQLite(t, api.LiveLimits{NewVisitors: slow}, func(w *liveWorld) {
			w.visit(somePage)
			w.visit(somePage)
			limited(w.send("POST", w.path("visitors"), somePage, jsonHeader("")))
		})
	})
	t.Run("an address", func(t *testing.T) {
		onSQLite(t, api.LiveLimits{Address: slow}, func(w *liveWorld) {
			w.send("GET", w.path("settings"), "", nil).want(200)
			w.send("GET", w.path("settings"), "", nil).want(200)
			limited(w.send("GET", w.path("settings"), "", nil))
		})
	})
	t.Run("streams", func(t *testing.T) {
		onSQLite(t, fast, func(w *liveWorld) {
			ann := w.visit(somePage)
			var open []*stream
			for range 10 {
				open = append(open, ann.listen("", nil))
			}
			limited(ann.call("GET", "stream", ""))
			open[0].close()
			for range open[0].events { // reads to the end
			}
			require.Eventually(w.t, func() bool {
				r, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, w.server.URL+w.path("stream"), nil)
				require.NoError(w.t, err)
				r.Header.Set("Authorization", "Bearer "+ann.token)
				response, err := http.DefaultClient.Do(r)
				if err != nil {
					return false
				}
				_ = response.Body.Close()
				return response.StatusCode == http.StatusOK
			}, 10*time.Second, 10*time.Millisecond)
		})
	})
}

// onSQLite is for what no database has a part in.
func onSQLite(t *testing.T, limits api.LiveLimits, test func(w *liveWorld)) {
	t.Helper()
	t.Parallel()
	test(newLiveWorld(t, dbtest.Open(t, dbtest.SQLiteURL(t)), "", limits))
}
