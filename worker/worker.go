// Package worker builds the Temporal worker that drives conversations.
package worker

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"salesbot/activities"
	"salesbot/workflows"
)

// stopTimeout is how long a stop waits for activities under way: longer than one send takes, so that a deploy cuts none off.
const stopTimeout = 25 * time.Second

// Options are what an operator may set.
type Options struct {
	// DeploymentName and BuildID switch worker versioning on, for clusters where several builds work side by side; both or none.
	DeploymentName, BuildID string
	// CachedConversations bounds the conversations that are kept in memory between turns; 0 is 10,000.
	CachedConversations int
}

// New makes a worker; Start and Stop are the caller's.
func New(temporal client.Client, a *activities.Activities, o Options) (worker.Worker, error) {
	if (o.DeploymentName == "") != (o.BuildID == "") {
		return nil, fmt.Errorf("worker versioning needs a deployment name and a build id; one of them is missing")
	}
	if o.CachedConversations > 0 {
		worker.SetStickyWorkflowCacheSize(o.CachedConversations)
	}
	w := worker.New(temporal, workflows.TaskQueue, options(o))
	workflows.Register(w, a)
	return w, nil
}

// options: pollers scale by themselves, because with a fixed number conversations starve under load; names are
// registered in full, so that renaming a Go function renames nothing on the wire.
func options(o Options) worker.Options {
	pollers := worker.NewPollerBehaviorAutoscaling(worker.PollerBehaviorAutoscalingOptions{InitialNumberOfPollers: 5, MinimumNumberOfPollers: 1, MaximumNumberOfPollers: 100})
	options := worker.Options{WorkflowTaskPollerBehavior: pollers, ActivityTaskPollerBehavior: pollers, WorkerStopTimeout: stopTimeout,
		DisableRegistrationAliasing: true}
	if o.BuildID != "" {
		options.DeploymentOptions = worker.DeploymentOptions{UseVersioning: true, DefaultVersioningBehavior: workflow.VersioningBehaviorAutoUpgrade,
			Version: worker.WorkerDeploymentVersion{DeploymentName: o.DeploymentName, BuildID: o.BuildID}}
	}
	return options
}
