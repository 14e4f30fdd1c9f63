package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"salesbot/backup"
	"salesbot/db"
	"salesbot/embedded"
)

// restoring is where a restore prepares its files in the data folder. As long as it is there the installation may be half
// an old one and half a new one, so no server starts.
const restoring = "restore.unfinished"

// Restore puts a backup in the place of the installation. While a server runs it refuses to. What is there already it moves
// aside if it is told to by force, and refuses otherwise; it deletes nothing.
func Restore(ctx context.Context, config Config, dir string, force bool, out io.Writer) error {
	if err := config.Validate(Parts{}); err != nil {
		return err
	}
	m, err := backup.Read(dir)
	if err != nil {
		return err
	}
	if err := config.suits(m); err != nil {
		return err
	}
	r := &restore{Config: config, dir: dir, manifest: m, force: force, stamp: ".before-restore-" + time.Now().UTC().Format("20060102T150405.000")}
	err = r.run(ctx)
	if err := errors.Join(err, r.close()); err != nil {
		return err
	}
	return r.tell(out)
}

// suits says what an operator has to change before this backup can be restored with these settings.
func (c Config) suits(m backup.Manifest) error {
	switch {
	case m.Database == backup.SQLite && c.DatabaseURL != "":
		return errors.New("the backup is of SQLite, but DATABASE_URL names a PostgreSQL database: leave it empty for this restore")
	case m.Database == backup.Postgres && c.DatabaseURL == "":
		return errors.New("the backup is of PostgreSQL: set DATABASE_URL to the database that it shall go into")
	case m.Temporal && !c.embedsTemporal():
		return errors.New("the backup holds an embedded Temporal's data, but TEMPORAL_ADDRESS names a cluster: leave it empty for this restore")
	}
	return db.RefuseUnknown(m.Migrations)
}

// restore is one that is under way.
type restore struct {
	Config

	dir      string
	manifest backup.Manifest
	force    bool
	// stamp is how the names end that what is there gets.
	stamp string
	// moves are the files to be put in their places, and asides what was moved aside.
	moves  []backup.Move
	asides []string
	// half says that some is restored and some is not.
	half  bool
	epoch string
	undo  []func() error
}

func (r *restore) run(ctx context.Context) error {
	lock, err := lockFolder(r.Data)
	if err != nil {
		return err
	}
	r.undo = append(r.undo, lock.Close)
	if err := r.stage(ctx); err != nil {
		return err
	}
	if err := r.mayReplace(); err != nil {
		return err
	}
	if r.manifest.Database == backup.Postgres {
		return r.restorePostgres(ctx)
	}
	return r.place()
}

// stage copies everything beside its later place and makes it ready there, so that what follows is renames only.
func (r *restore) stage(ctx context.Context) error {
	draft := filepath.Join(r.Data, restoring)
	if _, err := os.Stat(draft); err == nil { // of a restore that was cut off
		if err := os.Rename(draft, filepath.Join(r.Data, restoring+r.stamp)); err != nil {
			return err
		}
	}
	if err := os.Mkdir(draft, 0o700); err != nil {
		return err
	}
	r.undo = append(r.undo, func() error {
		if r.half {
			return nil
		}
		return os.RemoveAll(draft)
	})
	if err := r.stageDatabases(ctx, draft); err != nil {
		return err
	}
	if err := r.stageKey(draft); err != nil {
		return err
	}
	return r.stageFiles()
}

func (r *restore) stageDatabases(ctx context.Context, draft string) error {
	if r.manifest.Database != backup.SQLite {
		return nil
	}
	for _, name := range append(embedded.DataFiles(), productFile) {
		staged, err := r.manifest.Stage(r.dir, name, filepath.Join(draft, name))
		if err != nil {
			return err
		}
		from := ""
		if staged {
			from = filepath.Join(draft, name)
		}
		// The old file's log goes aside with it, and Temporal's files also where the backup has none.
		r.moves = append(r.moves, r.move(from, filepath.Join(r.Data, name)), r.move("", filepath.Join(r.Data, name+"-wal")), r.move("", filepath.Join(r.Data, name+"-shm")))
	}
	if err := r.renewEpoch(ctx, "sqlite://"+filepath.Join(draft, productFile)); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(draft, productFile+"-wal")); err == nil {
		return errors.New("the restored database did not close: something else has opened it")
	}
	return nil
}

// move puts something in its place, and what is there beside it under the name that this restore gives.
func (r *restore) move(from, target string) backup.Move {
	return backup.Move{From: from, Target: target, Aside: target + r.stamp}
}

func (r *restore) stageKey(draft string) error {
	staged, err := r.manifest.Stage(r.dir, backup.KeyFile, filepath.Join(draft, backup.KeyFile))
	if err != nil || !staged {
		return err
	}
	key, err := os.ReadFile(filepath.Join(draft, backup.KeyFile))
	if err != nil {
		return err
	}
	if there, err := os.ReadFile(r.keyPath()); err == nil && bytes.Equal(bytes.TrimSpace(there), bytes.TrimSpace(key)) {
		return nil
	}
	r.moves = append(r.moves, r.move(filepath.Join(draft, backup.KeyFile), r.keyPath()))
	return nil
}

// stageFiles copies clients' files beside their folder, which may be on a disk of its own.
func (r *restore) stageFiles() error {
	folder := r.filesFolder()
	if folder == "" {
		return nil
	}
	draft := folder + "." + restoring + r.stamp
	r.undo = append(r.undo, func() error { return os.RemoveAll(draft) })
	staged, err := r.manifest.Stage(r.dir, backup.FilesFolder, draft)
	if err == nil && staged {
		r.moves = append(r.moves, r.move(draft, folder))
	}
	return err
}

// mayReplace looks for what is in the way.
func (r *restore) mayReplace() error {
	var there []string
	for _, m := range r.moves {
		if _, err := os.Stat(m.Target); err == nil {
			there = append(there, m.Target)
			r.asides = append(r.asides, m.Aside)
		}
	}
	if len(there) > 0 && !r.force {
		return fmt.Errorf("there is an installation already (%s): restore into an empty data folder, or add --force to move it aside", strings.Join(there, ", "))
	}
	return nil
}

func (r *restore) place() error { return backup.Place(r.moves) }

// renewEpoch begins a new epoch in a database that was restored, by which later backups show that they follow this restore.
func (r *restore) renewEpoch(ctx context.Context, url string) error {
	store, err := db.Open(ctx, db.Options{URL: url, Logger: r.logger()})
	if err != nil {
		return err
	}
	r.epoch, err = store.RenewEpoch(ctx)
	return errors.Join(err, store.Close())
}

func (r *restore) close() error {
	var errs []error
	for i := len(r.undo) - 1; i >= 0; i-- {
		errs = append(errs, r.undo[i]())
	}
	r.undo = nil
	return errors.Join(errs...)
}

func (r *restore) tell(out io.Writer) error {
	text := fmt.Sprintf("Restored the backup of %s; the installation's epoch is %s.\n", r.manifest.CreatedAt.Format(time.RFC3339), r.epoch)
	for _, aside := range r.asides {
		text += "What was there is in " + aside + "\n"
	}
	if len(r.asides) > 0 {
		text += "Delete that when you are sure that you do not need it.\n"
	}
	if r.SecretKey == "" {
		if _, err := os.Stat(r.keyPath()); err != nil {
			text += "The backup holds no secret key: set SALESBOT_SECRET_KEY to the installation's before you start it.\n"
		}
	} else if key, err := os.ReadFile(filepath.Join(r.dir, backup.KeyFile)); err == nil && strings.TrimSpace(string(key)) != strings.TrimSpace(r.SecretKey) {
		text += "SALESBOT_SECRET_KEY is another key than the backup's, with which the channels' tokens are sealed: unset it, or enter them anew.\n"
	}
	_, err := io.WriteString(out, text)
	return err
}

// refuseHalf keeps a server from starting on what a restore that was cut off has left.
func (c Config) refuseHalf() error {
	if _, err := os.Stat(filepath.Join(c.Data, restoring)); err != nil {
		return nil //nolint:nilerr // it is not there
	}
	return fmt.Errorf("a restore into the data folder %s did not finish: run it again with --force", c.Data)
}
