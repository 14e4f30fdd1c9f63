package postman_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
	"salesbot/db/dbtest"
	"salesbot/workflows"
)

// statuses is what Temporal says of workflows; one that it has no status of it does not know.
type statuses struct {
	mu    sync.Mutex
	of    map[string]enumspb.WorkflowExecutionStatus
	down  bool
	asked map[string]int
}

func (s *statuses) describe(id string) (*workflowservice.DescribeWorkflowExecutionResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked[id]++
	if s.down {
		return nil, errors.New("temporal is down")
	}
	status, ok := s.of[id]
	if !ok {
		return nil, serviceerror.NewNotFound("workflow not found")
	}
	return &workflowservice.DescribeWorkflowExecutionResponse{WorkflowExecutionInfo: &workflowpb.WorkflowExecutionInfo{Status: status}}, nil
}

func (s *statuses) set(down bool, id string, status enumspb.WorkflowExecutionStatus) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down, s.of[id] = down, status
}

func (s *statuses) count(id string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked[id]
}

func newStatuses(o *office) *statuses {
	s := &statuses{of: map[string]enumspb.WorkflowExecutionStatus{}, asked: map[string]int{}}
	o.temporal.describe = s.describe
	return s
}

// watch lets rounds begin that often until the test ends.
func (o *office) watch(every time.Duration) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = o.postman.Watch(ctx, every) }()
	o.t.Cleanup(func() { cancel(); <-done })
}

// lateRun begins a conversation whose timer has been over for an hour.
func (o *office) lateRun(client string) crm.Run {
	o.t.Helper()
	o.say(client, "m-"+client)
	runs, _, err := o.store.Runs(o.t.Context(), db.RunFilter{}, db.Paging{Limit: 1})
	require.NoError(o.t, err)
	o.until(runs[0], o.store.Now().Add(-time.Hour))
	return runs[0]
}

// until makes a run wait until then.
func (o *office) until(run crm.Run, then time.Time) {
	o.t.Helper()
	require.NoError(o.t, o.store.Record(o.t.Context(), run.ID, bot.Progress{Status: bot.RunWaiting, WaitingUntil: &then}))
}

// begun says how often the conversation was begun again.
func (o *office) begun(run crm.Run) (n int) {
	for _, s := range o.temporal.got() {
		if s.workflowID == run.WorkflowID && s.workflow == bot.ConversationType && s.name == "" {
			n++
		}
	}
	return n
}

// poked says how often the conversation was told to look around.
func (o *office) poked(run crm.Run) (n int) {
	for _, s := range o.temporal.got() {
		if s.workflowID == run.WorkflowID && s.name == bot.SignalReceipt {
			n++
		}
	}
	return n
}

const soon, often = 20 * time.Second, 5 * time.Millisecond

// A late run whose workflow is gone is found while the program runs, not only when it starts. What becomes of it its
// conversation finds out, which begins again; one that is there looks what the database has.
func TestALateRunWhoseWorkflowIsGoneIsFoundWithinARound(t *testing.T) {
	dbtest.EachDB(t, func(t *testing.T, store *db.Store) {
		o := newOffice(t, store)
		s := newStatuses(o)
		ended, alive, lost, punctual := o.lateRun("ann"), o.lateRun("bob"), o.lateRun("cid"), o.lateRun("dan")
		o.until(punctual, o.store.Now().Add(time.Hour))
		s.set(true, alive.WorkflowID, enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING)
		o.temporal.signals = []signal{{workflowID: alive.WorkflowID}}
		o.watch(10 * time.Millisecond)
		require.Eventually(t, func() bool { return s.count(ended.WorkflowID) > 1 }, soon, often, "the rounds go on while Temporal is away")
		require.Zero(t, o.begun(ended), "and what can't be compared is left alone")

		s.set(false, ended.WorkflowID, enumspb.WORKFLOW_EXECUTION_STATUS_TERMINATED)
		require.Eventually(t, func() bool { return o.begun(ended) > 0 && o.begun(lost) > 0 && o.poked(alive) > 0 }, soon, often)
		require.Zero(t, o.begun(alive))
		require.Zero(t, s.count(punctual.WorkflowID), "what is on time is not asked for")
		for _, sent := range o.temporal.got() {
			if sent.workflowID == lost.WorkflowID {
				require.Equal(t, []any{workflows.State{Subject: bot.Subject{LeadID: lost.LeadID}}}, sent.args)
				require.Equal(t, enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING, sent.options.WorkflowIDConflictPolicy)
			}
		}
	})
}

// Where Temporal may have lost everything, all conversations are compared, and mail that none has handled is sent again.
func TestEverythingIsComparedWhereItMayBeLost(t *testing.T) {
	dbtest.EachDB(t, func(t *testing.T, store *db.Store) {
		o := newOffice(t, store)
		s := newStatuses(o)
		lost, alive := o.lateRun("ann"), o.lateRun("bob")
		for _, run := range []crm.Run{lost, alive} {
			o.until(run, o.store.Now().Add(time.Hour))
			letters, err := store.UnsentMail(t.Context(), run.WorkflowID)
			require.NoError(t, err)
			require.NoError(t, store.MailSent(t.Context(), []int64{letters[0].Seq}))
		}
		s.set(false, alive.WorkflowID, enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING)
		o.temporal.signals = []signal{{workflowID: alive.WorkflowID}}
		require.NoError(t, o.postman.Recover(t.Context(), store.Now().Add(-time.Minute)))
		require.Equal(t, 1, o.begun(lost))
		require.Zero(t, o.begun(alive))
		require.Equal(t, []int{1, 1}, []int{o.unsent(lost.LeadID), o.unsent(alive.LeadID)})

		s.set(true, "", 0)
		require.ErrorContains(t, o.postman.Recover(t.Context(), store.Now()), "temporal is down", "it shall be tried again")
	})
}

// When Temporal is away a round ends soon, instead of asking for each of thousands of conversations in vain.
func TestARoundEndsWhenTemporalIsAway(t *testing.T) {
	o := newOffice(t, dbtest.Open(t, dbtest.SQLiteURL(t)))
	var runs []crm.Run
	for i := range 5 {
		runs = append(runs, o.lateRun(fmt.Sprint("client-", i)))
	}
	s := newStatuses(o)
	s.set(true, "", 0)
	o.watch(10 * time.Millisecond)
	require.Eventually(t, func() bool { return s.count(runs[2].WorkflowID) > 1 }, soon, often)
	require.Zero(t, s.count(runs[3].WorkflowID))
}

func TestLostRunsAreCounted(t *testing.T) {
	o := newOffice(t, dbtest.Open(t, dbtest.SQLiteURL(t)))
	o.postman.CountLost(bot.FateAdopted, 2)
	registry := prometheus.NewRegistry()
	registry.MustRegister(o.postman.Collectors()...)
	families, err := registry.Gather()
	require.NoError(t, err)
	require.Equal(t, "salesbot_dead_letters_total", families[0].GetName())
	require.Equal(t, "salesbot_lost_runs_total", families[1].GetName())
	counts := map[string]float64{}
	for _, metric := range families[1].GetMetric() {
		counts[metric.GetLabel()[0].GetValue()] = metric.GetCounter().GetValue()
	}
	require.Equal(t, map[string]float64{"ended": 0, "adopted": 2}, counts)
}
