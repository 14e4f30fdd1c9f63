// Package bench measures the product beside a bare Temporal loop, in one run on one machine: what counts is the ratio.
//
// A turn of ours is a visitor's message over HTTP until the bot's answer has come back over the event stream. A turn of
// the bare loop accepts and answers the same message with the same signal and the same activity, by a workflow that does
// nothing else: the limit of what our workflow, its mail, HTTP and the stream can leave.
package bench

import (
	"context"
	"fmt"
	"io"
	"slices"
	"sync"
	"syscall"
	"time"

	"go.temporal.io/sdk/client"

	"salesbot/activities"
	"salesbot/db"
)

// Target is a running product.
type Target struct {
	// BaseURL is its HTTP address; Name says what it runs on.
	BaseURL, Name string
	Store         *db.Store
	Temporal      client.Client
	// Activities are the product's; the bare loop answers by them.
	Activities *activities.Activities
}

// Options say how much to measure.
type Options struct {
	// Conversations are the numbers of conversations that talk at the same time.
	Conversations []int
	// Length is how long each measurement lasts; Rounds is how often, of which the median counts.
	Length time.Duration
	Rounds int
	// Parked is how many conversations wait while turns are measured again; 0 leaves that out.
	Parked int
	// Budget is the least share of the bare loop's turns a second that passes; 0 fails nothing.
	Budget float64
}

// Run measures and prints. It returns an error if a budget is missed.
func Run(ctx context.Context, out io.Writer, target Target, o Options) error {
	fmt.Fprintf(out, "On %s; median of %d rounds of %s.\n\n", target.Name, o.Rounds, o.Length)
	made, err := prepare(ctx, target)
	if err != nil {
		return fmt.Errorf("prepare the bench: %w", err)
	}
	loops, stop, err := startBare(ctx, target, made)
	if err != nil {
		return fmt.Errorf("start the bare loop: %w", err)
	}
	defer stop()
	made.bare = loops
	parts := []func(context.Context, io.Writer, Target, fixture, Options) error{turns, history, ingest, parked}
	for _, part := range parts {
		if err := part(ctx, out, target, made, o); err != nil {
			return err
		}
	}
	return nil
}

// Figures are the outcome of one measurement.
type Figures struct {
	PerSecond float64
	P50, P99  time.Duration
	// CPU is this process's processor time a turn, client and servers together: the figure that a noisy machine
	// changes least.
	CPU time.Duration
}

// talker does one turn after another; it is one conversation's.
type talker interface {
	turn(ctx context.Context) error
	close()
}

// measure lets the talkers do turns for a while.
func measure(ctx context.Context, talkers []talker, length time.Duration) (Figures, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var mu sync.Mutex
	var took []time.Duration
	var group sync.WaitGroup
	busy := processorTime()
	end := time.Now().Add(length)
	for _, t := range talkers {
		group.Go(func() {
			for time.Now().Before(end) && ctx.Err() == nil {
				began := time.Now()
				if err := t.turn(ctx); err != nil {
					cancel(err)
					return
				}
				mu.Lock()
				took = append(took, time.Since(began))
				mu.Unlock()
			}
		})
	}
	began := time.Now()
	group.Wait()
	if err := context.Cause(ctx); err != nil {
		return Figures{}, err
	}
	f := figures(took, time.Since(began))
	f.CPU = (processorTime() - busy) / time.Duration(max(len(took), 1))
	return f, nil
}

// processorTime is what this process has used so far.
func processorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func figures(took []time.Duration, in time.Duration) Figures {
	if len(took) == 0 {
		return Figures{}
	}
	slices.Sort(took)
	at := func(share float64) time.Duration { return took[min(int(share*float64(len(took))), len(took)-1)] }
	return Figures{PerSecond: float64(len(took)) / in.Seconds(), P50: at(0.5), P99: at(0.99)}
}

// median of the rounds by turns a second.
func median(rounds []Figures) Figures {
	slices.SortFunc(rounds, func(a, b Figures) int { return int(a.PerSecond - b.PerSecond) })
	return rounds[len(rounds)/2]
}

func (f Figures) String() string {
	return fmt.Sprintf("%5.0f/s p50 %7s p99 %7s cpu %6s", f.PerSecond, f.P50.Round(100*time.Microsecond), f.P99.Round(100*time.Microsecond), f.CPU.Round(10*time.Microsecond))
}
