//go:build !noembed

package embedded

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
)

func TestTimerSurvivesRestart(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, o Options) {
		const nap = 3 * time.Second
		first, stop := start(t, o)
		c := dial(t, first)
		w := work(t, c)
		run, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: "nap", TaskQueue: taskQueue}, napping, nap)
		require.NoError(t, err)
		require.Eventually(t, func() bool { return hasEvent(t, c, "nap", enumspb.EVENT_TYPE_TIMER_STARTED) },
			10*time.Second, 20*time.Millisecond)
		w.Stop()
		c.Close()
		stop()

		second, _ := start(t, o)
		c = dial(t, second)
		w = work(t, c)
		defer w.Stop()
		var said string
		require.NoError(t, c.GetWorkflow(t.Context(), "nap", run.GetRunID()).Get(t.Context(), &said))
		require.Equal(t, "slept 3s", said)
	})
}

func hasEvent(t *testing.T, c client.Client, id string, kind enumspb.EventType) bool {
	events := c.GetWorkflowHistory(t.Context(), id, "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		e, err := events.Next()
		require.NoError(t, err)
		if e.EventType == kind {
			return true
		}
	}
	return false
}

func TestNamespaceFollowsOptions(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, o Options) {
		o.SearchAttributes = map[string]enumspb.IndexedValueType{
			"Lead": enumspb.INDEXED_VALUE_TYPE_INT, "Bots": enumspb.INDEXED_VALUE_TYPE_KEYWORD_LIST,
		}
		s, stop := start(t, o)
		requireNamespace(t, s, DefaultRetention, o.SearchAttributes)
		stop()

		o.Retention = 48 * time.Hour
		o.SearchAttributes = map[string]enumspb.IndexedValueType{"Channel": enumspb.INDEXED_VALUE_TYPE_KEYWORD}
		s, _ = start(t, o)
		requireNamespace(t, s, o.Retention, map[string]enumspb.IndexedValueType{
			"Lead": enumspb.INDEXED_VALUE_TYPE_INT, "Bots": enumspb.INDEXED_VALUE_TYPE_KEYWORD_LIST,
			"Channel": enumspb.INDEXED_VALUE_TYPE_KEYWORD,
		})
		requireFindable(t, dial(t, s))
	})
}

func requireNamespace(t *testing.T, s *Server, retention time.Duration, attributes map[string]enumspb.IndexedValueType) {
	t.Helper()
	c := dial(t, s)
	ns, err := c.WorkflowService().DescribeNamespace(t.Context(), &workflowservice.DescribeNamespaceRequest{Namespace: DefaultNamespace})
	require.NoError(t, err)
	require.Equal(t, retention, ns.Config.WorkflowExecutionRetentionTtl.AsDuration())
	have, err := c.OperatorService().ListSearchAttributes(t.Context(), &operatorservice.ListSearchAttributesRequest{Namespace: DefaultNamespace})
	require.NoError(t, err)
	require.Equal(t, attributes, have.CustomAttributes)
}

// requireFindable starts a workflow with old and new attributes right after the start and finds it by them.
func requireFindable(t *testing.T, c client.Client) {
	t.Helper()
	_, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{
		ID: "tagged", TaskQueue: taskQueue,
		TypedSearchAttributes: temporal.NewSearchAttributes(
			temporal.NewSearchAttributeKeyInt64("Lead").ValueSet(12),
			temporal.NewSearchAttributeKeyKeywordList("Bots").ValueSet([]string{"welcome", "follow-up"}),
			temporal.NewSearchAttributeKeyKeyword("Channel").ValueSet("livechat"),
		),
	}, napping, time.Hour)
	require.NoError(t, err)
	query := `Lead = 12 AND Bots IN ("follow-up") AND Channel = "livechat" AND ExecutionStatus = "Running"`
	require.Eventually(t, func() bool {
		found, err := c.ListWorkflow(t.Context(), &workflowservice.ListWorkflowExecutionsRequest{Query: query})
		require.NoError(t, err)
		return len(found.Executions) == 1 && found.Executions[0].Execution.WorkflowId == "tagged"
	}, 10*time.Second, 50*time.Millisecond)
}

func TestOptionsAreChecked(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		options Options
		want    string
	}{
		"no store":        {Options{}, "data folder or a PostgreSQL address"},
		"short retention": {Options{DataDir: "x", Retention: time.Hour}, "retention is 1h0m0s"},
		"ui at the root":  {Options{DataDir: "x", UIPublicPath: "/"}, "can't be /"},
		"bad address":     {Options{PostgresURL: "postgres://%"}, "the PostgreSQL address"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Start(t.Context(), test.options)
			require.ErrorContains(t, err, test.want)
		})
	}
}

func TestAddSearchAttributes(t *testing.T) {
	t.Parallel()
	const text, integer = enumspb.INDEXED_VALUE_TYPE_TEXT, enumspb.INDEXED_VALUE_TYPE_INT
	for name, test := range map[string]struct {
		have   map[string]string
		wanted map[string]enumspb.IndexedValueType
		want   map[string]string
		err    string
	}{
		"new":          {map[string]string{}, map[string]enumspb.IndexedValueType{"B": text, "A": text}, map[string]string{"Text01": "A", "Text02": "B"}, ""},
		"kept":         {map[string]string{"Text02": "A"}, map[string]enumspb.IndexedValueType{"A": text}, map[string]string{"Text02": "A"}, ""},
		"beside":       {map[string]string{"Int01": "Old"}, map[string]enumspb.IndexedValueType{"New": integer}, map[string]string{"Int01": "Old", "Int02": "New"}, ""},
		"another type": {map[string]string{"Text01": "A"}, map[string]enumspb.IndexedValueType{"A": integer}, nil, `"A" is a Text in Temporal and can't become a Int`},
		"no room":      {map[string]string{"Text01": "A", "Text02": "B", "Text03": "C"}, map[string]enumspb.IndexedValueType{"D": text}, nil, "no free column of type Text"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := addSearchAttributes(test.have, test.wanted)
			if test.err != "" {
				require.ErrorContains(t, err, test.err)
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.want, test.have)
		})
	}
}
