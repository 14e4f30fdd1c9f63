package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"salesbot/activities"
	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
)

// The bare loop is what is left of a conversation without the product's workflow: the same accepted message, the same
// signal, the same activity that writes the answer, the same worker and continue-as-new, but no mail, no mailbox, no
// interpreter, no HTTP and no event stream.

const (
	bareQueue = "bench-bare"
	// bareLimit is after how many signals the loop continues as new, as our conversations do.
	bareLimit = 100
)

// bareState is what a loop knows.
type bareState struct {
	Effect bot.Effect `json:"effect"`
}

// BareLoop answers messages for ever.
func BareLoop(ctx workflow.Context, state bareState) error {
	ctx = workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{StartToCloseTimeout: 10 * time.Second})
	messages := workflow.GetSignalChannel(ctx, bot.SignalMessage)
	for n := 0; ; n++ {
		var m bot.Message
		if n < bareLimit {
			messages.Receive(ctx, &m)
		} else if !messages.ReceiveAsync(&m) {
			return workflow.NewContinueAsNewError(ctx, BareLoop, state)
		}
		state.Effect.Key.Visit++
		if err := workflow.ExecuteLocalActivity(ctx, "Answer", m.ID, state.Effect).Get(ctx, nil); err != nil {
			return err
		}
	}
}

// bareActivities holds who waits for an answer, by message.
type bareActivities struct {
	own     *activities.Activities
	waiting sync.Map
}

// Answer writes the answer as a conversation's step does, and tells the caller.
func (b *bareActivities) Answer(ctx context.Context, messageID string, e bot.Effect) (json.RawMessage, error) {
	at := time.Now()
	e.Progress = bot.Progress{Status: bot.RunWaiting, Step: "ask", WaitingFor: "message", Visits: []bot.Visit{
		{Number: e.Key.Visit - 1, Step: "ask", Kind: "message", At: at, Left: &at, Exit: "other"}, {Number: e.Key.Visit, Step: "ask", Kind: "message", At: at}}}
	result, err := b.own.SendMessage(ctx, e)
	if waiting, ok := b.waiting.LoadAndDelete(messageID); ok && err == nil {
		if answered, ok := waiting.(chan struct{}); ok {
			close(answered)
		}
	}
	return result, err
}

// bareLoops drives the loops of one target.
type bareLoops struct {
	target  Target
	channel crm.Channel
	bot     int64
	acts    *bareActivities
}

func startBare(ctx context.Context, target Target, f fixture) (loops *bareLoops, stop func(), err error) {
	channel, err := target.Store.Channel(ctx, f.silent)
	if err != nil {
		return nil, nil, err
	}
	loops = &bareLoops{target: target, channel: channel, bot: f.answering, acts: &bareActivities{own: target.Activities}}
	pollers := worker.NewPollerBehaviorAutoscaling(worker.PollerBehaviorAutoscalingOptions{InitialNumberOfPollers: 5, MinimumNumberOfPollers: 1, MaximumNumberOfPollers: 100})
	w := worker.New(target.Temporal, bareQueue, worker.Options{WorkflowTaskPollerBehavior: pollers, ActivityTaskPollerBehavior: pollers})
	w.RegisterWorkflow(BareLoop)
	w.RegisterActivity(loops.acts)
	return loops, w.Stop, w.Start()
}

// loop is one conversation without our workflow.
type loop struct {
	*bareLoops
	id, client string
}

func (b *bareLoops) open(ctx context.Context) (*loop, error) {
	l := &loop{bareLoops: b, id: "bench/bare-" + uuid.NewString(), client: uuid.NewString()}
	first, err := l.accept(ctx)
	if err != nil {
		return nil, err
	}
	// The run belongs to the contact and to a parent, so that neither the lead's messages nor its launch write mail.
	subject := bot.Subject{ContactID: first.Chat.ContactID}
	var run crm.Run
	err = b.target.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) error {
		run, err = tx.LaunchRun(ctx, crm.Actor{Kind: crm.BySystem}, db.Launch{BotID: b.bot, Subject: subject, ChatID: first.Chat.ID, By: "api", ParentID: 1})
		return err
	})
	if err != nil {
		return nil, err
	}
	answer, err := json.Marshal(bot.Outgoing{Text: "Which one, {{contact.name|friend}}?", Buttons: []bot.Button{{ID: "1.1.a", Text: "This"}, {ID: "1.1.b", Text: "That"}}})
	if err != nil {
		return nil, err
	}
	state := bareState{Effect: bot.Effect{Key: bot.EffectKey{RunID: run.ID, Birth: run.Birth, Visit: 1}, Subject: subject, ChatID: first.Chat.ID, Input: answer}}
	_, err = b.target.Temporal.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: l.id, TaskQueue: bareQueue}, BareLoop, state)
	return l, err
}

func (l *loop) accept(ctx context.Context) (db.Accepted, error) {
	return l.target.Store.Accept(ctx, l.channel, true, crm.Inbound{Kind: crm.InMessage, ChatID: l.client, ClientID: uuid.NewString(), Text: "hello", At: time.Now()})
}

func (l *loop) turn(ctx context.Context) error {
	accepted, err := l.accept(ctx)
	if err != nil {
		return err
	}
	answered := make(chan struct{})
	l.acts.waiting.Store(accepted.Message.ID, answered)
	letter := bot.Message{ID: accepted.Message.ID, ChatID: accepted.Chat.ID, ChannelKind: l.channel.Kind, Text: "hello"}
	if err := l.target.Temporal.SignalWorkflow(ctx, l.id, "", bot.SignalMessage, letter); err != nil {
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
