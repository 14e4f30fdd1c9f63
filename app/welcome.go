package app

import (
	"context"
	"fmt"
	"io"
)

// Welcome writes to out, for the operator, where the product is. At the first start it makes the first administrator, fills an empty
// account with the sample if this process is to, and prints a login link.
func (a *App) Welcome(ctx context.Context, out io.Writer) error {
	if !a.parts.API {
		return nil
	}
	base := a.config.publicURL(a.Address())
	known, err := a.store.HasUsers(ctx)
	if err != nil {
		return err
	}
	if known {
		_, err = fmt.Fprintf(out, "Salesbot is at %s\n", base)
		return err
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
	_, err = fmt.Fprintf(out, "Salesbot is at %s\n\n  Sign in (once, within a day):  %s\n  Try the live chat:             %s/demo\n\n", base, link, base)
	return err
}
