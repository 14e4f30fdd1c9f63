package steps

import (
	"maps"
	"slices"

	"salesbot/bot"
)

// Waiting is what was waited for before a step is left by an exit.
type Waiting int

// The ways of waiting: not at all, only for a time, for a person who has to act.
const (
	WaitNone Waiting = iota
	WaitTimer
	WaitPerson
)

// Waiter is a step that may wait. Without it a step of a kind with Waits counts as waiting for a person.
type Waiter interface {
	WaitAt(exit string) Waiting
}

// Edge leads from a step by an exit to another step, which may be missing from the document.
type Edge struct {
	From, Exit, To string
	Waits          Waiting
	// Linked says that the step's configuration leads there, not an exit.
	Linked bool
}

// Graph is a document with its ways resolved.
type Graph struct {
	Steps map[string]bot.Step
	// Edges are the ways out of each step, by exit.
	Edges map[string][]Edge
	// Configs are the decoded configurations; one that can't be decoded is absent.
	Configs map[string]Step
}

// NewGraph resolves a document's exits and links.
func NewGraph(doc bot.Document) Graph {
	g := Graph{Steps: map[string]bot.Step{}, Edges: map[string][]Edge{}, Configs: map[string]Step{}}
	for _, step := range doc.Steps {
		g.Steps[step.ID] = step
		config, err := Decode(step)
		if err == nil {
			g.Configs[step.ID] = config
		}
		g.Edges[step.ID] = edges(step, config)
	}
	return g
}

func edges(step bot.Step, config Step) []Edge {
	var list []Edge
	for _, exit := range slices.Sorted(maps.Keys(step.Exits)) {
		if to := step.Exits[exit]; to != "" {
			list = append(list, Edge{From: step.ID, Exit: exit, To: to, Waits: waitAt(step, config, exit)})
		}
	}
	if linker, ok := config.(Linker); ok {
		links := linker.Links()
		for _, exit := range slices.Sorted(maps.Keys(links)) {
			list = append(list, Edge{From: step.ID, Exit: exit, To: links[exit], Linked: true, Waits: waitAt(step, config, exit)})
		}
	}
	return list
}

func waitAt(step bot.Step, config Step, exit string) Waiting {
	if waiter, ok := config.(Waiter); ok {
		return waiter.WaitAt(exit)
	}
	if kind, ok := Lookup(step.Kind); ok && kind.Waits {
		return WaitPerson
	}
	return WaitNone
}

// Reachable is the set of steps that a run can come to from a step.
func (g Graph) Reachable(start string) map[string]bool {
	seen := map[string]bool{}
	var visit func(id string)
	visit = func(id string) {
		if _, exists := g.Steps[id]; !exists || seen[id] {
			return
		}
		seen[id] = true
		for _, edge := range g.Edges[id] {
			visit(edge.To)
		}
	}
	visit(start)
	return seen
}

// Cycles finds the loops that wait no longer than most on any of their edges, each as the ids of its steps: sets of
// steps that lead to one another (strongly connected components; Tarjan, 1972).
func (g Graph) Cycles(most Waiting) [][]string {
	t := tarjan{graph: g, most: most, index: map[string]int{}, low: map[string]int{}, onStack: map[string]bool{}}
	for _, id := range slices.Sorted(maps.Keys(g.Steps)) {
		if t.index[id] == 0 {
			t.visit(id)
		}
	}
	return t.cycles
}

type tarjan struct {
	graph   Graph
	most    Waiting
	count   int
	index   map[string]int
	low     map[string]int
	onStack map[string]bool
	stack   []string
	cycles  [][]string
}

func (t *tarjan) visit(id string) {
	t.count++
	t.index[id], t.low[id] = t.count, t.count
	t.stack, t.onStack[id] = append(t.stack, id), true
	loops := false
	for _, edge := range t.graph.Edges[id] {
		if _, exists := t.graph.Steps[edge.To]; !exists || edge.Waits > t.most {
			continue
		}
		loops = loops || edge.To == id
		if t.index[edge.To] == 0 {
			t.visit(edge.To)
			t.low[id] = min(t.low[id], t.low[edge.To])
		} else if t.onStack[edge.To] {
			t.low[id] = min(t.low[id], t.index[edge.To])
		}
	}
	if t.low[id] == t.index[id] {
		t.pop(id, loops)
	}
}

func (t *tarjan) pop(id string, loops bool) {
	at := slices.Index(t.stack, id)
	component := slices.Sorted(slices.Values(t.stack[at:]))
	t.stack = t.stack[:at]
	for _, member := range component {
		t.onStack[member] = false
	}
	if len(component) > 1 || loops {
		t.cycles = append(t.cycles, component)
	}
}
