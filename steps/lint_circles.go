package steps

import (
	"fmt"
	"strings"
)

// lintCircles refuses a bot that comes back to itself by way of others, or by starting itself, while nothing on the way
// waits: the limits of circles would have to end it, with a client who got its messages ten times. Circles that wait for
// time only go on writing to a client who never answers.
func lintCircles(a *account) []Issue {
	if a.env.Self == 0 || a.env.Document == nil {
		return nil
	}
	if bots, step := a.circle(WaitNone); bots != nil {
		return []Issue{failure("bot_circle", step, "", "put a pause or a question into one of them, or take a trigger away",
			"the bots launch one another in a circle without waiting: %s", a.names(bots))}
	}
	if bots, step := a.circle(WaitTimer); bots != nil {
		return []Issue{warning("timer_circle", step, "", "leave the circle after a while, or wait for the client's message in it",
			"the bots launch one another for ever if the client never answers: %s", a.names(bots))}
	}
	return nil
}

func (a *account) names(bots []int64) string {
	names := make([]string, len(bots))
	for i, id := range bots {
		if names[i] = a.docs[id].Name; names[i] == "" {
			names[i] = fmt.Sprintf("bot %d", id)
		}
	}
	return strings.Join(names, " → ")
}
