package steps

import "salesbot/bot"

// lintReach warns about steps to which no way leads.
func lintReach(doc bot.Document, graph Graph, _ Env) []Issue {
	if _, ok := graph.Steps[doc.Start]; !ok {
		return nil
	}
	var issues []Issue
	reachable := graph.Reachable(doc.Start)
	for _, step := range doc.Steps {
		if !reachable[step.ID] {
			issues = append(issues, warning("unreachable", step.ID, "", "lead an exit to it, or remove it", "no way leads to the step from the start"))
		}
	}
	return issues
}
