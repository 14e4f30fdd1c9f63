package workflows

import (
	"cmp"
	"slices"

	"go.temporal.io/sdk/workflow"

	"salesbot/bot"
)

// mailbox brings the signals, each of which has a channel of its own, back into the one order in which they were written.
type mailbox struct {
	selector workflow.Selector
	drain    []func()
	letters  []letter
	// nudges wake the conversation when one of its runs has parked or ended.
	nudges workflow.Channel
	taken  int
}

type letter struct {
	mail bot.Mail
	body any
}

func openMailbox(ctx workflow.Context) *mailbox {
	m := &mailbox{selector: workflow.NewNamedSelector(ctx, "mailbox"), nudges: workflow.NewNamedBufferedChannel(ctx, "nudges", 1)}
	listen(ctx, m, bot.SignalMessage, "a message of the client's or a manager's", func(v bot.Message) bot.Mail { return v.Mail })
	listen(ctx, m, bot.SignalLaunch, "starts a run", func(v bot.Launch) bot.Mail { return v.Mail })
	listen(ctx, m, bot.SignalControl, "stop, pause, resume, skip, go to a step, take over, hand back", func(v bot.Control) bot.Mail { return v.Mail })
	listen(ctx, m, bot.SignalAnswer, "a person's or a service's answer to a waiting step", func(v bot.Answer) bot.Mail { return v.Mail })
	listen(ctx, m, bot.SignalReceipt, "what became of a message", func(v bot.Receipt) bot.Mail { return v.Mail })
	m.selector.AddReceive(m.nudges, func(c workflow.ReceiveChannel, _ bool) { c.ReceiveAsync(nil) })
	return m
}

func listen[T any](ctx workflow.Context, m *mailbox, signal, description string, mail func(T) bot.Mail) {
	channel := workflow.GetSignalChannelWithOptions(ctx, signal, workflow.SignalChannelOptions{Description: description})
	receive := func() bool {
		var body T
		if !channel.ReceiveAsync(&body) {
			return false
		}
		m.letters = append(m.letters, letter{mail: mail(body), body: body})
		m.taken++
		return true
	}
	m.selector.AddReceive(channel, func(workflow.ReceiveChannel, bool) { receive() })
	m.drain = append(m.drain, func() {
		for receive() {
		}
	})
}

// put adds mail that came by another way than a signal.
func (m *mailbox) put(l bot.Letter) {
	switch body := l.(type) {
	case *bot.Message:
		m.letters = append(m.letters, letter{mail: body.Mail, body: *body})
	case *bot.Launch:
		m.letters = append(m.letters, letter{mail: body.Mail, body: *body})
	case *bot.Control:
		m.letters = append(m.letters, letter{mail: body.Mail, body: *body})
	case *bot.Answer:
		m.letters = append(m.letters, letter{mail: body.Mail, body: *body})
	case *bot.Receipt:
		m.letters = append(m.letters, letter{mail: body.Mail, body: *body})
	}
}

// wait returns when there may be mail or a run has moved.
func (m *mailbox) wait(ctx workflow.Context) { m.selector.Select(ctx) }

// collect takes all mail that has arrived, in the order in which it was written.
func (m *mailbox) collect() []letter {
	for _, drain := range m.drain {
		drain()
	}
	letters := m.letters
	m.letters = nil
	slices.SortStableFunc(letters, func(a, b letter) int { return cmp.Compare(a.mail.Seq, b.mail.Seq) })
	return letters
}

// nudge makes wait return.
func (m *mailbox) nudge() { m.nudges.SendAsync(nil) }
