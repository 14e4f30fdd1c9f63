package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"salesbot/backup"
	"salesbot/db"
	"salesbot/embedded"
)

// productFile is the SQLite file of the product in the data folder.
const productFile = "salesbot.db"

// Backup copies the installation into the folder dir, while a server runs or not, and tells out what is in it and what
// is not. version is the program's.
func Backup(ctx context.Context, config Config, dir, version string, out io.Writer) error {
	if err := config.Validate(Parts{}); err != nil {
		return err
	}
	if err := config.requireInstallation(); err != nil {
		return err
	}
	store, err := db.Open(ctx, db.Options{URL: config.databaseURL(), Logger: config.logger()})
	if err != nil {
		return err
	}
	defer store.Close()
	manifest, err := config.manifest(ctx, store, version)
	if err != nil {
		return err
	}
	steps, err := config.backupSteps(ctx, store)
	if err != nil {
		return err
	}
	if err := backup.Create(ctx, dir, manifest, steps...); err != nil {
		return err
	}
	return config.tellBackup(dir, manifest, out)
}

// requireInstallation keeps a command that was given a wrong folder from making an empty database there.
func (c Config) requireInstallation() error {
	if c.DatabaseURL != "" {
		return nil
	}
	if _, err := os.Stat(filepath.Join(c.Data, productFile)); err != nil {
		return fmt.Errorf("there is no installation in the data folder %s (set SALESBOT_DATA to its folder, or DATABASE_URL): %w", c.Data, err)
	}
	return nil
}

func (c Config) manifest(ctx context.Context, store *db.Store, version string) (backup.Manifest, error) {
	m := backup.Manifest{Format: backup.Format, Program: version, CreatedAt: time.Now().UTC().Truncate(time.Second), Database: backup.SQLite, Temporal: c.embedsTemporal()}
	var err error
	if m.Migrations, err = store.Migrations(ctx); err != nil {
		return m, err
	}
	if m.Epoch, err = store.Epoch(ctx); err != nil {
		return m, err
	}
	if store.Postgres() {
		m.Database = backup.Postgres
		m.Schema, err = store.CurrentSchema(ctx)
	}
	return m, err
}

// backupSteps are Temporal's data first and the product's after it: a conversation that is behind its mail gets it again, but
// mail that the product has not heard of yet can never be sent. One dump of PostgreSQL holds both as of one moment.
func (c Config) backupSteps(ctx context.Context, store *db.Store) ([]backup.Step, error) {
	var steps []backup.Step
	if store.Postgres() {
		schemas, err := c.schemas(ctx, store)
		if err != nil {
			return nil, err
		}
		steps = append(steps, backup.Dump(c.DatabaseURL, schemas...))
	} else {
		for _, name := range c.databaseFiles() {
			path := filepath.Join(c.Data, name)
			if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
				continue // Temporal was never started
			}
			steps = append(steps, backup.CopySQLite(path))
		}
	}
	// After the product: what it names is there then.
	if folder := c.filesFolder(); folder != "" {
		steps = append(steps, backup.CopyTree(folder, backup.FilesFolder, incomingFiles))
	}
	if c.SecretKey == "" {
		steps = append(steps, backup.CopyFile(c.keyPath(), backup.KeyFile))
	}
	return steps, nil
}

// databaseFiles are the SQLite files of the installation in the order in which they are copied.
func (c Config) databaseFiles() []string {
	if c.embedsTemporal() {
		return append(embedded.DataFiles(), productFile)
	}
	return []string{productFile}
}

func (c Config) schemas(ctx context.Context, store *db.Store) ([]string, error) {
	product, err := store.CurrentSchema(ctx)
	if err != nil {
		return nil, err
	}
	if c.embedsTemporal() {
		return append(embedded.DataSchemas(), product), nil
	}
	return []string{product}, nil
}

func (c Config) tellBackup(dir string, m backup.Manifest, out io.Writer) error {
	done, err := backup.Read(dir)
	if err != nil {
		return err
	}
	var size int64
	for _, f := range done.Files {
		size += f.Size
	}
	const mb = 1 << 20
	text := fmt.Sprintf("%s holds %d files, %.1f MB: the product", dir, len(done.Files), float64(size)/mb)
	if m.Temporal {
		text += " and Temporal's conversations"
	}
	text += ".\n"
	if !m.Temporal {
		text += fmt.Sprintf("Not in it: the conversations in the Temporal cluster at %s. After a restore each one that is alive goes on where the product knows it to stand.\n", c.TemporalAddress)
	}
	if c.filesFolder() == "" {
		text += "Not in it: clients' files, which are in the bucket.\n"
	}
	if slices.ContainsFunc(done.Files, func(f backup.File) bool { return f.Name == backup.KeyFile }) {
		text += "The secret key is in it, so keep it as you keep a password.\n"
	} else {
		text += "Not in it: the secret key, which SALESBOT_SECRET_KEY sets. Without it nobody can open the channels' tokens.\n"
	}
	_, err = io.WriteString(out, text)
	return err
}
