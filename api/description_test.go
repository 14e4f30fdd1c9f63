package api_test

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
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
	query  []string
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
			if op, ok := item[method].(map[string]any); ok && op["operationId"] != nil {
				all = append(all, readOperation(spec, strings.ToUpper(method), path, op))
			}
		}
	}
	require.Greater(t, len(all), 100)
	return all
}

func readOperation(spec map[string]any, method, path string, op map[string]any) described {
	d := described{method: method, path: path, id: op["operationId"].(string), secured: op["security"] != nil}
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
