package app

import (
	"context"
	"fmt"
)

// Welcome tells the operator where the product is. At the first start it makes the first administrator, fills an empty
// account with the sample if this process is to, and prints a login link.
func (a *App) Welcome(ctx context.Context) error {
	if !a.parts.API {
		return nil
	}
	base := a.config.publicURL(a.Address())
	known, err := a.store.HasUsers(ctx)
	if err != nil {
		return err
	}
	if known {
		fmt.Printf("Salesbot is at %s\n", base)
		return nil
	}
	if a.parts.Sample {
		if err := a.seed(ctx); err != nil {
			return fmt.Errorf("fill the account with the sample: %w", err)
		}
	}
	link, err := loginLink(ctx, a.store, base, "")
	if err != nil {
		return err
	}
	fmt.Printf("Salesbot is at %s\n\n  Sign in (once, within a day):  %s\n  Try the live chat:             %s/demo\n\n", base, link, base)
	return nil
}
