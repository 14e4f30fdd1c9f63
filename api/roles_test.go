package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"salesbot/api"
	"salesbot/crm"
	"salesbot/db"
)

// publicOperations answer without a login. Whoever adds one says so here.
var publicOperations = []string{
	"getFile",           // by a signed address; without one it wants a login
	"signIn", "signOut", // before there is a login, and after
}

// publicRoutes stand in no description: health, the reference, the live chat, whose visitors have tokens of their own,
// and what channels' providers deliver, which is signed.
var publicRoutes = []string{
	"GET /api/docs", "GET /api/docs/*", "GET /api/v4/openapi.json", "GET /demo", "GET /healthz",
	"GET /live/:channel/files/:id", "GET /live/:channel/loader.js", "GET /live/:channel/messages", "GET /live/:channel/panel",
	"GET /live/:channel/settings", "GET /live/:channel/stream", "GET /live/assets/:name", "GET /readyz",
	"OPTIONS /live/:channel/files", "OPTIONS /live/:channel/messages", "OPTIONS /live/:channel/read", "OPTIONS /live/:channel/settings",
	"OPTIONS /live/:channel/stream", "OPTIONS /live/:channel/typing", "OPTIONS /live/:channel/video", "OPTIONS /live/:channel/visitors",
	"POST /hooks/:kind/:channel",
	"POST /live/:channel/files", "POST /live/:channel/messages", "POST /live/:channel/read", "POST /live/:channel/typing",
	"POST /live/:channel/video", "POST /live/:channel/visitors",
}

type describedOperation struct {
	ID       string           `json:"operationId"`
	Security []map[string]any `json:"security"`
}

// operationsByRoute are the operations of the API's description by "METHOD path", as the router writes it.
func operationsByRoute(t *testing.T) map[string]describedOperation {
	t.Helper()
	document, err := api.OpenAPI()
	require.NoError(t, err)
	var spec struct {
		Paths map[string]map[string]describedOperation `json:"paths"`
	}
	require.NoError(t, json.Unmarshal(document, &spec))
	all := map[string]describedOperation{}
	for path, methods := range spec.Paths {
		path = strings.NewReplacer("{", ":", "}", "").Replace(path)
		for method, op := range methods {
			all[strings.ToUpper(method)+" "+path] = op
		}
	}
	return all
}

func TestWhatIsPublicIsListedByName(t *testing.T) {
	t.Parallel()
	var public []string
	operations := operationsByRoute(t)
	for _, op := range operations {
		if len(op.Security) == 0 {
			public = append(public, op.ID)
		}
	}
	require.ElementsMatch(t, publicOperations, public)

	var rest []string
	for _, route := range api.New(api.Deps{Store: new(db.Store)}).Routes() {
		name := route.Method + " " + route.Path
		if _, ok := operations[name]; !ok && route.Method != echo.RouteNotFound {
			rest = append(rest, name)
		}
	}
	slices.Sort(rest)
	require.ElementsMatch(t, publicRoutes, rest)
}

func TestEveryOtherOperationWantsALogin(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(w *world) {
		for name, op := range operationsByRoute(t) {
			if slices.Contains(publicOperations, op.ID) {
				continue
			}
			method, path, _ := strings.Cut(name, " ")
			for _, header := range []map[string]string{nil, {"Authorization": "Bearer sb_wrong"}, {"Cookie": "salesbot_session=wrong", "Sec-Fetch-Site": "same-origin"}} {
				require.Equal(w.t, http.StatusUnauthorized, w.send(method, path, "", header).StatusCode, name)
			}
		}
	})
}

// member is a user with a token and a session in a browser.
type member struct {
	id             int64
	token, session string
}

func (w *world) addMember(name string, role, tokenRole crm.Role) member {
	w.t.Helper()
	var m member
	require.NoError(w.t, w.store.Change(w.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		user, err := tx.AddUser(ctx, db.NewUser{Name: name, Email: name + "@example.com", Role: role})
		if err != nil {
			return err
		}
		m.id = user.ID
		if m.session, err = tx.NewSession(ctx, user.ID); err != nil {
			return err
		}
		_, m.token, err = tx.AddToken(ctx, crm.Actor{Kind: crm.ByUser, ID: user.ID}, "of "+name, tokenRole, nil)
		return err
	}))
	return m
}

func (w *world) become(id int64, role crm.Role, active bool) {
	w.t.Helper()
	require.NoError(w.t, w.store.Change(w.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.UpdateUser(ctx, id, db.UserChange{Role: &role, IsActive: &active})
		return err
	}))
}

// asked are the statuses of an operation for everybody and of one for administrators.
func (w *world) asked(header map[string]string) [2]int {
	w.t.Helper()
	return [2]int{w.send("GET", "/api/v4/account", "", header).StatusCode, w.send("GET", "/api/v4/tokens", "", header).StatusCode}
}

func TestATokenNeverMayMoreThanItsMakerMayNow(t *testing.T) {
	t.Parallel()
	manager, administrator, nobody := [2]int{200, 403}, [2]int{200, 200}, [2]int{401, 401}
	eachWorld(t, func(w *world) {
		for i, c := range []struct {
			token, now      crm.Role
			active          bool
			byToken, byPage [2]int
		}{
			{crm.Administrator, crm.Administrator, true, administrator, administrator},
			{crm.Administrator, crm.Manager, true, manager, manager},
			{crm.Manager, crm.Administrator, true, manager, administrator},
			{crm.Manager, crm.Manager, true, manager, manager},
			{crm.Administrator, crm.Administrator, false, nobody, nobody},
			{crm.Administrator, crm.Manager, false, nobody, nobody},
			{crm.Manager, crm.Administrator, false, nobody, nobody},
			{crm.Manager, crm.Manager, false, nobody, nobody},
		} {
			m := w.addMember(fmt.Sprintf("m%d", i), crm.Administrator, c.token)
			w.become(m.id, c.now, c.active)
			require.Equal(w.t, c.byToken, w.asked(map[string]string{"Authorization": "Bearer " + m.token}), "token %+v", c)
			require.Equal(w.t, c.byPage, w.asked(map[string]string{"Cookie": "salesbot_session=" + m.session}), "session %+v", c)
		}
	})
}

func TestADemotedAdministratorsTokenPromotesNobody(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(w *world) {
		m := w.addMember("eve", crm.Administrator, crm.Administrator)
		w.become(m.id, crm.Manager, true)
		with := map[string]string{"Authorization": "Bearer " + m.token}
		w.send("PATCH", fmt.Sprintf("/api/v4/users/%d", m.id), `{"role":"administrator"}`, with).refused(403, "forbidden", "")
		w.send("POST", "/api/v4/tokens", `{"name":"mine","role":"administrator"}`, with).refused(403, "forbidden", "")
		w.become(m.id, crm.Administrator, true)
		w.send("GET", "/api/v4/tokens", "", with).want(200)
	})
}

func TestATokenIsGivenOnlyWhatItsMakerHas(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(w *world) {
		m := w.addMember("max", crm.Manager, crm.Manager)
		gone := w.addMember("gone", crm.Administrator, crm.Administrator)
		w.become(gone.id, crm.Administrator, false)
		for maker, role := range map[int64]crm.Role{m.id: crm.Administrator, gone.id: crm.Manager} {
			err := w.store.Change(w.t.Context(), func(ctx context.Context, tx *db.Tx) error {
				_, _, err := tx.AddToken(ctx, crm.Actor{Kind: crm.ByUser, ID: maker}, "more", role, nil)
				return err
			})
			require.Equal(w.t, crm.Forbidden, crm.CodeOf(err))
		}
	})
}

func TestAnOpenStreamEndsWithTheLogin(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(w *world) {
		w.ensureDefaults()
		m := w.addMember("eve", crm.Manager, crm.Manager)
		w.manager = m.token
		said := w.changes(w.t.Context())
		w.become(m.id, crm.Manager, false)
		for open := true; open; {
			w.call("POST", "/api/v4/leads", `[{"name":"X"}]`).want(200)
			_, open = <-said
		}
	})
}

func TestALoginLinkThatWasNotUsedGoesWithTheUsersSessions(t *testing.T) {
	t.Parallel()
	eachWorld(t, func(w *world) {
		m := w.addMember("eve", crm.Manager, crm.Manager)
		link, _ := w.call("POST", fmt.Sprintf("/api/v4/users/%d/login_link", m.id), "").want(200)["url"].(string)
		w.become(m.id, crm.Manager, false)
		w.become(m.id, crm.Manager, true)
		_, secret, _ := strings.Cut(link, "token=")
		w.send("POST", "/api/session", `{"token":"`+secret+`"}`, nil).refused(401, "unauthorized", "")
	})
}
