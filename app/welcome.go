package app

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"strings"
)

// Welcome writes to out, for the operator, what runs, where its data is and at which addresses people find it. At the first
// start it makes the first administrator, fills an empty account with the sample if this process is to, and prints a login link.
func (a *App) Welcome(ctx context.Context, out io.Writer) error {
	base := a.config.publicURL(a.Address())
	if !a.parts.API {
		_, err := fmt.Fprintf(out, "Salesbot drives conversations of %s\n\n  Data          %s\n  Health        http://%s/readyz\n\n", a.temporalPlace(), a.dataPlace(), a.Address())
		return err
	}
	signIn, err := a.signInHelp(ctx, base)
	if err != nil {
		return err
	}
	page := fmt.Sprintf("Salesbot is at %s\n\n  Runs          %s\n  Data          %s\n  App           %s\n  Live chat     %s/demo\n", base, a.whatRuns(), a.dataPlace(), base, base)
	if a.embedded != nil {
		page += fmt.Sprintf("  Temporal UI   %s/temporal/\n", base)
	}
	_, err = fmt.Fprintf(out, "%s  Sign in       %s\n\n", page, signIn)
	return err
}

// signInHelp is a link for the first administrator at the first start, and later the way to a new one.
func (a *App) signInHelp(ctx context.Context, base string) (string, error) {
	known, err := a.store.HasUsers(ctx)
	if err != nil {
		return "", err
	}
	if known {
		return "with your password, or run: salesbot login", nil
	}
	if a.parts.Sample {
		if err := a.seed(ctx); err != nil {
			return "", fmt.Errorf("fill the account with the sample: %w", err)
		}
	}
	link, err := loginLink(ctx, a.store, base, "")
	return link + "  (once, within a day)", err
}

func (a *App) whatRuns() string {
	parts := []string{"web app and API"}
	if a.parts.Worker {
		parts = append(parts, "conversations")
	}
	return strings.Join(append(parts, a.temporalPlace()), ", ")
}

func (a *App) temporalPlace() string {
	if a.embedded != nil {
		return "an embedded Temporal"
	}
	return "Temporal at " + a.config.TemporalAddress
}

// dataPlace names the folder or the database, without the password.
func (a *App) dataPlace() string {
	if address, err := url.Parse(a.config.DatabaseURL); err == nil && address.Host != "" {
		return "PostgreSQL " + address.Host + address.Path
	}
	folder, err := filepath.Abs(a.config.Data)
	if err != nil {
		folder = a.config.Data
	}
	return folder + " (SQLite)"
}
