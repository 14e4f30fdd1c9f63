package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"salesbot/app"
)

type runCmd struct {
	NoSample bool `help:"Do not fill an empty account with a sample bot and a live chat."`
}

// Run serves everything.
func (c runCmd) Run(ctx context.Context, config *app.Config) error {
	parts := app.Everything
	parts.Sample = !c.NoSample
	return serve(ctx, *config, parts)
}

type apiCmd struct{}

// Run serves HTTP.
func (apiCmd) Run(ctx context.Context, config *app.Config) error {
	return serve(ctx, *config, app.Parts{API: true})
}

type workerCmd struct{}

// Run drives conversations.
func (workerCmd) Run(ctx context.Context, config *app.Config) error {
	return serve(ctx, *config, app.Parts{Worker: true})
}

func serve(ctx context.Context, config app.Config, parts app.Parts) (err error) {
	a, err := app.New(ctx, config, parts)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	if err := a.Welcome(ctx, os.Stdout); err != nil {
		return err
	}
	return a.Run(ctx)
}

type migrateCmd struct{}

// Run brings the schema up to date.
func (migrateCmd) Run(ctx context.Context, config *app.Config) error {
	return app.Migrate(ctx, *config)
}

type tokenCreateCmd struct {
	Name string `required:"" help:"What the token is for; shown in the list of tokens."`
}

// Run prints the token and nothing else.
func (c tokenCreateCmd) Run(ctx context.Context, config *app.Config) error {
	token, err := app.CreateToken(ctx, *config, c.Name)
	if err != nil {
		return err
	}
	fmt.Println(token)
	return nil
}

type loginCmd struct {
	Email string `help:"Whom the link lets in; by default the first administrator."`
}

// Run prints the link.
func (c loginCmd) Run(ctx context.Context, config *app.Config) error {
	link, err := app.LoginLink(ctx, *config, c.Email)
	if err != nil {
		return err
	}
	fmt.Println(link)
	return nil
}
