package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/api"
)

// liveRoutes are the live chat's routes, which stand in no generated description, with the fields and parameters that
// docs/live-chat.md gives them. That none is forgotten is seen by the list of public routes.
var liveRoutes = []described{
	{method: "POST", path: "visitors", fields: []string{"token", "name", "email", "phone", "page", "page/url", "page/title", "page/referrer"}},
	{method: "POST", path: "messages", fields: []string{"client_id", "text", "button", "attachments", "attachments[]/id"}},
	{method: "POST", path: "read", fields: []string{"seq"}},
	{method: "POST", path: "video", fields: []string{"message_id", "event"}},
	{method: "POST", path: "typing"},
	{method: "POST", path: "files"},
	{method: "GET", path: "messages", query: []string{"after", "before", "limit"}},
	{method: "GET", path: "settings"},
	{method: "GET", path: "loader.js"},
	{method: "GET", path: "panel"},
	{method: "GET", path: "files/{id}"},
}

// noLimits lets one address do as much as an attack wants.
var noLimits = func() api.LiveLimits {
	plenty := api.Rate{PerSecond: 1e6, Burst: 1e6}
	return api.LiveLimits{Address: plenty, NewVisitors: plenty, Visitor: plenty, Messages: plenty, Files: plenty}
}()

func TestNoContentBreaksTheLiveChat(t *testing.T) {
	t.Parallel()
	tried := map[string]bool{}
	for _, route := range liveRoutes {
		tried[route.method+" /live/:channel/"+strings.ReplaceAll(route.path, "{id}", ":id")] = true
	}
	for _, name := range publicRoutes {
		path, isLive := strings.CutPrefix(name, "GET /live/:channel/")
		if post, ok := strings.CutPrefix(name, "POST /live/:channel/"); ok {
			path, isLive = post, true
		}
		require.True(t, !isLive || path == "stream" || tried[name], "%s is not attacked", name)
	}
	eachLive(t, "", noLimits, func(w *liveWorld) {
		v := w.visit(somePage)
		v.say("hello")
		for _, route := range liveRoutes {
			v.attack(route)
		}
		// Whoever was attacked meanwhile still is a client whom one can talk to, and the team can read everything.
		v.say("still here")
		w.readEverything(operations(t))
	})
}

func (v *visitor) attack(route described) {
	t := v.w.t
	t.Helper()
	try := func(path, body, what string) {
		r := v.call(route.method, path, body)
		what = fmt.Sprintf("%s %s with %s", route.method, route.path, what)
		require.Less(t, r.StatusCode, 500, "%s: %s", what, r.body)
		checkProblem(t, what, r)
	}
	if strings.Contains(route.path, "{") {
		for _, id := range hostileIDs {
			try(route.at(id), "", "id "+id)
		}
	}
	for _, name := range route.query {
		for _, value := range hostileParams {
			try(route.path+"?"+name+"="+value, "", name+"="+value)
		}
	}
	if route.method == http.MethodGet {
		return
	}
	for _, body := range hostileBodies {
		try(route.path, body, fmt.Sprintf("%.40q", body))
	}
	for _, field := range route.fields {
		for name, value := range hostile {
			try(route.path, route.bodyWith(field, value), field+": "+name)
		}
	}
}

// What a provider delivers is signed, so that nobody else's content is looked at; nor does a strange path break anything.
func TestNoContentBreaksAHook(t *testing.T) {
	t.Parallel()
	w := newWorldOnSQLite(t)
	for _, kind := range []string{"telegram", "livechat", "nothing", "%00", "%ff", strings.Repeat("x", 300)} {
		for _, id := range append([]string{"1"}, hostileIDs...) {
			for _, body := range hostileBodies {
				r := w.send("POST", "/hooks/"+kind+"/"+id, body, jsonHeader(""))
				require.Less(t, r.StatusCode, 500, "%s %s %.40q: %s", kind, id, body, r.body)
				require.GreaterOrEqual(t, r.StatusCode, 400)
				checkProblem(t, kind+"/"+id, r)
			}
		}
	}
}
