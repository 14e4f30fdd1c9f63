package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/api"
	"salesbot/crm"
	"salesbot/db/dbtest"
)

// hostile are contents that no field is meant for. Each is put into every field of every operation of the API's
// description, however deep the field lies.
var hostile = map[string]string{
	"null in a list": `[null]`, "an object": `{"a":{"b":[null]}}`, "a fraction": `1.5`, "milliseconds": `1790000000000`,
	"before the year 0": `-99999999999999`, "the largest": `9223372036854775807`, "too large": `9223372036854775808`, "huge": `1e400`,
	"negative": `-1`, "zero": `0`, "NUL": `"a\u0000b"`, "half a character": `"a\ud800b"`, "no UTF-8": "\"a\xffb\"", "a strange word": `"no such word"`,
	"empty": `""`, "true": `true`, "very long": `"` + strings.Repeat("ab", 100_000) + `"`, "an unknown id": `987654321`, "null": `null`,
}

// hostileBodies stand for a whole body.
var hostileBodies = []string{``, `null`, `[null]`, `[]`, `{}`, `5`, `"x"`, `[[]]`, `{"a":1,"a":2}`, `{`, "\xff", strings.Repeat("[", 5000), `a=b&c=d`}

var hostileParams = []string{"%00", "%ff", "-1", "9223372036854775808", "1e3", "99999999999999", "no+such", strings.Repeat("9", 300), ""}

var hostileIDs = []string{"0", "-1", "987654321", "9223372036854775808", "%00", "%ff", "x"}

// strangeTypes are content types that nobody means. A body is read as JSON whatever its type says: curl -d and many
// integrations' scripts call it a form.
var strangeTypes = []string{"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml", "/", "a;b=;"}

// endless are operations that answer for as long as one listens.
var endless = regexp.MustCompile(`^stream`)

// farewells are operations whose success takes away what others need: they come last.
var farewells = regexp.MustCompile(`^(delete|signOut)`)

// attacker calls as one role.
type attacker struct {
	*world
	name, token string
	role        crm.Role
}

func TestNoContentBreaksARouteOrAList(t *testing.T) {
	t.Parallel()
	all := inOrderOfHarm(operations(t))
	eachWorld(t, func(w *world) {
		w.populate()
		boss := attacker{w, "administrator", w.admin, crm.Administrator}
		for _, op := range all {
			if !farewells.MatchString(op.id) {
				boss.attack(op)
			}
		}
		w.readEverything(all)
		for _, op := range all {
			if farewells.MatchString(op.id) {
				boss.attack(op)
			}
		}
		w.readEverything(all)
	})
}

// A manager is let in where the description says so, and elsewhere is refused before anybody looks at the content.
func TestNoContentOpensAnAdministratorsRouteToAManager(t *testing.T) {
	t.Parallel()
	w := newWorldOnSQLite(t)
	w.populate()
	manager := attacker{w, "manager", w.manager, crm.Manager}
	all := inOrderOfHarm(operations(t))
	for _, op := range all {
		manager.attack(op)
	}
	w.readEverything(all)
}

func TestEveryRouteKnowsWhoMayCallIt(t *testing.T) {
	t.Parallel()
	w := newWorldOnSQLite(t)
	for _, op := range operations(t) {
		if !op.secured {
			continue
		}
		r := w.send(op.method, op.at("1"), `[null]`, nil)
		require.Equal(t, 401, r.StatusCode, "%s without a login: %s", op.id, r.body)
		r = w.send(op.method, op.at("1"), `[null]`, map[string]string{"Authorization": "Bearer nobody"})
		require.Equal(t, 401, r.StatusCode, "%s with a wrong token: %s", op.id, r.body)
	}
}

// populate makes one of most things, so that the identifier 1 names something.
func (w *world) populate() {
	w.t.Helper()
	w.ensureDefaults()
	for _, made := range [][2]string{
		{"leads", `[{"name":"A"}]`}, {"contacts", `[{"name":"B"}]`}, {"companies", `[{"name":"C"}]`},
		{"tasks", `[{"text":"D","complete_till":1790000000}]`}, {"leads/1/notes", `[{"note_type":"common","params":{"text":"E"}}]`},
		{"leads/custom_fields", `[{"name":"F","type":"text"}]`}, {"leads/tags", `[{"name":"G"}]`},
	} {
		r := w.call("POST", "/api/v4/"+made[0], made[1])
		require.Less(w.t, r.StatusCode, 300, "%s: %s", made[0], r.body)
	}
}

// readEverything: whatever was written, it can be read: each list, and each thing that is still there.
func (w *world) readEverything(all []described) {
	w.t.Helper()
	for _, op := range all {
		if op.method != http.MethodGet || endless.MatchString(op.id) {
			continue
		}
		r := w.call("GET", op.at("1"), "")
		require.Contains(w.t, []int{200, 204, 404}, r.StatusCode, "%s afterwards: %s", op.path, r.body)
		if !strings.Contains(op.path, "{") {
			require.NotEqual(w.t, 404, r.StatusCode, op.path)
		}
	}
}

// inOrderOfHarm puts what takes things away last, tokens and the login at the very end.
func inOrderOfHarm(all []described) []described {
	harm := func(op described) int {
		switch {
		case op.id == "deleteToken" || op.id == "signOut":
			return 2
		case farewells.MatchString(op.id):
			return 1
		}
		return 0
	}
	slices.SortStableFunc(all, func(a, b described) int { return harm(a) - harm(b) })
	return slices.DeleteFunc(all, func(op described) bool { return endless.MatchString(op.id) })
}

func (a attacker) attack(op described) {
	a.t.Helper()
	if strings.Contains(op.path, "{") {
		for _, id := range hostileIDs {
			a.try(op, op.at(id), `{}`, "id "+id)
		}
	}
	for _, name := range op.query {
		for _, value := range hostileParams {
			query := strings.NewReplacer("[", "%5B", "]", "%5D").Replace(name) + "=" + value
			a.try(op, op.at("1")+"?"+query, `{}`, query[:min(60, len(query))])
		}
	}
	if op.method == http.MethodGet || op.method == http.MethodDelete {
		return
	}
	for _, body := range hostileBodies {
		a.try(op, op.at("1"), body, fmt.Sprintf("%.40q", body))
	}
	for _, kind := range strangeTypes {
		a.tryType(op, kind)
	}
	if a.role == crm.Manager && a.may(op) {
		return // an administrator has tried what follows
	}
	for _, field := range op.fields {
		for name, value := range hostile {
			a.try(op, op.at("1"), op.bodyWith(field, value), field+": "+name)
		}
	}
}

func (a attacker) try(op described, path, body, what string) {
	a.t.Helper()
	r := a.send(op.method, path, body, map[string]string{"Authorization": "Bearer " + a.token, "Content-Type": "application/json"})
	a.check(op, r, what)
}

func (a attacker) tryType(op described, kind string) {
	a.t.Helper()
	r := a.send(op.method, op.at("1"), `{}`, map[string]string{"Authorization": "Bearer " + a.token, "Content-Type": kind})
	a.check(op, r, "content type "+kind)
}

func (a attacker) may(op described) bool { return !op.administrator || a.role == crm.Administrator }

// check looks at one answer to something hostile.
func (a attacker) check(op described, r reply, what string) {
	a.t.Helper()
	what = fmt.Sprintf("%s as %s with %s", op.id, a.name, what)
	require.Less(a.t, r.StatusCode, 500, "%s: %s", what, r.body)
	if !a.may(op) {
		require.Equal(a.t, http.StatusForbidden, r.StatusCode, "%s: %s", what, r.body)
	}
	checkProblem(a.t, what, r)
}

func checkProblem(t *testing.T, what string, r reply) {
	t.Helper()
	if r.StatusCode < 400 {
		return
	}
	require.Equal(t, "application/problem+json", r.Header.Get("Content-Type"), what)
	var problem map[string]any
	require.NoError(t, json.Unmarshal(r.body, &problem), what)
	require.NotEmpty(t, problem["code"], what)
	require.NotEmpty(t, problem["detail"], what)
}

func newWorldOnSQLite(t *testing.T) *world {
	t.Helper()
	return newWorld(t, dbtest.Open(t, dbtest.SQLiteURL(t)), api.Deps{})
}
