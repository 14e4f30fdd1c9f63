package postman_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
	"salesbot/db/dbtest"
	"salesbot/postman"
	"salesbot/workflows"
)

// temporal keeps what it is signalled, and refuses as long as it is told to.
type temporal struct {
	client.Client

	mu      sync.Mutex
	refuses bool
	signals []signal
	// hold, if set, is waited for before each signal.
	hold chan struct{}
	came chan struct{}
	// describe, if set, tells of workflows.
	describe func(workflowID string) (*workflowservice.DescribeWorkflowExecutionResponse, error)
}

type signal struct {
	workflowID, name string
	letter           any
	options          client.StartWorkflowOptions
	workflow         any
	args             []any
}

func (c *temporal) SignalWithStartWorkflow(ctx context.Context, workflowID, name string, letter any, options client.StartWorkflowOptions, workflow any, args ...any) (client.WorkflowRun, error) {
	return nil, c.take(ctx, signal{workflowID, name, letter, options, workflow, args})
}

func (c *temporal) ExecuteWorkflow(ctx context.Context, options client.StartWorkflowOptions, workflow any, args ...any) (client.WorkflowRun, error) {
	return nil, c.take(ctx, signal{workflowID: options.ID, options: options, workflow: workflow, args: args})
}

// SignalWorkflow reaches a workflow that was started; another one is not found.
func (c *temporal) SignalWorkflow(ctx context.Context, workflowID, _, name string, letter any) error {
	c.mu.Lock()
	started := slices.ContainsFunc(c.signals, func(s signal) bool { return s.workflowID == workflowID })
	c.mu.Unlock()
	if !started {
		return serviceerror.NewNotFound("workflow not found")
	}
	return c.take(ctx, signal{workflowID: workflowID, name: name, letter: letter})
}

func (c *temporal) take(ctx context.Context, s signal) error {
	if c.hold != nil {
		select {
		case c.came <- struct{}{}:
		default:
		}
		select {
		case <-c.hold:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.refuses {
		return errors.New("temporal is down")
	}
	c.signals = append(c.signals, s)
	return nil
}

func (c *temporal) DescribeWorkflowExecution(_ context.Context, workflowID, _ string) (*workflowservice.DescribeWorkflowExecutionResponse, error) {
	return c.describe(workflowID)
}

func (c *temporal) refuse(refuses bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refuses = refuses
}

func (c *temporal) got() []signal {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]signal(nil), c.signals...)
}

func (c *temporal) eventually(t *testing.T, n int) []signal {
	t.Helper()
	require.Eventually(t, func() bool { return len(c.got()) >= n }, 10*time.Second, 5*time.Millisecond)
	return c.got()
}

// office is a store with a channel and a bot, and a postman who is at work once he is told to.
type office struct {
	t        *testing.T
	store    *db.Store
	temporal *temporal
	channel  crm.Channel
	postman  *postman.Postman
}

func newOffice(t *testing.T, store *db.Store) *office {
	t.Helper()
	o := &office{t: t, store: store, temporal: &temporal{}}
	require.NoError(t, store.Change(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		if err := tx.EnsureDefaults(ctx); err != nil {
			return err
		}
		var err error
		if o.channel, err = tx.CreateChannel(ctx, crm.Actor{}, crm.Channel{Kind: "livechat", Name: "Chat", PipelineID: 1, IsActive: true}, nil); err != nil {
			return err
		}
		b, err := tx.CreateBot(ctx, crm.Actor{}, "Bot", []byte(`{"schema":1,"name":"Bot","start":"a","steps":[]}`))
		if err != nil {
			return err
		}
		if _, err = tx.PublishBot(ctx, crm.Actor{}, b.ID, b.Revision); err != nil {
			return err
		}
		_, err = tx.AddTrigger(ctx, crm.Actor{}, crm.Trigger{BotID: b.ID, Kind: crm.TriggerTalkStarted})
		return err
	}))
	o.postman = postman.New(store, o.temporal, slog.New(slog.DiscardHandler))
	return o
}

// work lets the postman work; the returned function sends him home and waits until he is.
func (o *office) work() func() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = o.postman.Run(ctx)
	}()
	home := sync.OnceFunc(func() { cancel(); <-done })
	o.t.Cleanup(home)
	return home
}

func (o *office) say(client, id string) {
	o.t.Helper()
	_, err := o.store.Accept(context.Background(), o.channel, true, crm.Inbound{Kind: crm.InMessage, ChatID: client, MessageID: id, Text: id})
	require.NoError(o.t, err)
}

// older makes the mail old enough to be swept up.
func (o *office) older() {
	o.t.Helper()
	require.NoError(o.t, o.store.Change(o.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewUpdate().Table("mail").Set("created_at = ?", tx.Now.Add(-time.Minute)).Where("seq > 0").Exec(ctx)
		return err
	}))
}

func (o *office) unsent(lead int64) int {
	o.t.Helper()
	letters, err := o.store.UnsentMail(o.t.Context(), bot.Subject{LeadID: lead}.WorkflowID())
	require.NoError(o.t, err)
	return len(letters)
}

func TestMailStartsAConversationAndReachesIt(t *testing.T) {
	dbtest.EachDB(t, func(t *testing.T, store *db.Store) {
		o := newOffice(t, store)
		o.say("ann", "m1") // before he has begun
		o.older()
		o.work()
		first := o.temporal.eventually(t, 1)[0]
		require.Equal(t, "conversation/lead-1", first.workflowID)
		require.Equal(t, bot.SignalLaunch, first.name)
		require.Equal(t, bot.ConversationType, first.workflow)
		require.Equal(t, []any{workflows.State{Subject: bot.Subject{LeadID: 1}}}, first.args)
		require.Equal(t, workflows.TaskQueue, first.options.TaskQueue)
		launch, ok := first.letter.(*bot.Launch)
		require.True(t, ok)
		require.NotZero(t, launch.Seq)
		lead, ok := first.options.TypedSearchAttributes.GetInt64(workflows.LeadID)
		require.True(t, ok)
		require.EqualValues(t, 1, lead)
		o.say("ann", "m2")
		second := o.temporal.eventually(t, 2)[1]
		require.Nil(t, second.workflow, "a conversation that runs is only signalled, which costs less")
		message, ok := second.letter.(*bot.Message)
		require.True(t, ok)
		require.Equal(t, "m2", message.Text)
		require.Greater(t, message.Seq, launch.Seq)
		require.Eventually(t, func() bool { return o.unsent(1) == 0 }, 10*time.Second, 5*time.Millisecond)
	})
}

func TestMailThatCouldNotBeSentGoesFirstNextTime(t *testing.T) {
	dbtest.EachDB(t, func(t *testing.T, store *db.Store) {
		o := newOffice(t, store)
		o.work()
		o.temporal.refuse(true)
		o.say("ann", "m1")
		o.say("ann", "m2")
		require.Equal(t, 2, o.unsent(1))
		o.temporal.refuse(false)
		o.say("ann", "m3")
		require.Eventually(t, func() bool { return o.unsent(1) == 0 }, 20*time.Second, 5*time.Millisecond)
		last := int64(0)
		var names []string
		for _, s := range o.temporal.got() {
			names = append(names, s.name)
			seq := seqOf(t, s.letter)
			require.Greater(t, seq, last, "in the order in which it was written")
			last = seq
		}
		require.Equal(t, []string{bot.SignalLaunch, bot.SignalMessage, bot.SignalMessage}, names)
	})
}

func seqOf(t *testing.T, letter any) int64 {
	t.Helper()
	switch l := letter.(type) {
	case *bot.Launch:
		return l.Seq
	case *bot.Message:
		return l.Seq
	}
	t.Fatalf("unexpected %T", letter)
	return 0
}

func TestAHeapOfMailIsSentInOneGo(t *testing.T) {
	o := newOffice(t, dbtest.Open(t, dbtest.SQLiteURL(t)))
	for i := range db.MailBatch + 5 {
		o.say("ann", fmt.Sprint("m", i))
	}
	o.older()
	began := time.Now()
	o.work()
	o.temporal.eventually(t, db.MailBatch+5)
	require.Less(t, time.Since(began), 4*time.Second, "without waiting for the next sweep")
}

func TestOneConversationWaitsForNoOther(t *testing.T) {
	o := newOffice(t, dbtest.Open(t, dbtest.SQLiteURL(t)))
	o.temporal.hold, o.temporal.came = make(chan struct{}), make(chan struct{}, 10)
	o.work()
	o.say("ann", "m1")
	o.say("bob", "m1")
	for range 2 {
		select {
		case <-o.temporal.came:
		case <-time.After(10 * time.Second):
			t.Fatal("the second conversation's mail waits for the first one's")
		}
	}
	close(o.temporal.hold)
	o.temporal.eventually(t, 2)
}

func TestThePostmanFinishesWhatIsUnderWay(t *testing.T) {
	o := newOffice(t, dbtest.Open(t, dbtest.SQLiteURL(t)))
	o.temporal.hold, o.temporal.came = make(chan struct{}), make(chan struct{}, 10)
	home := o.work()
	o.say("ann", "m1")
	<-o.temporal.came
	gone := make(chan struct{})
	go func() { home(); close(gone) }()
	close(o.temporal.hold)
	<-gone
	require.Len(t, o.temporal.got(), 1)
	require.Zero(t, o.unsent(1), "it is marked as sent, too")
	o.say("ann", "m2")
	require.Equal(t, 1, o.unsent(1), "for the next start")
}

// A stop and a start alone lose nothing: what was sent is sent again only where it may be lost.
func TestMailIsSentAgainWhereItMayBeLostOnly(t *testing.T) {
	o := newOffice(t, dbtest.Open(t, dbtest.SQLiteURL(t)))
	newStatuses(o)
	o.say("ann", "m1")
	o.older()
	home := o.work()
	o.temporal.eventually(t, 1)
	require.Eventually(t, func() bool { return o.unsent(1) == 0 }, 10*time.Second, 5*time.Millisecond)
	home()
	home = o.work()
	home()
	require.Len(t, o.temporal.got(), 1)
	require.NoError(t, o.postman.Recover(t.Context(), o.store.Now().Add(-time.Hour)))
	o.work()
	again := o.temporal.eventually(t, 3)
	require.Equal(t, bot.ConversationType, again[1].workflow, "its conversation is not known")
	require.Equal(t, seqOf(t, again[0].letter), seqOf(t, again[2].letter), "under the same number, so that the conversation drops it")
}
