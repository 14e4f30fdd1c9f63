package bot

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// SchemaFault is where a value is not as its schema wants it, and why.
type SchemaFault struct {
	Path    []string
	Message string
}

// CompileSchema compiles a JSON Schema (draft 2020-12 unless it says another) that stands by itself: it can't make this
// program read files or addresses.
func CompileSchema(raw json.RawMessage) (*jsonschema.Schema, error) {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("no valid JSON: %w", err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(loadsNothing{})
	if err := compiler.AddResource("schema.json", value); err != nil {
		return nil, err
	}
	return compiler.Compile("schema.json")
}

type loadsNothing struct{}

func (loadsNothing) Load(url string) (any, error) {
	return nil, fmt.Errorf("it refers to %s: write it out under $defs instead", url)
}

// SchemaFaults are the places at which JSON is not as the schema wants it; none if it is right.
func SchemaFaults(schema *jsonschema.Schema, raw json.RawMessage) []SchemaFault {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return []SchemaFault{{Message: "not valid JSON"}}
	}
	var invalid *jsonschema.ValidationError
	if !errors.As(schema.Validate(value), &invalid) {
		return nil
	}
	return leaves(invalid)
}

func leaves(e *jsonschema.ValidationError) []SchemaFault {
	if len(e.Causes) == 0 {
		return []SchemaFault{{Path: e.InstanceLocation, Message: e.ErrorKind.LocalizedString(printer)}}
	}
	var list []SchemaFault
	for _, cause := range e.Causes {
		list = append(list, leaves(cause)...)
	}
	return list
}

var printer = message.NewPrinter(language.English)
