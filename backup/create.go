package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Step copies one part of an installation into the folder of a backup that is being made.
type Step func(ctx context.Context, into string) error

// Create makes a backup in the folder dir, which must be empty or not be there. The steps run in their order; that of the
// databases decides what a restore is worth: Temporal's first, the product's last. Until all is there the folder has another
// name, beside its own.
func Create(ctx context.Context, dir string, m Manifest, steps ...Step) (err error) {
	dir, err = filepath.Abs(dir)
	if err != nil {
		return err
	}
	if err := requireEmpty(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return fmt.Errorf("make the backup's folder: %w", err)
	}
	draft, err := os.MkdirTemp(filepath.Dir(dir), filepath.Base(dir)+".unfinished-")
	if err != nil {
		return fmt.Errorf("make the backup's folder: %w", err)
	}
	defer func() {
		if err != nil {
			_ = os.RemoveAll(draft)
		}
	}()
	for _, step := range steps {
		if err := step(ctx, draft); err != nil {
			return err
		}
	}
	if err := m.write(draft); err != nil {
		return fmt.Errorf("describe the backup: %w", err)
	}
	if err := syncTree(draft); err != nil {
		return fmt.Errorf("write the backup: %w", err)
	}
	if err := os.Rename(draft, dir); err != nil {
		return fmt.Errorf("give the backup its name (if it is where a disk is mounted, name a folder below it): %w", err)
	}
	return syncFolder(filepath.Dir(dir))
}

func requireEmpty(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look into the backup's folder: %w", err)
	}
	if len(entries) > 0 {
		return fmt.Errorf("%s is not empty: a backup needs a folder of its own", dir)
	}
	return nil
}

// CopyFile is a step that copies one file under another name.
func CopyFile(from, name string) Step {
	return func(_ context.Context, into string) error { return copyFile(from, filepath.Join(into, name)) }
}

// CopyTree is a step that copies a folder. What is deleted meanwhile is left out: what the databases name is not deleted,
// so copy the folder after them. skip names a folder in it that is not copied.
func CopyTree(from, name, skip string) Step {
	return func(ctx context.Context, into string) error {
		return copyTree(ctx, from, filepath.Join(into, name), skip)
	}
}

func copyTree(ctx context.Context, from, to, skip string) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err := errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		switch {
		case err != nil:
			return err
		case entry.IsDir() && skip != "" && name == skip:
			return fs.SkipDir
		case entry.IsDir():
			return os.MkdirAll(filepath.Join(to, name), 0o700)
		case !entry.Type().IsRegular():
			return nil
		}
		if err := copyFile(path, filepath.Join(to, name)); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	})
}

func copyFile(from, to string) error {
	file, err := os.Open(from)
	if err != nil {
		return err
	}
	defer file.Close()
	return writeFile(to, file)
}

func syncTree(dir string) error {
	return filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		return syncFolder(path)
	})
}
