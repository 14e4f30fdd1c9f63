package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"salesbot/app"
	"salesbot/db/dbtest"
	"salesbot/embedded"
)

// A process whose build nobody has made current takes messages in and answers none: /readyz says so until that is done, and then
// nothing is lost.
func TestAProcessIsNotReadyBeforeItsBuildIsCurrent(t *testing.T) {
	t.Parallel()
	c := config(t)
	cluster := ownTemporal(t)
	c.TemporalAddress, c.Deployment, c.BuildID = cluster.Address(), "salesbot", "1"
	p := newProgram(t, c, start(t, c, app.Everything).Address())
	ctx, channel := patience(t), p.liveChat()
	ready := func() int {
		answer, err := http.Get(p.base + "/readyz")
		require.NoError(t, err)
		defer answer.Body.Close()
		return answer.StatusCode
	}
	p.bot(`{"schema":1,"name":"Greeter","start":"greet","steps":[{"id":"greet","kind":"message","config":{"text":"welcome"}}]}`, channel)
	v := p.visitor(ctx, channel)
	require.NoError(t, v.say(ctx, "hi"))
	require.Equal(t, http.StatusServiceUnavailable, ready())

	makeCurrent(t, cluster, "1")
	require.Eventually(t, func() bool { return ready() == http.StatusOK }, time.Minute, 100*time.Millisecond)
	_, err := v.hear(ctx, "welcome")
	require.NoError(t, err)
}

// A conversation that has waited since the build before goes on in the new one, as soon as that is current.
func TestAnOpenConversationMovesToTheNewBuild(t *testing.T) {
	t.Parallel()
	cluster := ownTemporal(t)
	c := config(t)
	c.TemporalAddress, c.Deployment, c.BuildID = cluster.Address(), "salesbot", "1"
	c.DatabaseURL, c.Files, c.SecretKey = dbtest.PostgresDatabase(t), t.TempDir(), strings.Repeat("ab", 32)
	p := newProgram(t, c, start(t, c, app.Everything).Address())
	makeCurrent(t, cluster, "1")
	ctx, channel := patience(t), p.liveChat()
	id := p.bot(echoBot, channel)
	v := p.visitor(ctx, channel)
	turns := 0
	turn := func() {
		turns++
		require.NoError(t, v.say(ctx, fmt.Sprintf("turn %d!", turns)))
		_, err := v.hear(ctx, fmt.Sprintf("you said turn %d!", turns))
		require.NoError(t, err)
	}
	turn()

	c.BuildID, c.Data = "2", t.TempDir()
	start(t, c, app.Everything)
	temporal := makeCurrent(t, cluster, "2")
	workflow := p.runs(path("filter[bot_id]=%d", id))[0].WorkflowID
	for { // the cluster's queues hear of the new build one after another
		turn()
		described, err := temporal.DescribeWorkflowExecution(ctx, workflow, "")
		require.NoError(t, err)
		if described.GetWorkflowExecutionInfo().GetVersioningInfo().GetDeploymentVersion().GetBuildId() == "2" {
			break
		}
	}
	require.Len(t, v.said(), turns)
}

// makeCurrent gives new work to a build, as soon as the cluster has heard of it.
func makeCurrent(t *testing.T, cluster *embedded.Server, build string) client.Client {
	t.Helper()
	temporal, err := client.Dial(client.Options{HostPort: cluster.Address()})
	require.NoError(t, err)
	t.Cleanup(temporal.Close)
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		_, err := temporal.WorkerDeploymentClient().GetHandle("salesbot").SetCurrentVersion(t.Context(), client.WorkerDeploymentSetCurrentVersionOptions{BuildID: build})
		require.NoError(c, err)
	}, time.Minute, 100*time.Millisecond)
	return temporal
}
