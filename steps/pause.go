package steps

import (
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/workflow"

	"salesbot/bot"
)

func init() {
	register(Kind{
		Name: "pause", Title: "Pause", Group: "Flow", Waits: true,
		Help:    "Waits for a message, for a time, for working hours or for a video; the first that comes decides the exit.",
		Example: `{"waits":[{"id":"reply","on":"message"},{"id":"later","on":"timer","hours":72}]}`,
		New:     func() Step { return new(Pause) },
	})
}

// WaitKind is what a pause waits for.
type WaitKind string

// The waits (Salesbot guide, Pause).
const (
	OnMessage     WaitKind = "message"
	OnTimer       WaitKind = "timer"
	OnDutyHours   WaitKind = "duty_hours"
	OnVideoOpened WaitKind = "video_opened"
	OnVideoClosed WaitKind = "video_closed"
)

// Pause holds the run until the first of its waits is over.
type Pause struct {
	// What the bot waits for; the first that happens wins.
	Waits []PauseWait `json:"waits" jsonschema:"minItems=1,maxItems=5"`
}

// PauseWait is one thing to wait for.
type PauseWait struct {
	// Names the exit of the wait: a-z, 0-9, _ and -, at most 32.
	ID string `json:"id" jsonschema:"pattern=^[a-z0-9][a-z0-9_-]{0\\,31}$"`
	// A message of the client, a timer, working hours (goes on at once within them, else waits until they begin), or the opening or closing of a video that was sent (live chat only).
	On WaitKind `json:"on" jsonschema:"enum=message,enum=timer,enum=duty_hours,enum=video_opened,enum=video_closed"`
	Delay
}

// Exits are one a wait.
func (p *Pause) Exits() []Exit {
	exits := make([]Exit, len(p.Waits))
	for i, w := range p.Waits {
		exits[i] = Exit{Name: "wait:" + w.ID, Title: waitWords[w.On]}
	}
	return exits
}

var waitWords = map[WaitKind]string{
	OnMessage: "message", OnTimer: "timer", OnDutyHours: "working hours", OnVideoOpened: "video opened", OnVideoClosed: "video closed",
}

// WaitAt says what was waited for before that exit. Working hours may have begun already, so they are no sure wait.
func (p *Pause) WaitAt(exit string) Waiting {
	for _, w := range p.Waits {
		if "wait:"+w.ID != exit {
			continue
		}
		switch w.On {
		case OnTimer:
			return WaitTimer
		case OnDutyHours:
			return WaitNone
		}
	}
	return WaitPerson
}

// Run waits for the first.
func (p *Pause) Run(ctx workflow.Context, run Run) (string, error) {
	wait := bot.Wait{For: p.words()}
	for i := range p.Waits {
		w := &p.Waits[i]
		at, err := w.join(ctx, run, &wait)
		if err != nil {
			return "", err
		}
		if w.On == OnDutyHours && at.IsZero() {
			run.Note("within working hours")
			return "wait:" + w.ID, nil
		}
		if !at.IsZero() && (wait.Timed == "" || at.Before(wait.Until)) {
			wait.Until, wait.Timed = at, w.ID
		}
	}
	event, err := run.Await(ctx, wait)
	if err != nil {
		return "", err
	}
	return p.leave(event), nil
}

// join adds what w waits for to wait. A wait for a time returns that time instead; working hours that have begun have none.
func (w *PauseWait) join(ctx workflow.Context, run Run, wait *bot.Wait) (time.Time, error) {
	switch w.On {
	case OnMessage:
		wait.Message = true
	case OnTimer:
		return workflow.Now(ctx).Add(w.Duration()), nil
	case OnDutyHours:
		var hours bot.OpenHours
		if err := run.Change(ctx, "WorkingHours", struct{}{}, &hours); err != nil || hours.Open {
			return time.Time{}, err
		}
		return hours.Begins, nil
	case OnVideoOpened:
		wait.Receipts = append(wait.Receipts, bot.ReceiptVideoOpened)
	case OnVideoClosed:
		wait.Receipts = append(wait.Receipts, bot.ReceiptVideoClosed)
	}
	return time.Time{}, nil
}

// leave finds the wait that the event ended. A person who skips the pause skips to the end of its time. Which time ran
// the event says: a step that is run again after a continue-as-new can't know it, for its timers would begin anew.
func (p *Pause) leave(event bot.Event) string {
	switch event.Kind {
	case bot.EventMessage:
		return p.exitOn(OnMessage)
	case bot.EventReceipt:
		if event.Receipt.Kind == bot.ReceiptVideoOpened {
			return p.exitOn(OnVideoOpened)
		}
		return p.exitOn(OnVideoClosed)
	default:
		if event.Timed != "" {
			return "wait:" + event.Timed
		}
		return "wait:" + p.Waits[0].ID
	}
}

func (p *Pause) exitOn(kind WaitKind) string {
	for _, w := range p.Waits {
		if w.On == kind {
			return "wait:" + w.ID
		}
	}
	return ""
}

func (p *Pause) words() string {
	words := make([]string, len(p.Waits))
	for i, w := range p.Waits {
		words[i] = waitWords[w.On]
	}
	return strings.Join(words, " or ")
}

// Check finds what the schema can't say.
func (p *Pause) Check(Env) []Problem {
	problems := duplicates("waits", len(p.Waits), func(i int) string { return p.Waits[i].ID })
	seen := map[WaitKind]bool{}
	for i, w := range p.Waits {
		path := fmt.Sprintf("waits.%d", i)
		switch {
		case seen[w.On]:
			problems = append(problems, Problem{Code: "duplicate_wait", Path: path + ".on", Message: fmt.Sprintf("the pause waits for %s twice; only one can win", waitWords[w.On]), Fix: "remove one"})
		case w.On == OnTimer && w.Duration() == 0:
			problems = append(problems, Problem{Code: "bad_config", Path: path, Message: "the timer is zero", Fix: "set hours, minutes or seconds"})
		case w.On != OnTimer && w.Duration() != 0:
			problems = append(problems, Problem{Code: "unused_timer", Warning: true, Path: path, Message: "only a timer has hours, minutes and seconds", Fix: "remove them, or add a wait on a timer"})
		}
		seen[w.On] = true
	}
	if seen[OnMessage] && len(seen) == 1 {
		problems = append(problems, Problem{Code: "no_answer_exit", Warning: true, Path: "waits", Message: "the pause waits for ever if nobody writes", Fix: "add a wait on a timer and connect its exit"})
	}
	return problems
}
