// Command salesbot is the whole product: the server, its parts, and the tools for bots as files.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"salesbot/app"
)

// cli is the command line; app.Config's fields are flags of every command.
type cli struct {
	app.Config

	Run     runCmd     `cmd:"" help:"Everything in one process: HTTP, worker, and, unless TEMPORAL_ADDRESS is set, an embedded Temporal."`
	API     apiCmd     `cmd:"" help:"HTTP only; needs a Temporal cluster."`
	Worker  workerCmd  `cmd:"" help:"Conversations only; needs a Temporal cluster."`
	Migrate migrateCmd `cmd:"" help:"Bring the database's schema up to this version, and stop."`
	Backup  backupCmd  `cmd:"" help:"Copy the installation into a folder, while it runs."`
	Restore restoreCmd `cmd:"" help:"Put a backup in the place of the installation, which must not run."`
	Resend  resendCmd  `cmd:"" help:"Bring back what an outside Temporal cluster has lost, beside running servers."`
	Token   struct {
		Create tokenCreateCmd `cmd:"" help:"Make an administrator's API token and print it."`
	} `cmd:"" help:"API tokens."`
	Login loginCmd `cmd:"" help:"Print a link that lets an administrator in, once."`
	Bot   struct {
		Lint botLintCmd `cmd:"" help:"Check bot files."`
		Test botTestCmd `cmd:"" help:"Run bots' scripts with skipped time."`
	} `cmd:"" help:"Bots as files."`
	Bench   benchCmd         `cmd:"" help:"Measure turns a second, latency and waiting conversations, beside a bare Temporal loop."`
	Version kong.VersionFlag `help:"Print the version."`
}

// version is set by the build.
var version = "development"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if len(os.Args) == 1 {
		os.Args = append(os.Args, "--help") // a server begins in no folder that nobody named
	}
	var c cli
	parsed := kong.Parse(&c, kong.Name("salesbot"), kong.Description("A sales CRM whose conversations are durable Temporal workflows."),
		kong.Vars{"version": version}, kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(&c.Config), kong.UsageOnError())
	if err := parsed.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "salesbot: "+err.Error())
		os.Exit(1)
	}
}
