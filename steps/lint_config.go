package steps

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"salesbot/bot"
)

// lintConfigs checks each step's kind and configuration: against the schema, and by the step's own rules.
func lintConfigs(doc bot.Document, _ Graph, env Env) []Issue {
	var issues []Issue
	for _, step := range doc.Steps {
		issues = append(issues, lintConfig(step, env)...)
	}
	return issues
}

func lintConfig(step bot.Step, env Env) []Issue {
	if _, ok := Lookup(step.Kind); !ok {
		return []Issue{failure("unknown_kind", step.ID, "kind", "choose one of "+kindNames(), "there is no kind of step %q", step.Kind)}
	}
	config := step.Config
	if len(config) == 0 {
		config = json.RawMessage("{}")
	}
	if issues := schemaIssues(step.Kind, step.ID, "config", config); len(issues) > 0 {
		return issues
	}
	decoded, err := Decode(step)
	if err != nil {
		return []Issue{failure("bad_config", step.ID, "config", "see "+step.Kind+" in docs/steps.md", "%s", errors.Unwrap(err))}
	}
	checker, ok := decoded.(Checker)
	if !ok {
		return nil
	}
	var issues []Issue
	for _, p := range checker.Check(env) {
		issues = append(issues, p.issue(step.ID))
	}
	return issues
}

func (p Problem) issue(step string) Issue {
	issue := Issue{Level: LevelError, Code: p.Code, Step: step, Path: "config." + p.Path, Message: p.Message, Fix: p.Fix}
	if p.Warning {
		issue.Level = LevelWarning
	}
	return issue
}

func kindNames() string {
	var names []string
	for _, kind := range Kinds() {
		names = append(names, kind.Name)
	}
	return strings.Join(names, ", ")
}

// duplicates finds ids that occur twice in a list of the configuration.
func duplicates(list string, n int, id func(i int) string) []Problem {
	var problems []Problem
	seen := map[string]bool{}
	for i := range n {
		if seen[id(i)] {
			problems = append(problems, Problem{Code: "duplicate_id", Path: fmt.Sprintf("%s.%d.id", list, i), Message: fmt.Sprintf("the id %q is used twice", id(i)), Fix: "give each an id of its own"})
		}
		seen[id(i)] = true
	}
	return problems
}

// checkSubject: a subject that is a bare name may have been misspelt into a fixed text, which is never worth comparing.
func checkSubject(env Env, path, subject string) []Problem {
	names := bot.Names(asTemplate(subject))
	if len(names) == 0 {
		return []Problem{{Code: "bad_placeholder", Path: path, Message: fmt.Sprintf("%q is a fixed text", subject), Fix: "name a value, such as {{message_text}} or {{lead.tags}}"}}
	}
	card, key, ok := bot.FieldName(subject)
	if ok && !env.HasField(card, key) {
		return []Problem{{Code: "unknown_field", Path: path, Message: fmt.Sprintf("a %s has no custom field %s", card, key), Fix: "choose one of its custom fields"}}
	}
	return nil
}

func checkPattern(path, pattern string) []Problem {
	if _, err := bot.CompilePattern(pattern); err != nil {
		return []Problem{{Code: "bad_pattern", Path: path, Message: err.Error(), Fix: `correct it; for example /^\d{5}$/ is five digits`}}
	}
	return nil
}
