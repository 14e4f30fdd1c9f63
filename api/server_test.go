package api_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"salesbot/api"
	"salesbot/db/dbtest"
)

func TestTheDescriptionInTheRepositoryIsFresh(t *testing.T) {
	t.Parallel()
	want, err := api.OpenAPI()
	require.NoError(t, err)
	kept, err := os.ReadFile("openapi.json")
	require.NoError(t, err)
	require.Equal(t, string(want)+"\n", string(kept), "run go generate ./api")
}

func TestBadRequestsNameTheField(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(w *world) {
		for _, c := range []struct {
			name, method, path, body string
			status                   int
			code, field              string
		}{
			{"malformed", "POST", "/api/v4/tokens", `{"name":`, 400, "invalid", "body"},
			{"wrong type", "POST", "/api/v4/tokens", `{"name":5}`, 400, "invalid", "name"},
			{"unknown field", "POST", "/api/v4/tokens", `{"nam":"x"}`, 400, "invalid", "nam"},
			{"two values", "POST", "/api/v4/tokens", `{"name":"x"} {}`, 400, "invalid", "body"},
			{"no name", "POST", "/api/v4/tokens", ``, 400, "invalid", "name"},
			{"path is no number", "GET", "/api/v4/users/abc", "", 400, "invalid", "id"},
			{"limit too large", "GET", "/api/v4/users?limit=251", "", 400, "invalid", "limit"},
			{"bad cursor", "GET", "/api/v4/users?cursor=x", "", 400, "invalid", "cursor"},
			{"3 MB", "POST", "/api/v4/tokens", `{"name":"` + strings.Repeat("x", 3<<20) + `"}`, 413, "too_large", ""},
			{"no such path", "GET", "/api/v4/nothing", "", 404, "not_found", ""},
			{"wrong method", "DELETE", "/api/v4/account", "", 405, "method_not_allowed", ""},
			{"too many users", "POST", "/api/v4/users", "[" + strings.Repeat(`{"name":"a","email":"a@b.c"},`, 10) + `{"name":"a","email":"a@b.c"}]`, 422, "unprocessable", ""},
			{"second of a list", "POST", "/api/v4/users", `[{"name":"A","email":"a@b.c"},{"name":"B","email":"no"}]`, 400, "invalid", "email"},
			{"last administrator", "PATCH", "/api/v4/users/1", `{"role":"manager"}`, 400, "invalid", "role"},
		} {
			t.Run(c.name, func(t *testing.T) {
				r := w.call(c.method, c.path, c.body)
				r.t = t
				r.refused(c.status, c.code, c.field)
			})
		}
		users := w.call("GET", "/api/v4/users", "").want(200)
		require.Len(w.t, at(users, "_embedded", "users"), 1, "a refused request changes nothing")
	})
}

func TestListsArePagedByKeyAndByNumber(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(w *world) {
		w.call("POST", "/api/v4/users", `[{"name":"B","email":"b@example.com"},{"name":"C","email":"c@example.com"}]`).want(201)
		var names []any
		for href := "/api/v4/users?limit=1"; href != ""; {
			page := w.call("GET", href, "").want(200)
			names = append(names, at(page, "_embedded", "users", 0, "name"))
			next, _ := at(page, "_links", "next", "href").(string)
			href = strings.TrimPrefix(next, w.server.URL)
		}
		require.Equal(w.t, []any{"Ada", "B", "C"}, names)
		require.Equal(w.t, "C", at(w.call("GET", "/api/v4/users?limit=2&page=2", "").want(200), "_embedded", "users", 0, "name"))
		require.Nil(w.t, w.call("GET", "/api/v4/users?page=9", "").want(204))
	})
}

func TestHealthAndReference(t *testing.T) {
	t.Parallel()
	var trouble error
	ready := func(context.Context) error { return trouble }
	w := newWorld(t, dbtest.Open(t, dbtest.SQLiteURL(t)), api.Deps{Ready: ready})
	w.send("GET", "/healthz", "", nil).want(200)
	w.send("GET", "/readyz", "", nil).want(200)
	spec := w.send("GET", "/api/v4/openapi.json", "", nil).want(200)
	require.Equal(t, "3.1.0", spec["openapi"])
	page := w.send("GET", "/api/docs/", "", nil)
	page.want(200)
	require.NotRegexp(t, `(src|href)="https?://`, string(page.body), "the page brings its files along")
	script := w.send("GET", "/api/docs/swagger-ui-bundle.js", "", nil)
	require.Contains(t, string(script.body), "SwaggerUIBundle", "compressed once")
	trouble = errors.New("no workers")
	w.send("GET", "/readyz", "", nil).want(503)
}

func TestTheWebAppIsServedWithItsRoutes(t *testing.T) {
	t.Parallel()
	app := fstest.MapFS{"index.html": {Data: []byte("<html>app</html>")}, "assets/app-1a2b.js": {Data: []byte("1")}}
	w := newWorld(t, dbtest.Open(t, dbtest.SQLiteURL(t)), api.Deps{Web: app})
	for _, c := range []struct {
		path   string
		status int
		body   string
		cache  string
	}{
		{"/", 200, "<html>app</html>", "no-cache"},
		{"/leads/12", 200, "<html>app</html>", "no-cache"},
		{"/login?token=x", 200, "<html>app</html>", "no-cache"},
		{"/assets/app-1a2b.js", 200, "1", "public, max-age=31536000, immutable"},
		{"/assets/gone.js", 404, "", "no-store"},
		{"/api/nothing", 404, "", "no-store"},
	} {
		r := w.send("GET", c.path, "", nil)
		r.want(c.status)
		require.Equal(t, c.cache, r.Header.Get("Cache-Control"), c.path)
		require.Contains(t, string(r.body), c.body)
		require.Equal(t, "nosniff", r.Header.Get("X-Content-Type-Options"))
	}
	require.Contains(t, w.send("GET", "/", "", nil).Header.Get("Content-Security-Policy"), "script-src 'self';")
	w.send("POST", "/leads", "", nil).refused(404, "not_found", "")
}

func TestWhatTheBuildHasCompressedIsSentSoToWhoCanReadIt(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("words ", 1000)
	app := fstest.MapFS{"index.html": {Data: []byte("<html>app</html>")}, "assets/app.js": {Data: []byte(long)},
		"assets/app.js.br": {Data: []byte("short")}, "assets/other.js": {Data: []byte(long)}}
	w := newWorld(t, dbtest.Open(t, dbtest.SQLiteURL(t)), api.Deps{Web: app})
	for _, c := range []struct{ path, accepted, encoding string }{
		{"/assets/app.js", "gzip, deflate, br, zstd", "br"},
		{"/assets/app.js", "br;q=1.0", "br"},
		{"/assets/app.js", "gzip, br;q=0", "gzip"},
		{"/assets/app.js", "gzip, br;q=0.0", "gzip"},
		{"/assets/app.js", "gzip", "gzip"},
		{"/assets/app.js", "identity", ""},
		{"/assets/app.js", "brotli", ""},
		{"/assets/other.js", "gzip, br", "gzip"},
	} {
		r := w.send("GET", c.path, "", map[string]string{"Accept-Encoding": c.accepted})
		r.want(200)
		require.Equal(t, c.encoding, r.Header.Get("Content-Encoding"), c)
		require.Contains(t, r.Header.Get("Content-Type"), "text/javascript", c)
		require.Equal(t, []string{"Accept-Encoding"}, r.Header.Values("Vary"), c)
		require.Equal(t, c.encoding == "br", string(r.body) == "short", c)
	}
}

func TestTemporalsPageStandsBehindTheLogin(t *testing.T) {
	t.Parallel()
	ui := http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { _, _ = rw.Write([]byte("workflows")) })
	w := newWorld(t, dbtest.Open(t, dbtest.SQLiteURL(t)), api.Deps{Operator: map[string]http.Handler{"/temporal": ui}})
	w.send("GET", "/temporal/", "", nil).refused(401, "unauthorized", "")
	require.Equal(t, "/login?next=/temporal/", w.send("GET", "/temporal/", "", map[string]string{"Accept": "text/html"}).Header.Get("Location"))
	w.send("GET", "/temporal/", "", map[string]string{"Authorization": "Bearer " + w.manager}).refused(403, "forbidden", "")
	require.Equal(t, "workflows", string(w.call("GET", "/temporal/namespaces", "").body))
}
