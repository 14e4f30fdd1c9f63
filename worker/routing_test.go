package worker_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"

	"salesbot/activities"
	"salesbot/bot"
	"salesbot/db/dbtest"
	"salesbot/embedded"
	"salesbot/worker"
	"salesbot/workflows"
)

// deployment is one with two builds on a server of its own.
type deployment struct {
	t        *testing.T
	temporal client.Client
}

// Of two builds the one that is current gets the conversations, as does one that is ramped up; each can tell whether it does.
func TestABuildKnowsWhetherItIsGivenWork(t *testing.T) {
	t.Parallel()
	d := &deployment{t: t, temporal: serve(t)}
	store := dbtest.Open(t, dbtest.SQLiteURL(t))
	for _, build := range []string{"a", "b"} {
		w, err := worker.New(d.temporal, &activities.Activities{Store: store}, options(build))
		require.NoError(t, err)
		require.NoError(t, w.Start())
		t.Cleanup(w.Stop)
	}
	d.eventually("a", false)
	d.eventually("b", false)

	waits := d.converse(1)
	d.setCurrent("a")
	d.eventually("a", true)
	d.eventually("b", false)
	require.Equal(t, "a", d.doneBy(waits), "what came while no build was current is done then")

	d.setCurrent("b")
	d.eventually("b", true)
	d.eventually("a", false)
	require.Equal(t, "b", d.doneBy(d.converse(2)))

	_, err := d.handle().SetRampingVersion(t.Context(), client.WorkerDeploymentSetRampingVersionOptions{BuildID: "a", Percentage: 50})
	require.NoError(t, err)
	d.eventually("a", true)
	d.eventually("b", true)
	require.NoError(t, worker.Routed(t.Context(), d.temporal, worker.Options{}), "without versioning there is nothing to be routed")
}

func TestVersioningNeedsBothNames(t *testing.T) {
	t.Parallel()
	for _, o := range []worker.Options{{DeploymentName: "salesbot"}, {BuildID: "a"}} {
		_, err := worker.New(nil, nil, o)
		require.ErrorContains(t, err, "one of them is missing")
	}
}

func options(build string) worker.Options {
	return worker.Options{DeploymentName: "salesbot", BuildID: build}
}

func serve(t *testing.T) client.Client {
	t.Helper()
	quiet := slog.New(slog.DiscardHandler)
	server, err := embedded.Start(t.Context(), embedded.Options{DataDir: t.TempDir(), SearchAttributes: workflows.SearchAttributes(), Logger: quiet})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, server.Stop()) })
	c, err := client.Dial(client.Options{HostPort: server.Address(), Logger: sdklog.NewStructuredLogger(quiet)})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

func (d *deployment) handle() client.WorkerDeploymentHandle {
	return d.temporal.WorkerDeploymentClient().GetHandle("salesbot")
}

func (d *deployment) setCurrent(build string) {
	d.t.Helper()
	require.EventuallyWithT(d.t, func(t *assert.CollectT) {
		_, err := d.handle().SetCurrentVersion(d.t.Context(), client.WorkerDeploymentSetCurrentVersionOptions{BuildID: build})
		require.NoError(t, err)
	}, time.Minute, 100*time.Millisecond, "the server must have heard of the build first")
}

func (d *deployment) eventually(build string, routed bool) {
	d.t.Helper()
	require.Eventually(d.t, func() bool {
		err := worker.Routed(d.t.Context(), d.temporal, options(build))
		return (err == nil) == routed
	}, time.Minute, 100*time.Millisecond)
	if !routed {
		require.ErrorContains(d.t, worker.Routed(d.t.Context(), d.temporal, options(build)), "set-current-version --deployment-name salesbot --build-id "+build)
	}
}

// converse begins a conversation that has nothing to say.
func (d *deployment) converse(lead int64) client.WorkflowRun {
	d.t.Helper()
	subject := bot.Subject{LeadID: lead}
	run, err := d.temporal.ExecuteWorkflow(d.t.Context(), client.StartWorkflowOptions{ID: subject.WorkflowID(), TaskQueue: workflows.TaskQueue},
		bot.ConversationType, workflows.State{Subject: subject})
	require.NoError(d.t, err)
	return run
}

// doneBy is the build that has done the conversation.
func (d *deployment) doneBy(run client.WorkflowRun) string {
	d.t.Helper()
	require.NoError(d.t, run.Get(d.t.Context(), nil))
	described, err := d.temporal.DescribeWorkflowExecution(d.t.Context(), run.GetID(), run.GetRunID())
	require.NoError(d.t, err)
	return described.GetWorkflowExecutionInfo().GetVersioningInfo().GetDeploymentVersion().GetBuildId()
}
