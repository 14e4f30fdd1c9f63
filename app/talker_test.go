package app_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/stretchr/testify/require"
)

// talker is a visitor who goes through the same dialogue again and again, and looks at the clock.
type talker struct {
	*visitor
	rounds int
	// late is how long after its time each timer's message came; killed processes and busy machines make it longer,
	// nothing may make it negative.
	late []time.Duration
}

// timerTakes is how long the bot's timer takes.
const timerTakes = 2 * time.Second

// talk holds the gate for each dialogue: who locks it finds everybody between two.
func (o *talker) talk(ctx context.Context, enough *atomic.Bool, gate *sync.RWMutex) error {
	once := func() error {
		gate.RLock()
		defer gate.RUnlock()
		err := o.dialogue(ctx)
		if err == nil {
			o.rounds++
		}
		return err
	}
	for o.rounds == 0 || !enough.Load() {
		if err := once(); err != nil {
			return err
		}
	}
	return nil
}

// dialogue goes through echo, timer, buttons and the bot's end; each waits for its answer before the next begins.
func (o *talker) dialogue(ctx context.Context) error {
	if err := o.ask(ctx, "hello %d!", "you said hello %d!"); err != nil {
		return err
	}
	began := time.Now()
	if err := o.ask(ctx, "timer %d!", "the timer of timer %d! fired"); err != nil {
		return err
	}
	o.late = append(o.late, time.Since(began)-timerTakes)
	if err := o.ask(ctx, "again %d!", "you said again %d!"); err != nil {
		return err
	}
	if err := o.ask(ctx, "ask %d!", "choose after ask %d!"); err != nil {
		return err
	}
	question, err := o.hear(ctx, fmt.Sprintf("choose after ask %d!", o.rounds))
	if err != nil {
		return err
	}
	if err := o.tap(ctx, question.Buttons[0].ID, fmt.Sprintf("Yes %d!", o.rounds)); err != nil {
		return err
	}
	if _, err = o.hear(ctx, fmt.Sprintf("you chose Yes %d!", o.rounds)); err != nil {
		return err
	}
	return o.ask(ctx, "bye %d!", "good bye %d!")
}

func (o *talker) ask(ctx context.Context, say, hear string) error {
	if err := o.say(ctx, fmt.Sprintf(say, o.rounds)); err != nil {
		return err
	}
	_, err := o.hear(ctx, fmt.Sprintf(hear, o.rounds))
	return err
}

// expected is what a client hears in so many dialogues.
func expected(rounds int) map[string]int {
	said := map[string]int{}
	for round := range rounds {
		for _, text := range []string{"you said hello %d!", "the timer of timer %d! fired", "you said again %d!", "choose after ask %d!", "you chose Yes %d!", "good bye %d!"} {
			said[fmt.Sprintf(text, round)] = 1
		}
	}
	return said
}

// tally compares what the clients heard with what they should have heard.
type tally struct {
	rounds, heard, lost, doubled int
	// example is one difference, for a person to begin with.
	example string
	late    []time.Duration
}

func tallyOf(talkers []*talker) tally {
	var all tally
	for i, one := range talkers {
		all.rounds += one.rounds
		all.late = append(all.late, one.late...)
		said, want := one.said(), expected(one.rounds)
		for text := range want {
			if said[text] == 0 {
				all.lost++
				all.example = fmt.Sprintf("conversation %d never heard %q", i, text)
			}
		}
		for text, times := range said {
			all.heard += times
			if times > want[text] {
				all.doubled += times - want[text]
				all.example = fmt.Sprintf("conversation %d heard %q %d times", i, text, times)
			}
		}
	}
	return all
}

// printKills writes the table of make kill.
func printKills(t *testing.T, kills, restores int, p *process, conversations int, all tally) {
	t.Helper()
	out := tabwriter.NewWriter(t.Output(), 0, 0, 2, ' ', 0)
	for _, row := range [][2]any{
		{"kills", kills}, {"restores", restores}, {"conversations", conversations}, {"dialogues", all.rounds},
		{"answers heard", all.heard}, {"lost", all.lost}, {"doubled", all.doubled}, {"timers", len(all.late)},
		{"timers late", spread(all.late)}, {"starts", len(p.startTook)}, {"start to served", spread(p.startTook)},
	} {
		_, err := fmt.Fprintf(out, "%v\t%v\n", row[0], row[1])
		require.NoError(t, err)
	}
	require.NoError(t, out.Flush())
}

// spread is the middle, the ninety-fifth of a hundred, and the longest.
func spread(all []time.Duration) string {
	slices.Sort(all)
	at := func(share float64) time.Duration {
		return all[min(len(all)-1, int(share*float64(len(all))))].Round(time.Millisecond)
	}
	return fmt.Sprintf("p50 %s  p95 %s  max %s", at(0.5), at(0.95), at(1))
}
