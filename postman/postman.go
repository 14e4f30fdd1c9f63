// Package postman brings mail from the store to the conversations: a Temporal signal-with-start for each letter, in the
// order in which a conversation's mail was written. What could not be sent, because Temporal or this process was down,
// a sweep sends later. A conversation drops what it has seen, so that sending twice is harmless and not sending is not.
package postman

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.temporal.io/sdk/client"

	"salesbot/db"
)

const (
	// sweepEvery is how often mail is looked for that nobody sent.
	sweepEvery = 5 * time.Second
	// sweepAge is how old mail must be to be swept up: younger mail is on its way from the process that wrote it.
	sweepAge = 3 * time.Second
	// sweepBatch is how many conversations a sweep looks at.
	sweepBatch = 1000
	// keepSent is how long sent mail to deliveries is kept, to be sent again if Temporal has lost it.
	keepSent = time.Hour
	// atOnce bounds the conversations that are served at the same time.
	atOnce = 64
	// sendTimeout bounds one signal.
	sendTimeout = 10 * time.Second
)

// Postman sends the mail of one process.
type Postman struct {
	store    *db.Store
	temporal client.Client
	log      *slog.Logger
	slots    chan struct{}
	batch    int
	marks    marks
	// lost counts the runs whose workflow was gone.
	lost *prometheus.CounterVec
	// dead counts the letters that could not be read.
	dead prometheus.Counter

	mu sync.Mutex
	// rounds are the conversations that are being served; true says that more mail came meanwhile.
	rounds map[string]bool
	// behind says that the last sweep did not see all that is left, and that whatever it saw could be sent.
	behind bool
	// done wakes Run when the last round is over and the postman is behind.
	done chan struct{}
	busy sync.WaitGroup
	ctx  context.Context
}

// New makes a postman. It sends nothing before Run.
func New(store *db.Store, temporal client.Client, log *slog.Logger) *Postman {
	p := &Postman{store: store, temporal: temporal, log: log, slots: make(chan struct{}, atOnce), rounds: map[string]bool{}, lost: newLostRuns(), dead: newDeadLetters(),
		done: make(chan struct{}, 1), batch: sweepBatch, marks: marks{store: store, sent: map[int64]bool{}}}
	store.OnMail(p.tell)
	return p
}

// Run sends mail until ctx ends, and then finishes what is under way.
func (p *Postman) Run(ctx context.Context) error {
	p.mu.Lock()
	p.ctx = ctx
	p.mu.Unlock()
	sweeps, writes := time.NewTicker(sweepEvery), time.NewTicker(markEvery)
	defer sweeps.Stop()
	defer writes.Stop()
	p.sweep(ctx)
	for {
		select {
		case <-ctx.Done():
			p.busy.Wait()
			return p.marks.write(context.WithoutCancel(ctx))
		case <-sweeps.C:
			p.sweep(ctx)
		case <-p.done:
			p.sweep(ctx)
		case <-writes.C:
			writes.Reset(p.mark(ctx))
		}
	}
}

// mark says when to mark again: while the database is away no sooner than the next sweep.
func (p *Postman) mark(ctx context.Context) time.Duration {
	err := p.marks.write(ctx)
	if err == nil || ctx.Err() != nil {
		return markEvery
	}
	p.log.Error("mark sent mail", "error", err)
	return sweepEvery
}

// sweep sends what is left, and forgets what was sent long ago. If there is more than it looks at, the next sweep comes as soon
// as that is sent: after a long outage nobody waits for a clock.
func (p *Postman) sweep(ctx context.Context) {
	if err := p.marks.write(ctx); err != nil { // else what was just sent would be looked at again
		p.log.Error("mark sent mail", "error", err)
		return
	}
	left, err := p.store.ConversationsWithMail(ctx, p.store.Now().Add(-sweepAge), int64(p.batch))
	if err != nil {
		p.log.Error("look for mail that was not sent", "error", err)
		return
	}
	p.mu.Lock()
	p.behind = len(left) == p.batch
	p.mu.Unlock()
	p.tell(left)
	if err := p.store.ForgetMail(ctx, p.store.Now().Add(-keepSent)); err != nil {
		p.log.Error("forget old mail", "error", err)
	}
}

// tell starts a round for each conversation that has none under way.
func (p *Postman) tell(workflowIDs []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ctx == nil || p.ctx.Err() != nil {
		return // the sweep of the next start finds it
	}
	for _, id := range workflowIDs {
		if _, underWay := p.rounds[id]; underWay {
			p.rounds[id] = true
			continue
		}
		p.rounds[id] = false
		p.busy.Add(1)
		go p.round(p.ctx, id)
	}
}

// round sends one conversation's mail until there is no more.
func (p *Postman) round(ctx context.Context, workflowID string) {
	defer p.busy.Done()
	p.slots <- struct{}{}
	defer func() { <-p.slots }()
	for {
		err := p.deliver(context.WithoutCancel(ctx), workflowID)
		if err != nil {
			p.log.Warn("mail has to wait for the next sweep", "workflow", workflowID, "error", err)
		}
		if p.roundOver(workflowID, err != nil) {
			return
		}
	}
}

func (p *Postman) roundOver(workflowID string, failed bool) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.rounds[workflowID] && !failed {
		p.rounds[workflowID] = false
		return false
	}
	delete(p.rounds, workflowID)
	p.behind = p.behind && !failed
	if p.behind && len(p.rounds) == 0 {
		select {
		case p.done <- struct{}{}:
		default:
		}
	}
	return true
}
