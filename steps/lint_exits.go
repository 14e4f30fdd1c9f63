package steps

import (
	"slices"
	"strings"

	"salesbot/bot"
)

// lintExits checks that exits have names that their step has, and lead to steps that exist; and that a question's
// other ways out are connected.
func lintExits(doc bot.Document, graph Graph, _ Env) []Issue {
	var issues []Issue
	for _, step := range doc.Steps {
		for _, edge := range graph.Edges[step.ID] {
			if _, ok := graph.Steps[edge.To]; !ok {
				issues = append(issues, nowhere(edge))
			}
		}
		if config, ok := graph.Configs[step.ID]; ok {
			issues = append(issues, lintNames(step, config)...)
			issues = append(issues, lintUnconnected(step, config)...)
		}
	}
	return issues
}

func nowhere(edge Edge) Issue {
	path := "exits." + edge.Exit
	if edge.Linked {
		path = "config.step"
	}
	return failure("exit_to_nowhere", edge.From, path, "lead it to a step that exists, or remove it to end the run there", "the exit leads to %q, which is no step", edge.To)
}

func lintNames(step bot.Step, config Step) []Issue {
	kind, _ := Lookup(step.Kind)
	exits := ExitsOf(kind, config)
	var issues []Issue
	for _, name := range sortedKeys(step.Exits) {
		if !slices.ContainsFunc(exits, func(e Exit) bool { return e.Name == name }) {
			issues = append(issues, failure("unknown_exit", step.ID, "exits."+name, "use "+exitNames(exits), "the step has no exit %q", name))
		}
	}
	return issues
}

func exitNames(exits []Exit) string {
	if len(exits) == 0 {
		return "none: a step of this kind has no exits"
	}
	names := make([]string, len(exits))
	for i, e := range exits {
		names[i] = e.Name
	}
	return strings.Join(names, ", ")
}

// lintUnconnected warns about the ways that authors forget. Any other open exit ends the run, and that is often meant.
func lintUnconnected(step bot.Step, config Step) []Issue {
	var issues []Issue
	for _, exit := range ExitsOf(Kind{}, config) {
		if step.Exits[exit.Name] != "" {
			continue
		}
		switch exit.Name {
		case "other":
			issues = append(issues, warning("other_exit", step.ID, "exits.other", "connect the exit \"other\", for example to a message that asks again", "an answer that is none of the buttons ends the run"))
		case "silent":
			if m, ok := config.(*Message); ok && m.NoAnswerAfter != nil {
				issues = append(issues, warning("no_answer_exit", step.ID, "exits.silent", "connect the exit \"silent\"", "no answer ends the run"))
			}
		}
	}
	return issues
}
