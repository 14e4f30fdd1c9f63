package api_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/api"
)

// described is an operation as the generated description tells of it.
type described struct {
	method, path, id       string
	secured, administrator bool
	// fields are the paths of the body's fields, nested ones too: "_embedded/tags[]/name".
	fields []string
	isList bool
	// passes are the refusals that say with a Retry-After header when to come back.
	passes map[int]bool
	query  []string
}

// description is generated once: that takes long.
var description = sync.OnceValues(api.OpenAPI)

// operations reads the generated description, as a client would.
func operations(t *testing.T) []described {
	t.Helper()
	document, err := description()
	require.NoError(t, err)
	var spec map[string]any
	require.NoError(t, json.Unmarshal(document, &spec))
	var all []described
	paths := spec["paths"].(map[string]any)
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		item := paths[path].(map[string]any)
		for _, method := range slices.Sorted(maps.Keys(item)) {
			if op, ok := item[method].(map[string]any); ok && op["operationId"] != nil {
				all = append(all, readOperation(spec, strings.ToUpper(method), path, op))
			}
		}
	}
	require.Greater(t, len(all), 100)
	return all
}

func readOperation(spec map[string]any, method, path string, op map[string]any) described {
	d := described{method: method, path: path, id: op["operationId"].(string), secured: op["security"] != nil, passes: map[int]bool{}}
	for _, status := range []int{http.StatusTooManyRequests, http.StatusServiceUnavailable} {
		if at(op, "responses", strconv.Itoa(status), "headers", "Retry-After") != nil {
			d.passes[status] = true
		}
	}
	about, _ := op["description"].(string)
	d.administrator = strings.Contains(about, "Needs the role administrator.")
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
	d.fields = fieldsOf(spec, schema, 4)
	return d
}

// fieldsOf lists the fields of an object and of the objects in it, down to a depth.
func fieldsOf(spec map[string]any, schema any, depth int) []string {
	properties, _ := at(schema, "properties").(map[string]any)
	if depth == 0 {
		return nil
	}
	var all []string
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		all = append(all, name)
		inner, into := resolve(spec, properties[name]), name+"/"
		if items := at(inner, "items"); items != nil {
			inner, into = resolve(spec, items), name+"[]/"
		}
		for _, field := range fieldsOf(spec, inner, depth-1) {
			all = append(all, into+field)
		}
	}
	return all
}

func resolve(spec map[string]any, schema any) any {
	if ref, ok := at(schema, "$ref").(string); ok {
		return at(spec, "components", "schemas", ref[strings.LastIndex(ref, "/")+1:])
	}
	return schema
}

// bodyWith is a body in which one field, which may lie deep, has the value given as JSON.
func (d described) bodyWith(field, value string) string {
	names := strings.Split(field, "/")
	for _, name := range slices.Backward(names) {
		if bare, ok := strings.CutSuffix(name, "[]"); ok {
			name, value = bare, "["+value+"]"
		}
		value = "{" + quoted(name) + ":" + value + "}"
	}
	if field != "id" && slices.Contains(d.fields, "id") {
		value = `{"id":1,` + value[1:]
	}
	if d.isList {
		value = "[" + value + "]"
	}
	return value
}

func quoted(text string) string {
	raw, _ := json.Marshal(text)
	return string(raw)
}

var inBraces = regexp.MustCompile(`\{[a-z_]+\}`)

// at fills in every identifier of the operation's path.
func (d described) at(id string) string { return inBraces.ReplaceAllString(d.path, id) }

// Every operation may find the database away; those with a limit say so. What tests meet of either is looked up, see send.
func TestEveryOperationTellsOfTheRefusalsThatPass(t *testing.T) {
	t.Parallel()
	limited := []string{}
	for _, op := range operations(t) {
		require.True(t, op.passes[http.StatusServiceUnavailable], "%s can be refused while the database is away", op.id)
		if op.passes[http.StatusTooManyRequests] {
			limited = append(limited, op.id)
		}
	}
	slices.Sort(limited)
	require.Equal(t, []string{"runBot", "runBots", "runBotsV2", "signIn"}, limited)
}

// requirePassingDescribed: an operation that refuses for a while says in its description that it may, and when to come back.
func requirePassingDescribed(t *testing.T, method, path string, answer *http.Response) {
	t.Helper()
	if answer.StatusCode != http.StatusTooManyRequests && answer.StatusCode != http.StatusServiceUnavailable {
		return
	}
	path, _, _ = strings.Cut(path, "?")
	for _, op := range operations(t) {
		template := regexp.MustCompile("^" + inBraces.ReplaceAllString(op.path, "[^/]+") + "$")
		if op.method == method && template.MatchString(path) {
			require.True(t, op.passes[answer.StatusCode], "the description of %s lacks %d", op.id, answer.StatusCode)
			require.NotEmpty(t, answer.Header.Get("Retry-After"), op.id)
			return
		}
	}
}
