package steps

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"salesbot/bot"
)

//go:generate go run ./generate

// SchemaJSON is the JSON Schema of every kind's configuration: $defs by kind, with x-title, x-group, x-help, x-exits
// and x-example for editors; and $defs/settings. It is generated.
//
//go:embed schema.json
var SchemaJSON []byte

// DocumentSchemaJSON is the JSON Schema of a whole bot document, whose steps are a union by kind. It is generated.
//
//go:embed document.schema.json
var DocumentSchemaJSON []byte

// compiled compiles each definition once: lint runs at every keystroke of an editor.
var compiled = sync.OnceValues(func() (map[string]*jsonschema.Schema, error) {
	root, err := jsonschema.UnmarshalJSON(bytes.NewReader(SchemaJSON))
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("steps.json", root); err != nil {
		return nil, err
	}
	defs, _ := root.(map[string]any)["$defs"].(map[string]any)
	schemas := map[string]*jsonschema.Schema{}
	for name := range defs {
		if schemas[name], err = compiler.Compile("steps.json#/$defs/" + name); err != nil {
			return nil, err
		}
	}
	return schemas, nil
})

// schemaIssues checks a value against one definition of the schema.
func schemaIssues(definition, step, path string, value any) []Issue {
	schemas, err := compiled()
	if err != nil {
		return []Issue{failure("bad_schema", step, path, "run make generate", "the schema of the steps is broken: %s", err)}
	}
	data, err := json.Marshal(value)
	if err != nil {
		return []Issue{failure("bad_config", step, path, "write valid JSON", "not valid JSON")}
	}
	var issues []Issue
	for _, fault := range bot.SchemaFaults(schemas[definition], data) {
		where := strings.Join(append([]string{path}, fault.Path...), ".")
		issues = append(issues, failure("bad_config", step, where, fmt.Sprintf("see %s in docs/steps.md", definition), "%s", fault.Message))
	}
	return issues
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
