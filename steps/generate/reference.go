package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"salesbot/bot"
	"salesbot/steps"
)

const intro = `
<!-- Generated from the catalogue by "make generate"; change the comments in steps/ instead. -->
# The steps

A bot is a graph of steps. Each step has an id, a kind, a configuration and exits; an exit leads to the id of the next
step, and one that leads nowhere ends the run. This page lists every kind.

Texts may hold placeholders: ` + "`{{contact.first_name|there}}`" + ` is the first name, or "there" if it is empty. Without a
default an empty value gives nothing. The names are listed at the end.

A change that is refused (the stage was deleted, the lead has no company) leaves by the exit "failed"; if that leads
nowhere, the run ends as failed and says why.

The limits below are those of what is written here. What the placeholders make of it may be as long as its place holds: a message's
text 4096 characters, a button's 80, its address 2048, a note, a task or a field 65,535 (a name 250), a tag 256, a webhook's address and each of its
headers 8000, its body a million bytes. What is longer is not cut, and nothing of the step is done: that is a refusal, too, which names the field
and its limit. Compared texts (conditions, validations) have no such limit.
`

// reference is the page of all kinds: options with their limits, exits and an example.
func (s *schemas) reference() []byte {
	var b bytes.Buffer
	for _, kind := range steps.Kinds() {
		fmt.Fprintf(&b, "\n## %s\n\n**%s** (%s). %s\n", kind.Name, kind.Title, kind.Group, kind.Help)
		object, err := s.object(kind.New())
		if err != nil {
			panic(err) // definitions() has reflected the same type already
		}
		b.WriteString("\n| option | type | limits | meaning |\n|---|---|---|---|\n")
		options(&b, "", object)
		fmt.Fprintf(&b, "\nExits of the example: %s.\n\n```json\n%s\n```\n", exitList(kind), indent(kind.Example))
	}
	fmt.Fprintf(&b, "\n## Placeholders\n\n`%s`;\nthe fields `lead.cf.ID`, `contact.cf.CODE`, `company.cf.ID`; "+
		"`json.KEY`, from a webhook's answer; `var.NAME`, a value of the run;\n`secret.NAME`, a secret of the account, only in what a webhook sends.\n", strings.Join(bot.AllNames(), "`, `"))
	return b.Bytes()
}

func options(b *bytes.Buffer, prefix string, object map[string]any) {
	properties, _ := object["properties"].(map[string]any)
	required, _ := object["required"].([]any)
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		property, ok := properties[name].(map[string]any)
		if !ok {
			property = map[string]any{} // true: any JSON value
		}
		limits := limitsOf(property)
		if slices.Contains(required, any(name)) {
			limits = append([]string{"required"}, limits...)
		}
		fmt.Fprintf(b, "| `%s%s` | %s | %s | %s |\n", prefix, name, typeOf(property), cell(strings.Join(limits, ", ")), cell(text(property["description"])))
		options(b, prefix+name+".", property)
		if items, ok := property["items"].(map[string]any); ok {
			options(b, prefix+name+"[].", items)
		}
	}
}

func typeOf(property map[string]any) string {
	kind := text(property["type"])
	switch items, _ := property["items"].(map[string]any); {
	case kind == "":
		return "any"
	case items != nil:
		return "list of " + text(items["type"])
	}
	return kind
}

func limitsOf(property map[string]any) []string {
	var limits []string
	if values, ok := property["enum"].([]any); ok {
		words := make([]string, len(values))
		for i, v := range values {
			words[i] = fmt.Sprintf("`%v`", v)
		}
		limits = append(limits, "one of "+strings.Join(words, " "))
	}
	for _, l := range []struct{ key, word string }{
		{"minimum", "≥"}, {"maximum", "≤"}, {"minLength", "characters ≥"}, {"maxLength", "characters ≤"},
		{"minItems", "items ≥"}, {"maxItems", "items ≤"}, {"pattern", "like"}, {"default", "default"},
	} {
		if v, ok := property[l.key]; ok {
			limits = append(limits, fmt.Sprintf("%s `%v`", l.word, v))
		}
	}
	return limits
}

func exitList(kind steps.Kind) string {
	config, err := steps.Decode(bot.Step{ID: "example", Kind: kind.Name, Config: json.RawMessage(kind.Example)})
	if err != nil {
		return "none"
	}
	var names []string
	for _, exit := range steps.ExitsOf(kind, config) {
		names = append(names, fmt.Sprintf("`%s` (%s)", exit.Name, exit.Title))
	}
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

func indent(example string) string {
	var b bytes.Buffer
	if err := json.Indent(&b, []byte(example), "", "  "); err != nil {
		return example
	}
	return b.String()
}

// cell keeps a text from ending the table's column.
func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

func text(v any) string {
	s, _ := v.(string)
	return s
}
