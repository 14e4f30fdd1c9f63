package app

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"go.temporal.io/api/workflowservice/v1"

	"salesbot/db"
)

const (
	// settingTemporal is where the Temporal was that this installation spoke to last, as it is told apart from another one.
	settingTemporal = "temporal"
	// mayBeLost is how old mail may be that is sent again when Temporal may have lost some. What was accepted earlier was
	// written to its disk long ago.
	mayBeLost = time.Hour
)

// recover brings back what Temporal has lost since the last time, if it may have lost something: the machine lost its
// power, a backup was restored, or Temporal's data is another. A stop and a mere crash of the process lose nothing.
func (a *App) recover(ctx context.Context) error {
	now, err := a.temporalNow(ctx)
	if err != nil {
		return err
	}
	var before string
	if _, err := a.store.Setting(ctx, settingTemporal, &before); err != nil || before == now {
		return err
	}
	if err := a.postman.Recover(ctx, a.store.Now().Add(-mayBeLost)); err != nil {
		return fmt.Errorf("bring back what Temporal may have lost (it is tried again at the next start): %w", err)
	}
	return a.store.Change(ctx, func(ctx context.Context, tx *db.Tx) error { return tx.SetSetting(ctx, settingTemporal, now) })
}

// temporalNow names the Temporal that we speak to: by its namespace's id, which is another one when its data is; by the
// installation's epoch, which begins with a restore; and, for the embedded server, by the boot of the machine.
func (a *App) temporalNow(ctx context.Context) (string, error) {
	described, err := a.temporal.WorkflowService().DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: a.config.Namespace})
	if err != nil {
		return "", fmt.Errorf("look at Temporal's namespace: %w", err)
	}
	epoch, err := a.store.Epoch(ctx)
	if err != nil {
		return "", err
	}
	boot := "elsewhere"
	if a.embedded != nil {
		boot = thisBoot()
	}
	return strings.Join([]string{described.GetNamespaceInfo().GetId(), epoch, boot}, "/"), nil
}

// thisBoot is another text after each boot of the machine. Where no such text is known each start counts as a boot.
func thisBoot() string {
	id, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return time.Now().Format(time.RFC3339Nano)
	}
	return strings.TrimSpace(string(id))
}
