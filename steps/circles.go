package steps

import (
	"slices"

	"salesbot/bot"
)

// Starter is a step that runs another bot and goes on when that one has ended.
type Starter interface {
	Starts() (botID int64)
}

// Mover is a step that moves the lead, which may launch the bots whose trigger stands there.
type Mover interface {
	// MovesTo are the places to which it may lead from there; nil if that is known only when it runs.
	MovesTo(pipelines []Pipeline, from Place) []Place
}

// Place is where a lead stands; zero is unknown.
type Place struct{ PipelineID, StageID int64 }

// StageTrigger launches a bot on a lead that is moved there; 0 is any.
type StageTrigger struct{ BotID, PipelineID, StageID int64 }

func (t StageTrigger) at(p Place) bool {
	return (t.PipelineID == 0 || t.PipelineID == p.PipelineID) && (t.StageID == 0 || t.StageID == p.StageID)
}

// account reads bots' documents as one graph: what starts what, and what waits on the way.
type account struct {
	env    Env
	own    bot.Document
	graphs map[int64]Graph
	docs   map[int64]bot.Document
	waits  map[int64]Waiting
	moves  map[int64]bool
}

func newAccount(own bot.Document, env Env) *account {
	return &account{env: env, own: own, graphs: map[int64]Graph{}, docs: map[int64]bot.Document{}, waits: map[int64]Waiting{}, moves: map[int64]bool{}}
}

// ownGraph is the graph of the document that is looked at. It need not have a bot yet.
func (a *account) ownGraph() Graph {
	if a.env.Self == 0 {
		return a.await(NewGraph(a.own))
	}
	graph, _ := a.graph(a.env.Self)
	return graph
}

// graph reads a bot, the one that is looked at as its document would have it.
func (a *account) graph(id int64) (Graph, bool) {
	if graph, ok := a.graphs[id]; ok {
		return graph, true
	}
	doc, ok := a.own, id == a.env.Self && id != 0
	if !ok && a.env.Document != nil {
		doc, ok = a.env.Document(id)
	}
	if !ok {
		return Graph{}, false
	}
	a.docs[id] = doc
	graph := NewGraph(doc)
	a.graphs[id] = graph // so that a circle finds it
	a.graphs[id] = a.await(graph)
	return a.graphs[id], true
}

// await says of the steps that start bots how those wait.
func (a *account) await(graph Graph) Graph {
	for id, edges := range graph.Edges {
		starter, ok := graph.Configs[id].(Starter)
		for i := 0; ok && i < len(edges); i++ {
			edges[i].Waits = a.wait(starter.Starts())
		}
	}
	return graph
}

// wait is the least that a bot waits for before it ends; one that is not known is thought to wait for a person.
func (a *account) wait(id int64) Waiting {
	if waits, ok := a.waits[id]; ok {
		return waits
	}
	a.waits[id] = WaitPerson // what comes back to itself does not end
	graph, ok := a.graph(id)
	if !ok {
		return WaitPerson
	}
	for _, most := range []Waiting{WaitNone, WaitTimer} {
		if a.ends(graph, a.docs[id].Start, most, map[string]bool{}) {
			a.waits[id] = most
			break
		}
	}
	return a.waits[id]
}

// ends says that a run may come from the step to its end while it waits for no more than most. A failure that nobody
// thought of, which any step may have, is not looked at: else every bot would end without waiting.
func (a *account) ends(graph Graph, id string, most Waiting, seen map[string]bool) bool {
	step, exists := graph.Steps[id]
	if !exists || seen[id] {
		return !exists
	}
	seen[id] = true
	kind, _ := Lookup(step.Kind)
	config, ok := graph.Configs[id]
	if !ok {
		return true // a step that can't be read ends its run
	}
	exits := ExitsOf(kind, config)
	if len(exits)+len(graph.Edges[id]) == 0 {
		return true
	}
	for _, exit := range exits {
		if step.Exits[exit.Name] == "" && exit.Name != exitFailed && a.waitsAt(step, config, exit.Name) <= most {
			return true
		}
	}
	return slices.ContainsFunc(graph.Edges[id], func(e Edge) bool { return e.Waits <= most && a.ends(graph, e.To, most, seen) })
}

func (a *account) waitsAt(step bot.Step, config Step, exit string) Waiting {
	if starter, ok := config.(Starter); ok {
		return a.wait(starter.Starts())
	}
	return waitAt(step, config, exit)
}

// moved says that the bot, or one that it starts, may move the lead.
func (a *account) moved(id int64) bool {
	if moved, ok := a.moves[id]; ok {
		return moved
	}
	a.moves[id] = false
	graph, _ := a.graph(id)
	for _, config := range graph.Configs {
		_, moves := config.(Mover)
		starter, starts := config.(Starter)
		if moves || starts && a.moved(starter.Starts()) {
			a.moves[id] = true
		}
	}
	return a.moves[id]
}

// beginning is a bot at its start, with the lead at a place.
type beginning struct {
	bot int64
	at  Place
}

// launch is how one bot leads to another: the step that does it.
type launch struct {
	step string
	to   beginning
}

// launches are the bots to which a bot leads while it waits for no more than most.
func (a *account) launches(from beginning, most Waiting) []launch {
	graph, ok := a.graph(from.bot)
	if !ok {
		return nil
	}
	type stand struct {
		step string
		at   Place
	}
	var found []launch
	seen := map[stand]bool{}
	var visit func(s stand)
	visit = func(s stand) {
		if _, exists := graph.Steps[s.step]; !exists || seen[s] {
			return
		}
		seen[s] = true
		places := a.after(graph.Configs[s.step], s.at)
		found = append(found, a.launchedBy(s.step, graph.Configs[s.step], s.at, places)...)
		for _, edge := range graph.Edges[s.step] {
			if edge.Waits > most {
				continue
			}
			for _, at := range places {
				visit(stand{edge.To, at})
			}
		}
	}
	visit(stand{a.docs[from.bot].Start, from.at})
	return found
}

// after are the places at which the lead may stand when the step is over.
func (a *account) after(config Step, at Place) []Place {
	if mover, ok := config.(Mover); ok {
		if places := mover.MovesTo(a.env.Pipelines, at); len(places) > 0 {
			return places
		}
		return []Place{{}}
	}
	if starter, ok := config.(Starter); ok && a.moved(starter.Starts()) {
		return []Place{{}}
	}
	return []Place{at}
}

// launchedBy are the bots that the step itself launches. A lead that stands there already is not moved.
func (a *account) launchedBy(step string, config Step, at Place, places []Place) []launch {
	var found []launch
	if starter, ok := config.(Starter); ok {
		found = append(found, launch{step, beginning{starter.Starts(), at}})
	}
	if _, ok := config.(Mover); !ok {
		return found
	}
	for _, place := range places {
		for _, t := range a.env.StageTriggers {
			if place != at && place != (Place{}) && t.at(place) {
				found = append(found, launch{step, beginning{t.BotID, place}})
			}
		}
	}
	return found
}

// circle finds a way from the bot that is looked at back to itself: the bots on it, and the step with which it begins.
func (a *account) circle(most Waiting) (bots []int64, step string) {
	start := beginning{bot: a.env.Self}
	begun := []beginning{start}
	for to := range a.reach(start, most) {
		if to.bot == start.bot && to != start {
			begun = append(begun, to)
		}
	}
	slices.SortFunc(begun, func(a, b beginning) int {
		return slices.Compare([]int64{a.at.PipelineID, a.at.StageID}, []int64{b.at.PipelineID, b.at.StageID})
	})
	for _, from := range begun {
		way, ok := a.reach(from, most)[from]
		if !ok {
			continue
		}
		bots = []int64{from.bot}
		for _, l := range way {
			bots = append(bots, l.to.bot)
		}
		return bots, way[0].step
	}
	return nil, ""
}

// reach finds the shortest ways from a beginning to all that it leads to.
func (a *account) reach(from beginning, most Waiting) map[beginning][]launch {
	ways := map[beginning][]launch{}
	next := []beginning{from}
	for len(next) > 0 {
		at := next[0]
		next = next[1:]
		for _, l := range a.launches(at, most) {
			if _, known := ways[l.to]; known {
				continue
			}
			ways[l.to] = append(slices.Clone(ways[at]), l)
			next = append(next, l.to)
		}
	}
	return ways
}
