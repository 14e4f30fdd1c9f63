package steps

import (
	"strings"

	"salesbot/bot"
)

// lintCycles refuses loops that never wait, for they would run until the loop guard stops them, and warns about loops
// that wait for time only: they go on writing to a client who never answers.
func lintCycles(_ bot.Document, graph Graph, _ Env) []Issue {
	var issues []Issue
	endless := map[string]bool{}
	for _, cycle := range graph.Cycles(WaitNone) {
		for _, id := range cycle {
			endless[id] = true
		}
		issues = append(issues, failure("endless_loop", cycle[0], "exits", "put a pause or a question with quick replies into the loop",
			"the steps %s lead to one another without waiting", strings.Join(cycle, ", ")))
	}
	for _, cycle := range graph.Cycles(WaitTimer) {
		if !endless[cycle[0]] {
			issues = append(issues, warning("timer_loop", cycle[0], "exits", "leave the loop after a while, or wait for the client's message in it",
				"the steps %s repeat for ever if the client never answers", strings.Join(cycle, ", ")))
		}
	}
	return issues
}
