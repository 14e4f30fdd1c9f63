package main

import (
	"context"
	"os"
	"time"

	"salesbot/app"
)

type resendCmd struct {
	Since time.Duration `default:"1h" help:"How long ago mail may have been sent that is sent again, such as 90m."`
}

// Run sends again what no conversation has handled.
func (c resendCmd) Run(ctx context.Context, config *app.Config) error {
	return app.Resend(ctx, *config, c.Since, os.Stdout)
}

// Help is shown by salesbot resend --help.
func (resendCmd) Help() string {
	return "For a Temporal cluster that lost data or was restored. It works beside running servers: what conversations have handled is not sent, " +
		"and one whose workflow is gone goes on from what the product's database has."
}
