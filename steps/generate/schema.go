package main

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"

	"github.com/invopop/jsonschema"

	"salesbot/bot"
	"salesbot/steps"
)

const draft = "https://json-schema.org/draft/2020-12/schema"

// schemas reflects Go types; the comments of their fields become the descriptions.
type schemas struct {
	reflector jsonschema.Reflector
}

func newSchemas(root string) (*schemas, error) {
	s := &schemas{jsonschema.Reflector{Anonymous: true, DoNotReference: true, ExpandedStruct: true}}
	previous, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	// The library derives import paths from relative ones.
	if err := os.Chdir(root); err != nil {
		return nil, err
	}
	defer func() { _ = os.Chdir(previous) }()
	for _, dir := range []string{"bot", "crm", "steps"} {
		if err := s.reflector.AddGoComments("salesbot", dir, jsonschema.WithFullComment()); err != nil {
			return nil, fmt.Errorf("read the comments of %s: %w", dir, err)
		}
	}
	for key, text := range s.reflector.CommentMap {
		s.reflector.CommentMap[key] = strings.Join(strings.Fields(text), " ")
	}
	return s, nil
}

// object reflects a struct into plain maps, which take extensions and marshal with sorted keys.
func (s *schemas) object(v any) (map[string]any, error) {
	schema := s.reflector.ReflectFromType(reflect.TypeOf(v))
	schema.Version = ""
	data, err := json.Marshal(schema)
	if err != nil {
		return nil, err
	}
	var object map[string]any
	err = json.Unmarshal(data, &object)
	return object, err
}

// definitions are the configuration of each kind and the bot's settings.
func (s *schemas) definitions() (map[string]any, error) {
	settings, err := s.object(bot.Settings{})
	if err != nil {
		return nil, err
	}
	definitions := map[string]any{"settings": settings}
	for _, kind := range steps.Kinds() {
		object, err := s.object(kind.New())
		if err != nil {
			return nil, err
		}
		var example any
		if err := json.Unmarshal([]byte(kind.Example), &example); err != nil {
			return nil, fmt.Errorf("example of %s: %w", kind.Name, err)
		}
		exits := kind.Exits
		if exits == nil {
			exits = []steps.Exit{}
		}
		object["title"], object["x-group"], object["x-help"] = kind.Title, kind.Group, kind.Help
		object["x-exits"], object["x-waits"], object["x-example"] = exits, kind.Waits, example
		definitions[kind.Name] = object
	}
	return definitions, nil
}

func (s *schemas) catalogue() ([]byte, error) {
	definitions, err := s.definitions()
	if err != nil {
		return nil, err
	}
	return write(map[string]any{"$schema": draft, "title": "Steps", "description": "The configuration of every kind of step.", "$defs": definitions})
}

// document is the schema of a bot: its steps are a union by kind.
func (s *schemas) document() ([]byte, error) {
	definitions, err := s.definitions()
	if err != nil {
		return nil, err
	}
	document, err := s.object(bot.Document{})
	if err != nil {
		return nil, err
	}
	step, err := s.object(bot.Step{})
	if err != nil {
		return nil, err
	}
	var union []any
	for _, kind := range steps.Kinds() {
		union = append(union, stepOf(step, kind))
	}
	properties := document["properties"].(map[string]any)
	properties["steps"].(map[string]any)["items"] = map[string]any{"oneOf": union}
	properties["settings"] = map[string]any{"$ref": "#/$defs/settings", "description": properties["settings"].(map[string]any)["description"]}
	document["$schema"], document["title"], document["$defs"] = draft, "Bot document", definitions
	return write(document)
}

func stepOf(step map[string]any, kind steps.Kind) map[string]any {
	properties := map[string]any{}
	for name, property := range step["properties"].(map[string]any) {
		properties[name] = property
	}
	properties["kind"] = map[string]any{"const": kind.Name, "description": kind.Help}
	properties["config"] = map[string]any{"$ref": "#/$defs/" + kind.Name}
	return map[string]any{"type": "object", "title": kind.Title, "properties": properties, "required": []string{"id", "kind"}, "additionalProperties": false}
}

func write(v any) ([]byte, error) {
	data, err := json.MarshalIndent(v, "", "  ")
	return append(data, '\n'), err
}
