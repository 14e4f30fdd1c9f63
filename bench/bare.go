package bench

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"salesbot/db"
)

// The bare loop: a workflow that takes a signal and runs one local activity, which writes one row. Worker, client,
// store and continue-as-new are as ours.

const (
	bareQueue  = "bench-bare"
	bareSignal = "message"
	// bareLimit is after how many signals the loop continues as new, as our conversations do.
	bareLimit = 100
)

type bareMessage struct {
	ID   string `json:"id"`
	Loop string `json:"loop"`
	Text string `json:"text"`
}

// BareLoop answers messages for ever.
func BareLoop(ctx workflow.Context) error {
	ctx = workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{StartToCloseTimeout: 10 * time.Second})
	messages := workflow.GetSignalChannel(ctx, bareSignal)
	for n := 0; ; n++ {
		var m bareMessage
		if n < bareLimit {
			messages.Receive(ctx, &m)
		} else if !messages.ReceiveAsync(&m) {
			return workflow.NewContinueAsNewError(ctx, BareLoop)
		}
		if err := workflow.ExecuteLocalActivity(ctx, "Answer", m).Get(ctx, nil); err != nil {
			return err
		}
	}
}

// bareActivities holds who waits for an answer, by loop.
type bareActivities struct {
	store   *db.Store
	waiting sync.Map
}

// Answer writes one row and tells the caller.
func (b *bareActivities) Answer(ctx context.Context, m bareMessage) error {
	err := b.store.Change(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO bench_answers (id, text) VALUES (?, ?) ON CONFLICT DO NOTHING", m.ID, m.Text)
		return err
	})
	if err != nil {
		return err
	}
	if waiting, ok := b.waiting.Load(m.ID); ok {
		if answered, ok := waiting.(chan struct{}); ok {
			close(answered)
		}
	}
	return nil
}

var bare = &bareActivities{}

func startBare(target Target) (stop func(), err error) {
	bare.store = target.Store
	err = target.Store.Change(context.Background(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS bench_answers (id TEXT PRIMARY KEY, text TEXT NOT NULL)")
		return err
	})
	if err != nil {
		return nil, err
	}
	pollers := worker.NewPollerBehaviorAutoscaling(worker.PollerBehaviorAutoscalingOptions{InitialNumberOfPollers: 5, MinimumNumberOfPollers: 1, MaximumNumberOfPollers: 100})
	w := worker.New(target.Temporal, bareQueue, worker.Options{WorkflowTaskPollerBehavior: pollers, ActivityTaskPollerBehavior: pollers})
	w.RegisterWorkflow(BareLoop)
	w.RegisterActivity(bare)
	return w.Stop, w.Start()
}

type loop struct {
	target Target
	id     string
}

func newLoop(ctx context.Context, target Target) (*loop, error) {
	l := &loop{target: target, id: "bench/bare-" + uuid.NewString()}
	_, err := target.Temporal.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: l.id, TaskQueue: bareQueue}, BareLoop)
	return l, err
}

func (l *loop) turn(ctx context.Context) error {
	m := bareMessage{ID: uuid.NewString(), Loop: l.id, Text: "hello"}
	answered := make(chan struct{})
	bare.waiting.Store(m.ID, answered)
	defer bare.waiting.Delete(m.ID)
	if err := l.target.Temporal.SignalWorkflow(ctx, l.id, "", bareSignal, m); err != nil {
		return fmt.Errorf("signal the bare loop: %w", err)
	}
	select {
	case <-answered:
		return nil
	case <-time.After(30 * time.Second):
		return fmt.Errorf("the bare loop %s did not answer", l.id)
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l *loop) close() {
	_ = l.target.Temporal.TerminateWorkflow(context.Background(), l.id, "", "the bench is over")
}
