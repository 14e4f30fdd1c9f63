package postman

import (
	"context"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/time/rate"

	"salesbot/bot"
)

const (
	// WatchEvery is how long after a round of comparing runs with their workflows the next one begins.
	WatchEvery = 5 * time.Minute
	// lateBy is by how much a conversation must be late, by a timer or in the middle of a step, before it is compared: one
	// that is on time is alive, or will be found by the next mail to it.
	lateBy = time.Minute
	// comparesPerSecond bounds what a round asks of Temporal; where everything may be lost it is asked at full speed.
	comparesPerSecond = 50
	// mostFailures in a row end a round: Temporal or the database is away, and the next round may find them back.
	mostFailures = 3
)

func newLostRuns() *prometheus.CounterVec {
	lost := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "salesbot_lost_runs_total",
		Help: "Runs that were alive on record while their workflow was gone, by what became of them: ended or adopted."}, []string{"fate"})
	for _, fate := range []string{bot.FateEnded, bot.FateAdopted} {
		lost.WithLabelValues(fate) // so that an alert finds a zero
	}
	return lost
}

func newDeadLetters() prometheus.Counter {
	return prometheus.NewCounter(prometheus.CounterOpts{Name: "salesbot_dead_letters_total",
		Help: "Letters to conversations and deliveries that could not be read. They are in the table dead_letters."})
}

// Collectors are what the postman measures.
func (p *Postman) Collectors() []prometheus.Collector { return []prometheus.Collector{p.lost, p.dead} }

// CountLost counts runs that had lost their workflow.
func (p *Postman) CountLost(fate string, runs int) { p.lost.WithLabelValues(fate).Add(float64(runs)) }

// Recover brings back what Temporal has lost: it sends mail again that was sent since then and that no conversation is known
// to have handled, and compares all runs that are alive with their workflows. All of it is harmless where nothing was lost.
func (p *Postman) Recover(ctx context.Context, since time.Time) error {
	if err := p.store.ResendSince(ctx, since); err != nil {
		return fmt.Errorf("prepare to send recent mail again: %w", err)
	}
	return p.compare(ctx, p.store.AliveConversations, rate.NewLimiter(rate.Inf, 1))
}

// Watch compares, every so often until ctx ends, the runs that are late with their workflows. What fails waits for the
// next round.
func (p *Postman) Watch(ctx context.Context, every time.Duration) error {
	limit := rate.NewLimiter(comparesPerSecond, 1)
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(every):
			before := p.store.Now().Add(-lateBy)
			late := func(ctx context.Context, after string, most int) ([]string, error) {
				return p.store.LateConversations(ctx, before, after, most)
			}
			if err := p.compare(ctx, late, limit); err != nil && ctx.Err() == nil {
				p.log.Error("late runs were not all compared with their workflows; the next round tries again", "error", err)
			}
		}
	}
}

// pages gives conversations by id, after the given one.
type pages func(ctx context.Context, after string, most int) ([]string, error)

// compare looks at all of them.
func (p *Postman) compare(ctx context.Context, next pages, limit *rate.Limiter) error {
	const page = 500
	after, failures := "", 0
	var failed error
	for {
		ids, err := next(ctx, after, page)
		if err != nil {
			return err
		}
		for _, id := range ids {
			after = id
			if err := limit.Wait(ctx); err != nil {
				return err
			}
			if err = p.revive(ctx, id); err == nil {
				failures = 0
				continue
			}
			failed = fmt.Errorf("%s: %w", id, err)
			if failures++; failures == mostFailures {
				return failed
			}
			p.log.Warn("a conversation could not be compared with its workflow", "workflow", id, "error", err)
		}
		if len(ids) < page {
			return failed
		}
	}
}
