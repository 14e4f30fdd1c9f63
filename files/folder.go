package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"time"

	"github.com/google/uuid"
)

// incoming is where files are written before they get their name.
const incoming = "incoming"

// folder is a Place on a disk. os.Root keeps every name inside it.
type folder struct{ root *os.Root }

func openFolder(at string) (*folder, error) {
	if err := os.MkdirAll(at, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder for files: %w; set SALESBOT_FILES to one that can be written", err)
	}
	root, err := os.OpenRoot(at)
	if err != nil {
		return nil, fmt.Errorf("open the folder for files: %w", err)
	}
	if err := root.MkdirAll(incoming, 0o700); err != nil {
		return nil, fmt.Errorf("write to the folder for files: %w; set SALESBOT_FILES to one that can be written", err)
	}
	return &folder{root: root}, nil
}

// Put writes under a name that nobody knows, waits for the disk, and renames.
func (f *folder) Put(ctx context.Context, name string, from io.Reader) error {
	draft := path.Join(incoming, uuid.NewString())
	if err := f.write(ctx, draft, from); err != nil {
		_ = f.root.Remove(draft)
		return err
	}
	if err := f.publish(draft, shelf(name)); err != nil {
		_ = f.root.Remove(draft)
		return fmt.Errorf("keep the file: %w", err)
	}
	return nil
}

func (f *folder) write(ctx context.Context, draft string, from io.Reader) error {
	file, err := f.root.OpenFile(draft, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("begin a file: %w", err)
	}
	_, err = io.Copy(file, readingUntil{ctx, from})
	if err == nil {
		err = file.Sync()
	}
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return fmt.Errorf("write the file: %w", err)
	}
	return nil
}

// publish gives a file its name; a crash afterwards can't take the name back.
func (f *folder) publish(draft, name string) error {
	at := path.Dir(name)
	err := f.root.Mkdir(at, 0o700)
	fresh := err == nil
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := f.root.Rename(draft, name); err != nil {
		return err
	}
	if err := f.syncFolder(at); err != nil || !fresh {
		return err
	}
	return f.syncFolder(".")
}

func (f *folder) syncFolder(name string) error {
	folder, err := f.root.Open(name)
	if err != nil {
		return err
	}
	defer folder.Close()
	return folder.Sync()
}

func (f *folder) Open(_ context.Context, name string, _ int64) (io.ReadSeekCloser, error) {
	return f.root.Open(shelf(name))
}

func (f *folder) Delete(_ context.Context, name string) error {
	if err := f.root.Remove(shelf(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("delete the file: %w", err)
	}
	return nil
}

// Sweep spares what is being written: each write makes a file younger.
func (f *folder) Sweep(ctx context.Context, before time.Time) error {
	entries, err := fs.ReadDir(f.root.FS(), incoming)
	if err != nil {
		return fmt.Errorf("look for unfinished files: %w", err)
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) || err == nil && !info.ModTime().Before(before) {
			continue
		}
		if err == nil {
			err = f.root.Remove(path.Join(incoming, entry.Name()))
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("take an unfinished file away: %w", err)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}
