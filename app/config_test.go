package app_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/app"
)

// A build that nobody makes current would wait for ever, without a word; only a cluster has several.
func TestVersionsOfWorkersAreForClusters(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		temporal, deployment, build, want string
	}{
		"neither":             {},
		"embedded":            {deployment: "salesbot", build: "1", want: "are for a Temporal cluster"},
		"embedded, by halves": {build: "1", want: "are for a Temporal cluster"},
		"cluster":             {temporal: "temporal:7233", deployment: "salesbot", build: "1"},
		"cluster, no build":   {temporal: "temporal:7233", deployment: "salesbot", want: "belong together"},
		"cluster, no name":    {temporal: "temporal:7233", build: "1", want: "belong together"},
		"cluster, neither":    {temporal: "temporal:7233"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := config(t)
			config.TemporalAddress, config.Deployment, config.BuildID = c.temporal, c.deployment, c.build
			err := config.Validate(app.Everything)
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.want)
		})
	}
}

func TestThePortOfTemporalIsForTheEmbeddedOne(t *testing.T) {
	t.Parallel()
	c := config(t)
	c.TemporalPort = 7233
	require.NoError(t, c.Validate(app.Everything))
	c.TemporalAddress = "temporal:7233"
	require.ErrorContains(t, c.Validate(app.Everything), "leave one of them out")
	c.TemporalAddress, c.TemporalPort = "", 70000
	require.ErrorContains(t, c.Validate(app.Everything), "is a port")
}
