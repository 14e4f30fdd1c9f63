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

// quietRun begins a conversation of which nothing was heard for an hour.
func (o *office) quietRun(client string) crm.Run {
	o.t.Helper()
	o.say(client, "m-"+client)
	runs, _, err := o.store.Runs(o.t.Context(), db.RunFilter{}, db.Paging{Limit: 1})
	require.NoError(o.t, err)
	o.age(runs[0], time.Hour)
	return runs[0]
}

func (o *office) age(run crm.Run, by time.Duration) {
	o.t.Helper()
	require.NoError(o.t, o.store.Change(o.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.NewUpdate().Table("runs").Set("updated_at = ?", tx.Now.Add(-by)).Where("id = ?", run.ID).Exec(ctx); err != nil {
			return err
		}
		_, err := tx.NewUpdate().Table("mail").Set("sent_at = ?", tx.Now.Add(-by)).Where("workflow_id = ?", run.WorkflowID).Exec(ctx)
		return err
	}))
}

func (o *office) find(id int64) crm.Run {
	o.t.Helper()
	run, err := o.store.Run(o.t.Context(), id)
	require.NoError(o.t, err)
	return run
}

// lost are the lost runs that were counted, by their fate.
func (o *office) lost() map[string]float64 {
	o.t.Helper()
	registry := prometheus.NewRegistry()
	registry.MustRegister(o.postman.Collectors()...)
	families, err := registry.Gather()
	require.NoError(o.t, err)
	require.Equal(o.t, "salesbot_lost_runs_total", families[0].GetName())
	counts := map[string]float64{}
	for _, metric := range families[0].GetMetric() {
		counts[metric.GetLabel()[0].GetValue()] = metric.GetCounter().GetValue()
	}
	return counts
}

const soon, often = 20 * time.Second, 5 * time.Millisecond

// A run whose workflow is gone is found while the program runs, not only when it starts.
func TestARunWhoseWorkflowIsGoneIsFoundWithinARound(t *testing.T) {
	dbtest.EachDB(t, func(t *testing.T, store *db.Store) {
		o := newOffice(t, store)
		s := newStatuses(o)
		ended, alive, lost := o.quietRun("ann"), o.quietRun("bob"), o.quietRun("cid")
		s.set(true, alive.WorkflowID, enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING)
		o.watch(10 * time.Millisecond)
		require.Eventually(t, func() bool { return s.count(ended.WorkflowID) > 1 }, soon, often, "the rounds go on while Temporal is away")
		require.Nil(t, o.find(ended.ID).EndedAt, "and what can't be compared is left alone")

		s.set(false, ended.WorkflowID, enumspb.WORKFLOW_EXECUTION_STATUS_COMPLETED)
		require.Eventually(t, func() bool { return o.find(ended.ID).EndedAt != nil && o.unsent(lost.LeadID) == 1 }, soon, often)
		require.Equal(t, "its workflow was ended in Temporal (Completed)", o.find(ended.ID).Reason)
		letters, err := store.UnsentMail(t.Context(), lost.WorkflowID)
		require.NoError(t, err)
		require.Equal(t, bot.SignalLaunch, letters[0].Signal, "one that Temporal does not know is launched again")
		seen := s.count(alive.WorkflowID)
		require.Eventually(t, func() bool { return s.count(alive.WorkflowID) > seen+2 }, soon, often)
		require.Nil(t, o.find(alive.ID).EndedAt)
		require.Equal(t, 1, o.unsent(lost.LeadID), "once")
		require.Equal(t, map[string]float64{"ended": 1, "relaunched": 1}, o.lost())
	})
}

// A conversation that changed within the last minute is alive, and is asked for only at the start.
func TestABusyConversationIsNotAskedFor(t *testing.T) {
	o := newOffice(t, dbtest.Open(t, dbtest.SQLiteURL(t)))
	busy, quiet := o.quietRun("ann"), o.quietRun("bob")
	o.age(busy, 0)
	s := newStatuses(o)
	for _, run := range []crm.Run{busy, quiet} {
		s.set(false, run.WorkflowID, enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING)
	}
	o.watch(10 * time.Millisecond)
	require.Eventually(t, func() bool { return s.count(quiet.WorkflowID) > 3 }, soon, often)
	require.Equal(t, 1, s.count(busy.WorkflowID))
}

// When Temporal is away a round ends soon, instead of asking for each of thousands of conversations in vain.
func TestARoundEndsWhenTemporalIsAway(t *testing.T) {
	o := newOffice(t, dbtest.Open(t, dbtest.SQLiteURL(t)))
	var runs []crm.Run
	for i := range 5 {
		runs = append(runs, o.quietRun(fmt.Sprint("client-", i)))
	}
	s := newStatuses(o)
	s.set(true, "", 0)
	o.watch(10 * time.Millisecond)
	require.Eventually(t, func() bool { return s.count(runs[2].WorkflowID) > 1 }, soon, often)
	require.Zero(t, s.count(runs[3].WorkflowID))
}
