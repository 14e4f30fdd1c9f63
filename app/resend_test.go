package app_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"salesbot/app"
)

// A cluster loses a conversation that waits for a timer only: nobody writes to it, so nothing finds it but the command. The
// timer fires when it should have.
func TestResendBringsBackWhatAClusterHasLost(t *testing.T) {
	t.Parallel()
	c := config(t)
	cluster := ownTemporal(t)
	c.TemporalAddress = cluster.Address()
	p := newProgram(t, c, start(t, c, app.Everything).Address())
	ctx, channel := patience(t), p.liveChat()
	id := p.bot(`{"schema":1,"name":"Timer","start":"wait","steps":[
	  {"id":"wait","kind":"pause","config":{"waits":[{"id":"t","on":"timer","seconds":4}]},"exits":{"wait:t":"fired"}},
	  {"id":"fired","kind":"message","config":{"text":"the timer fired"}}]}`, channel)
	v := p.visitor(ctx, channel)
	require.NoError(t, v.say(ctx, "hi"))
	var run run
	require.Eventually(t, func() bool {
		all := p.runs(path("filter[bot_id]=%d", id))
		if len(all) == 1 {
			run = all[0]
		}
		return run.Status == "waiting"
	}, time.Minute, 20*time.Millisecond)
	temporal, err := client.Dial(client.Options{HostPort: cluster.Address()})
	require.NoError(t, err)
	defer temporal.Close()
	_, err = temporal.WorkflowService().DeleteWorkflowExecution(ctx, &workflowservice.DeleteWorkflowExecutionRequest{Namespace: "default",
		WorkflowExecution: &commonpb.WorkflowExecution{WorkflowId: run.WorkflowID}})
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		_, err := temporal.DescribeWorkflowExecution(ctx, run.WorkflowID, "")
		return err != nil
	}, time.Minute, 20*time.Millisecond)

	var said bytes.Buffer
	require.NoError(t, app.Resend(ctx, c, time.Hour, &said))
	require.Contains(t, said.String(), "have begun again")
	_, err = v.hear(ctx, "the timer fired")
	require.NoError(t, err)
	c.TemporalAddress = ""
	require.ErrorContains(t, app.Resend(ctx, c, time.Hour, &said), "finds out by itself")
}
