package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/api"
	"salesbot/db/dbtest"
)

// hostile are contents that no field is meant for. Each is put into every field of every operation of the API's
// description, alone and in a list.
var hostile = map[string]string{
	"null in a list": `[null]`, "an object": `{"a":{"b":[null]}}`, "a fraction": `1.5`, "milliseconds": `1790000000000`,
	"before the year 0": `-99999999999999`, "the largest": `9223372036854775807`, "too large": `9223372036854775808`, "huge": `1e400`,
	"negative": `-1`, "zero": `0`, "NUL": `"a\u0000b"`, "half a character": `"a\ud800b"`, "no UTF-8": "\"a\xffb\"", "a strange word": `"no such word"`,
	"empty": `""`, "true": `true`, "very long": `"` + strings.Repeat("ab", 100_000) + `"`, "an unknown id": `987654321`, "null": `null`,
}

// hostileBodies stand for a whole body.
var hostileBodies = []string{``, `null`, `[null]`, `[]`, `{}`, `5`, `"x"`, `[[]]`, `{"a":1,"a":2}`, `{`, "\xff", strings.Repeat("[", 5000), `a=b&c=d`}

var hostileParams = []string{"%00", "%ff", "-1", "9223372036854775808", "1e3", "99999999999999", "no+such", strings.Repeat("9", 300), ""}

type described struct {
	method, path, id string
	secured          bool
	bodyFields       []string
	isList           bool
	query            []string
}

// operations reads the generated description, as a client would.
func operations(t *testing.T) []described {
	t.Helper()
	document, err := api.OpenAPI()
	require.NoError(t, err)
	var spec map[string]any
	require.NoError(t, json.Unmarshal(document, &spec))
	var all []described
	paths := spec["paths"].(map[string]any)
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		item := paths[path].(map[string]any)
		for _, method := range slices.Sorted(maps.Keys(item)) {
			op, ok := item[method].(map[string]any)
			if !ok || op["operationId"] == nil {
				continue
			}
			d := described{method: strings.ToUpper(method), path: path, id: op["operationId"].(string), secured: op["security"] != nil}
			parameters, _ := op["parameters"].([]any)
			for _, p := range parameters {
				if at(p, "in") == "query" {
					d.query = append(d.query, at(p, "name").(string))
				}
			}
			schema := resolve(spec, at(op, "requestBody", "content", "application/json", "schema"))
			if items := at(schema, "items"); items != nil {
				d.isList, schema = true, resolve(spec, items)
			}
			properties, _ := at(schema, "properties").(map[string]any)
			d.bodyFields = slices.Sorted(maps.Keys(properties))
			all = append(all, d)
		}
	}
	require.Greater(t, len(all), 100)
	return all
}

func resolve(spec map[string]any, schema any) any {
	if ref, ok := at(schema, "$ref").(string); ok {
		return at(spec, "components", "schemas", ref[strings.LastIndex(ref, "/")+1:])
	}
	return schema
}

var inBraces = regexp.MustCompile(`\{[a-z_]+\}`)

// stays are operations whose success would take the test's own footing away, or that never end.
var stays = regexp.MustCompile(`^(delete|signOut|stream|streamEvents)`)

// checkHostile looks at one answer to something hostile.
func checkHostile(t *testing.T, what string, r reply) {
	t.Helper()
	require.Less(t, r.StatusCode, 500, "%s: %s", what, r.body)
	if r.StatusCode < 400 {
		return
	}
	require.Equal(t, "application/problem+json", r.Header.Get("Content-Type"), what)
	var problem map[string]any
	require.NoError(t, json.Unmarshal(r.body, &problem), what)
	require.NotEmpty(t, problem["code"], what)
	require.NotEmpty(t, problem["detail"], what)
}

func TestNoContentBreaksARouteOrAList(t *testing.T) {
	t.Parallel()
	all := operations(t)
	eachWorld(t, func(w *world) {
		w.ensureDefaults()
		w.call("POST", "/api/v4/leads", `[{"name":"A"}]`).want(200)
		w.call("POST", "/api/v4/contacts", `[{"name":"B"}]`).want(200)
		w.call("POST", "/api/v4/tasks", `[{"text":"C","complete_till":1790000000}]`).want(200)
		for _, op := range all {
			if stays.MatchString(op.id) || op.id == "signIn" {
				continue
			}
			w.attack(op)
		}
		for _, op := range all {
			if op.method != http.MethodGet || strings.Contains(op.id, "tream") || strings.Contains(op.path, "{") {
				continue
			}
			r := w.call("GET", op.path, "")
			require.Contains(w.t, []int{200, 204}, r.StatusCode, "%s afterwards: %s", op.path, r.body)
		}
		require.Equal(w.t, 200, w.call("GET", "/api/v4/leads/pipelines/1/board", "").StatusCode, "the board afterwards")
	})
}

func (w *world) attack(op described) {
	w.t.Helper()
	path := inBraces.ReplaceAllString(op.path, "1")
	for _, id := range []string{"0", "-1", "987654321", "9223372036854775808", "%00", "%ff", "x"} {
		if strings.Contains(op.path, "{") {
			where := inBraces.ReplaceAllString(op.path, id)
			checkHostile(w.t, op.method+" "+where, w.call(op.method, where, `{}`))
		}
	}
	for _, name := range op.query {
		for _, value := range hostileParams {
			checkHostile(w.t, op.id+" "+name+"="+value[:min(40, len(value))], w.call(op.method, path+"?"+strings.NewReplacer("[", "%5B", "]", "%5D").Replace(name)+"="+value, `{}`))
		}
	}
	if op.method == http.MethodGet {
		return
	}
	for _, body := range hostileBodies {
		checkHostile(w.t, fmt.Sprintf("%s with %.40q", op.id, body), w.call(op.method, path, body))
	}
	for _, field := range op.bodyFields {
		for name, value := range hostile {
			body := fmt.Sprintf(`{"id":1,%q:%s}`, field, value)
			if field == "id" || !slices.Contains(op.bodyFields, "id") {
				body = fmt.Sprintf(`{%q:%s}`, field, value)
			}
			if op.isList {
				body = "[" + body + "]"
			}
			checkHostile(w.t, op.id+" "+field+": "+name, w.call(op.method, path, body))
		}
	}
}

func TestEveryRouteKnowsWhoMayCallIt(t *testing.T) {
	t.Parallel()
	all := operations(t)
	w := newWorldOnSQLite(t)
	for _, op := range all {
		if !op.secured {
			continue
		}
		path := inBraces.ReplaceAllString(op.path, "1")
		r := w.send(op.method, path, `[null]`, nil)
		require.Equal(t, 401, r.StatusCode, "%s without a login: %s", op.id, bytes.TrimSpace(r.body))
		r = w.send(op.method, path, `[null]`, map[string]string{"Authorization": "Bearer nobody"})
		require.Equal(t, 401, r.StatusCode, "%s with a wrong token: %s", op.id, r.body)
	}
}

func newWorldOnSQLite(t *testing.T) *world {
	t.Helper()
	return newWorld(t, dbtest.Open(t, dbtest.SQLiteURL(t)), api.Deps{})
}
