package workflows

import (
	"slices"

	"go.temporal.io/sdk/workflow"

	"salesbot/bot"
)

// message gives a client's message to the run that it is for, and tells the runs of the chat what a manager wrote.
func (c *conversation) message(m bot.Message) {
	c.join(m.ChatID)
	if m.FromManager {
		for _, r := range c.inChat(m.ChatID) {
			r.managerWrote(m)
		}
		return
	}
	if r := c.listener(m); r != nil {
		r.deliver(m)
		return
	}
	runs := c.inChat(m.ChatID)
	for _, r := range runs {
		if !r.heldAt(m.At) {
			r.overhear(m)
		}
	}
	if len(runs) == 0 {
		c.state.Unheard = append(c.state.Unheard, m)
	}
}

// giveBack returns the messages to the store that came when the last run of their chat was just ending: the store saw
// a run alive when it took them in, and launched no bot for them.
func (c *conversation) giveBack(ctx workflow.Context) {
	for len(c.state.Unheard) > 0 && !c.keeper.outdated {
		m := c.state.Unheard[0]
		c.state.Unheard = c.state.Unheard[1:]
		err := c.change(ctx, nil, bot.Progress{}, nil, func(ctx workflow.Context, p bot.Progress) error {
			ctx = withOwnData(ctx, "Look for a bot for a message that came too late")
			return workflow.ExecuteLocalActivity(ctx, act.Unheard, m, p.Keep).Get(ctx, nil)
		})
		if err != nil && !isOutdated(err) {
			c.log.Error("give a message back", "message", m.ID, "error", err)
		}
	}
}

// listener is the run that a chat's message belongs to: the newest that waits for one, or else the newest whose step
// is busy, for whose next wait the message is kept. Held runs neither listen nor note: a person talks.
func (c *conversation) listener(m bot.Message) *run {
	var busy *run
	for _, r := range slices.Backward(c.inChat(m.ChatID)) {
		switch {
		case r.heldAt(m.At):
		case r.waitsForMessage():
			return r
		case busy == nil && (!r.parked || r.leaving(m.At)):
			busy = r
		}
	}
	return busy
}

// join: a run that has no chat yet takes the first one in which somebody writes.
func (c *conversation) join(chatID string) {
	for _, r := range c.runs {
		if r.state.Launch.ChatID == "" && !r.ended && !r.lost {
			r.state.Launch.ChatID = chatID
		}
	}
}

// inChat are the runs that talk in the chat, and those that have no chat yet and would take it.
func (c *conversation) inChat(chatID string) []*run {
	var runs []*run
	for _, r := range c.runs {
		if !r.ended && !r.lost && (r.state.Launch.ChatID == "" || r.state.Launch.ChatID == chatID) {
			runs = append(runs, r)
		}
	}
	return runs
}

func (c *conversation) control(command bot.Control) {
	for _, r := range c.runs {
		if !r.ended && (command.RunID == 0 || command.RunID == r.state.Launch.RunID) {
			r.obey(command)
		}
	}
}

func (c *conversation) answer(a bot.Answer) {
	if r := c.find(a.RunID); r != nil && r.state.Wait != nil && r.state.Wait.Answer && r.state.Visit == a.Visit {
		r.offer(bot.Event{Kind: bot.EventAnswer, Answer: &a}, a.At)
	}
}

// receipt goes to every run that waits for such news; one that names a message gets only that message's.
func (c *conversation) receipt(receipt bot.Receipt) {
	for _, r := range c.runs {
		wait := r.state.Wait
		if r.ended || wait == nil || !slices.Contains(wait.Receipts, receipt.Kind) {
			continue
		}
		if (wait.MessageID != "" && wait.MessageID != receipt.MessageID) || (receipt.RunID != 0 && receipt.RunID != r.state.Launch.RunID) {
			continue
		}
		r.offer(bot.Event{Kind: bot.EventReceipt, Receipt: &receipt}, receipt.At)
	}
}

// claim settles who owns the chat's next message. The newer run wins: older ones that wait for it are replaced, and a
// run that a newer one is ahead of gives way itself. A bot that queues takes nothing from an older one.
func (c *conversation) claim(r *run) {
	for _, other := range c.rivals(r) {
		newer, older := r.root(), other.root()
		by := r
		if newer.state.Launch.RunID < older.state.Launch.RunID {
			newer, older = older, newer
			by = other
		}
		if by.state.Settings.OnConflict != bot.ConflictQueue {
			older.replace(newer)
		}
	}
}

// rivals are other runs that wait for the same chat's message. A run never rivals those that started it.
func (c *conversation) rivals(r *run) []*run {
	var rivals []*run
	for _, other := range c.inChat(r.state.Launch.ChatID) {
		if other != r && other.state.Wait != nil && other.state.Wait.Message && other.root() != r.root() {
			rivals = append(rivals, other)
		}
	}
	return rivals
}
