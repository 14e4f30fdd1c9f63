package activities

import (
	"sync"

	"salesbot/bot"
)

// mostAnswers bounds what is remembered during an outage.
const mostAnswers = 10_000

// answers are how calls of providers ended that could not be recorded yet. If Temporal is away together with our own database,
// the attempt's result gets nowhere, and the next attempt, in this process, would not know what this one knew.
type answers struct {
	mu     sync.Mutex
	byCall map[string]bot.Handed
}

func (a *answers) keep(h bot.Handed) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.byCall == nil || len(a.byCall) >= mostAnswers { // those of the beginning have most likely been recorded elsewhere
		a.byCall = map[string]bot.Handed{}
	}
	a.byCall[h.Call] = h
}

func (a *answers) of(call string) (bot.Handed, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	h, ok := a.byCall[call]
	return h, ok
}

func (a *answers) forget(call string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.byCall, call)
}
