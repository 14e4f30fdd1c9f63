package bottest

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/interceptor"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"salesbot/bot"
	"salesbot/workflows"
)

const (
	// pollEvery is when, in the conversation's time, a busy conversation is looked at again if nothing else, such as
	// the end of an activity or a timer, told that it moved.
	pollEvery = 10 * time.Second
	// patience is how long, in the conversation's time, a busy conversation is waited for.
	patience = 30 * time.Second
	// stuckAfter is how long, on the clock on the wall, nothing at all may happen.
	stuckAfter = 20 * time.Second
)

// session is one workflow run of a conversation in a test environment with skipped time. The environment's loop runs
// in a goroutine of its own and takes turns with the script: while the script acts the loop stands still, inside
// a callback, and with it the time.
type session struct {
	w   *World
	env *testsuite.TestWorkflowEnvironment
	// rest tells the script that the loop stands still; orders let it go on for that long.
	rest   chan struct{}
	orders chan time.Duration
	// ended is closed when the workflow run has ended, with err.
	ended chan struct{}
	err   error

	// The rest belongs to the loop.
	begun, abandoned bool
	// onTheWay are the numbers of mail that was signalled and is not confirmed yet.
	onTheWay map[int64]bool
	// turn counts the looks, so that a late one is recognised; looking is set while the script waits.
	turn    int
	looking bool
	until   time.Time
}

func newSession(w *World, state workflows.State) *session {
	suite := &testsuite.WorkflowTestSuite{}
	suite.SetLogger(sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	s := &session{w: w, env: suite.NewTestWorkflowEnvironment(), rest: make(chan struct{}), orders: make(chan time.Duration), ended: make(chan struct{}),
		onTheWay: map[int64]bool{}}
	s.env.SetStartTime(w.Now())
	s.env.SetTestTimeout(stuckAfter)
	s.env.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: state.Subject.WorkflowID(), TaskQueue: workflows.TaskQueue})
	s.env.SetWorkerOptions(worker.Options{DeadlockDetectionTimeout: stuckAfter, Interceptors: []interceptor.WorkerInterceptor{&around{w: w}}})
	workflows.Register(s.env, w.activities)
	names, err := w.foreignNames()
	w.fail(err)
	for _, name := range names {
		s.env.RegisterActivityWithOptions(w.Foreign.do(w), activity.RegisterOptions{Name: name})
	}
	s.env.SetOnLocalActivityCompletedListener(func(*activity.Info, converter.EncodedValue, error) { s.moved() })
	s.env.SetOnTimerFiredListener(func(string) { s.moved() })
	s.env.SetOnActivityCompletedListener(func(*activity.Info, converter.EncodedValue, error) { s.moved() })
	return s
}

// run drives the workflow until it ends; the first mail is there before the workflow looks, as with signal-with-start.
func (s *session) run(state workflows.State) {
	defer close(s.ended)
	defer func() {
		if p := recover(); p != nil {
			s.err = fmt.Errorf("the conversation broke: %v", p)
		}
	}()
	s.env.RegisterDelayedCallback(func() {
		s.deliver()
		s.env.RegisterDelayedCallback(func() { s.begun = true; s.poke() }, 0)
		s.look(0)
	}, 0)
	s.env.ExecuteWorkflow(s.conversation, state)
	s.err = s.env.GetWorkflowError()
}

// conversation is the workflow as it is, but it can be left standing where it is when the script is over.
func (s *session) conversation(ctx workflow.Context, state workflows.State) error {
	if err := workflow.Await(ctx, func() bool { return s.begun }); err != nil {
		return err
	}
	var err error
	done := false
	workflow.Go(ctx, func(ctx workflow.Context) {
		err = workflows.Conversation(ctx, state)
		done = true
	})
	_ = workflow.Await(ctx, func() bool { return done || s.abandoned })
	return err
}

// poke makes the workflow look around without telling it anything.
func (s *session) poke() { s.env.SignalWorkflow("poke", nil) }

// look hands over to the script after that time, as soon as nothing is under way in the conversation.
func (s *session) look(after time.Duration) {
	s.turn++
	turn := s.turn
	s.env.RegisterDelayedCallback(func() {
		if s.turn != turn {
			return
		}
		s.looking, s.until = true, s.env.Now().Add(patience)
		s.check(turn)
	}, after)
}

func (s *session) moved() {
	if s.looking {
		s.again(s.turn, 0)
	}
}

func (s *session) again(turn int, after time.Duration) {
	s.env.RegisterDelayedCallback(func() {
		if s.looking && s.turn == turn {
			s.check(turn)
		}
	}, after)
}

func (s *session) check(turn int) {
	if s.busy() && s.env.Now().Before(s.until) {
		s.again(turn, pollEvery)
		return
	}
	s.looking = false
	s.handOver()
}

// handOver stands still until the script has acted.
func (s *session) handOver() {
	s.rest <- struct{}{}
	after := <-s.orders
	if s.abandoned {
		s.poke()
		return
	}
	s.deliver()
	s.look(after)
}

func (s *session) busy() bool {
	d, err := s.describe()
	if err != nil || d.Busy || len(d.Runs) == 0 {
		return true // it has just begun, or is about to end
	}
	for _, r := range d.Runs {
		if r.Busy {
			return true
		}
	}
	return false
}

func (s *session) describe() (workflows.Description, error) {
	var d workflows.Description
	if s.env.IsWorkflowCompleted() {
		return d, errors.New("the conversation has ended")
	}
	answer, err := s.env.QueryWorkflow(workflows.QueryState)
	if err != nil {
		return d, err
	}
	err = answer.Get(&d)
	return d, err
}

// deliver brings the mail that nobody sent, as the postman does. It counts as sent when the workflow run was still
// there after it; else the next one gets it.
func (s *session) deliver() {
	letters, err := s.w.store.UnsentMail(s.w.ctx, s.w.workflowID)
	if err != nil {
		s.w.fail(err)
		return
	}
	if s.w.options.Backwards {
		slices.Reverse(letters)
	}
	var seqs []int64
	for _, l := range letters {
		if s.onTheWay[l.Seq] {
			continue
		}
		s.onTheWay[l.Seq] = true
		letter, err := bot.ReadLetter(l.Signal, l.Payload, l.Seq, l.CreatedAt)
		if err != nil {
			s.w.fail(err)
			return
		}
		for range s.w.options.copies() {
			s.env.SignalWorkflow(l.Signal, letter)
		}
		seqs = append(seqs, l.Seq)
	}
	if len(seqs) > 0 {
		s.env.RegisterDelayedCallback(func() {
			if !s.env.IsWorkflowCompleted() {
				s.w.fail(s.w.store.MailSent(s.w.ctx, seqs))
			}
		}, 0)
	}
}

// continued is the state with which the workflow run continued as new, if it did.
func (s *session) continued() (state workflows.State, ok bool, err error) {
	var again *workflow.ContinueAsNewError
	if !errors.As(s.err, &again) {
		return state, false, s.err
	}
	err = converter.GetDefaultDataConverter().FromPayloads(again.Input, &state)
	return state, true, err
}
