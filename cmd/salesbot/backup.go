package main

import (
	"context"
	"os"

	"salesbot/app"
)

type backupCmd struct {
	Dir string `arg:"" type:"path" help:"Folder for the backup; it must be empty or not be there yet."`
}

// Run makes the backup and says what is in it.
func (c backupCmd) Run(ctx context.Context, config *app.Config) error {
	return app.Backup(ctx, *config, c.Dir, version, os.Stdout)
}

// Help is shown by salesbot backup --help.
func (backupCmd) Help() string {
	return "Copies the databases, each as it is at one moment, Temporal's before the product's; then clients' files and the secret key; " +
		"and a manifest with the SHA-256 of each. Until it is whole the folder has another name. " +
		"PostgreSQL needs pg_dump. With an outside Temporal cluster only the product is copied."
}

type restoreCmd struct {
	Dir   string `arg:"" type:"existingdir" help:"Folder of the backup."`
	Force bool   `help:"Move aside the installation that is there. Nothing is deleted."`
}

// Run restores the backup and says what became of what was there.
func (c restoreCmd) Run(ctx context.Context, config *app.Config) error {
	return app.Restore(ctx, *config, c.Dir, c.Force, os.Stdout)
}

// Help is shown by salesbot restore --help.
func (restoreCmd) Help() string {
	return "Compares every file with the manifest, refuses what a newer version made, and begins a new epoch, by which the first start knows that it follows a restore: " +
		"conversations go on from what the product has, whatever Temporal knows. PostgreSQL needs pg_restore."
}
