package steps

import (
	"fmt"
	"regexp"
	"unicode/utf8"

	"salesbot/bot"
)

var stepID = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,39}$`)

// lintDocument checks what belongs to no step: format, name, size, start, settings, and that the steps' ids are good.
func lintDocument(doc bot.Document, graph Graph, _ Env) []Issue {
	var issues []Issue
	if doc.Schema < 1 || doc.Schema > bot.DocumentSchema {
		issues = append(issues, failure("bad_schema", "", "schema", fmt.Sprintf("set it to %d", bot.DocumentSchema), "schema is %d, which this version can't read", doc.Schema))
	}
	if n := utf8.RuneCountInString(doc.Name); n < 1 || n > 100 {
		issues = append(issues, failure("bad_name", "", "name", "give the bot a name of 1 to 100 characters", "the name has %d characters", n))
	}
	if n := size(doc); n > MaxDocument {
		issues = append(issues, failure("too_large", "", "", "move a part of it to another bot and start that with start_bot", "the document has %d bytes; at most %d are allowed", n, MaxDocument))
	}
	issues = append(issues, lintStart(doc, graph)...)
	issues = append(issues, lintIDs(doc)...)
	return append(issues, schemaIssues("settings", "", "settings", doc.Settings)...)
}

func lintStart(doc bot.Document, graph Graph) []Issue {
	if len(doc.Steps) == 0 {
		return []Issue{failure("no_steps", "", "steps", "add a step", "the bot has no steps")}
	}
	if doc.Start == "" {
		return []Issue{failure("no_start", "", "start", "name the first step in start", "it is not said where a run begins")}
	}
	if _, ok := graph.Steps[doc.Start]; !ok {
		return []Issue{failure("no_start", "", "start", "name a step that exists, or add it", "the start %q is no step", doc.Start)}
	}
	return nil
}

func lintIDs(doc bot.Document) []Issue {
	var issues []Issue
	seen := map[string]bool{}
	for i, step := range doc.Steps {
		path := fmt.Sprintf("steps.%d.id", i)
		if !stepID.MatchString(step.ID) {
			issues = append(issues, failure("bad_id", step.ID, path, "use 1 to 40 of a-z, 0-9, _ and -, beginning with a letter", "%q is no step id", step.ID))
		}
		if seen[step.ID] {
			issues = append(issues, failure("duplicate_id", step.ID, path, "give each step an id of its own", "another step has the id %q, too", step.ID))
		}
		seen[step.ID] = true
	}
	return issues
}
