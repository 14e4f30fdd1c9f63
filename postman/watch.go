package postman

import (
	"context"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/time/rate"
)

const (
	// WatchEvery is how long after a round of comparing runs with their workflows the next one begins.
	WatchEvery = 5 * time.Minute
	// quietFor is for how long nothing must have been heard of a conversation before it is compared: a busy one is alive.
	quietFor = time.Minute
	// comparesPerSecond bounds what a round asks of Temporal; a start, after which everything may be lost, asks at full speed.
	comparesPerSecond = 50
	// mostFailures in a row end a round: Temporal or the database is away, and the next round may find them back.
	mostFailures = 3
)

// The fates of a run whose workflow is gone.
const (
	fateEnded    = "ended"
	fateRelaunch = "relaunched"
)

func newLostRuns() *prometheus.CounterVec {
	lost := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "salesbot_lost_runs_total",
		Help: "Runs that were alive on record while their workflow was gone, by what became of them: ended or relaunched."}, []string{"fate"})
	for _, fate := range []string{fateEnded, fateRelaunch} {
		lost.WithLabelValues(fate) // so that an alert finds a zero
	}
	return lost
}

// Collectors are what the postman measures.
func (p *Postman) Collectors() []prometheus.Collector { return []prometheus.Collector{p.lost} }

// Watch compares the runs that are alive in the store with their workflows until ctx ends: all of them at once, and
// then, every so often, those of which nothing was heard for a minute. What fails waits for the next round.
func (p *Postman) Watch(ctx context.Context, every time.Duration) error {
	p.compareAll(ctx, p.store.Now().Add(time.Hour), rate.NewLimiter(rate.Inf, 1)) // whatever another process's clock says
	limit := rate.NewLimiter(comparesPerSecond, 1)
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(every):
			p.compareAll(ctx, p.store.Now().Add(-quietFor), limit)
		}
	}
}

func (p *Postman) compareAll(ctx context.Context, before time.Time, limit *rate.Limiter) {
	if err := p.compare(ctx, before, limit); err != nil && ctx.Err() == nil {
		p.log.Error("runs were not all compared with their workflows; the next round tries again", "error", err)
	}
}

// compare pages through the conversations of which nothing was heard since before.
func (p *Postman) compare(ctx context.Context, before time.Time, limit *rate.Limiter) error {
	const page = 500
	after, failures := "", 0
	for {
		ids, err := p.store.AliveConversations(ctx, after, before, page)
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
			if failures++; failures == mostFailures {
				return fmt.Errorf("%s: %w", id, err)
			}
			p.log.Warn("a conversation could not be compared with its workflow", "workflow", id, "error", err)
		}
		if len(ids) < page {
			return nil
		}
	}
}
