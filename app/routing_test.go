package app_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"salesbot/app"
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

	temporal, err := client.Dial(client.Options{HostPort: cluster.Address()})
	require.NoError(t, err)
	defer temporal.Close()
	require.EventuallyWithT(t, func(t *assert.CollectT) {
		_, err := temporal.WorkerDeploymentClient().GetHandle("salesbot").SetCurrentVersion(ctx, client.WorkerDeploymentSetCurrentVersionOptions{BuildID: "1"})
		require.NoError(t, err)
	}, time.Minute, 100*time.Millisecond)
	require.Eventually(t, func() bool { return ready() == http.StatusOK }, time.Minute, 100*time.Millisecond)
	_, err = v.hear(ctx, "welcome")
	require.NoError(t, err)
}
