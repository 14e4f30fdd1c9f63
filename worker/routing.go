package worker

import (
	"context"
	"errors"
	"fmt"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
)

// Routed is an error if the server gives this build no work: its deployment neither has it as the current version nor ramps it
// up. Without versioning, every worker is given work.
func Routed(ctx context.Context, temporal client.Client, o Options) error {
	if o.BuildID == "" {
		return nil
	}
	deployment, err := temporal.WorkerDeploymentClient().GetHandle(o.DeploymentName).Describe(ctx, client.WorkerDeploymentDescribeOptions{})
	var unknown *serviceerror.NotFound
	if err != nil && !errors.As(err, &unknown) {
		return fmt.Errorf("look which build of %s is at work: %w", o.DeploymentName, err)
	}
	routing := deployment.Info.RoutingConfig
	if o.is(routing.CurrentVersion) || o.is(routing.RampingVersion) {
		return nil
	}
	return fmt.Errorf("build %[2]s of the deployment %[1]s gets no work until it is made current: temporal worker deployment set-current-version --deployment-name %[1]s --build-id %[2]s", o.DeploymentName, o.BuildID)
}

func (o Options) is(version *worker.WorkerDeploymentVersion) bool {
	return version != nil && version.DeploymentName == o.DeploymentName && version.BuildID == o.BuildID
}
