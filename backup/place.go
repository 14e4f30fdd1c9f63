package backup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Stage copies what a backup holds under a name, a file or a folder, to another place on the disk, and compares the copies
// with the manifest. It returns false if the backup has nothing of that name.
func (m Manifest) Stage(dir, name, to string) (bool, error) {
	if !m.has(name) {
		return false, nil
	}
	for _, f := range m.Files {
		under, err := filepath.Rel(name, filepath.FromSlash(f.Name))
		if err != nil || !filepath.IsLocal(under) {
			continue
		}
		path := filepath.Join(to, under)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return false, err
		}
		if err := copyFile(filepath.Join(dir, filepath.FromSlash(f.Name)), path); err != nil {
			return false, fmt.Errorf("copy %s from the backup: %w", f.Name, err)
		}
		copied, err := describe(filepath.Dir(path), filepath.Base(path))
		if err != nil {
			return false, err
		}
		if copied.SHA256 != f.SHA256 {
			return false, fmt.Errorf("the backup's file %s changes while it is copied", f.Name)
		}
	}
	return true, nil
}

// Move puts something where it belongs.
type Move struct {
	// From is where it is; empty if the target is only to be moved aside.
	From string
	// Target is where it shall be, and Aside where what is there goes.
	Target, Aside string
}

// Place moves things to their places, and what is there aside. Nothing is ever deleted. If a move fails, those before it
// are undone.
func Place(moves []Move) error {
	var undo [][2]string
	rename := func(from, to string) error {
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			return err
		}
		if err := os.Rename(from, to); err != nil {
			return err
		}
		undo = append(undo, [2]string{to, from})
		return errors.Join(syncFolder(filepath.Dir(from)), syncFolder(filepath.Dir(to)))
	}
	place := func(m Move) error {
		if err := rename(m.Target, m.Aside); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if m.From == "" {
			return nil
		}
		return rename(m.From, m.Target)
	}
	for _, m := range moves {
		if err := place(m); err != nil {
			for i := len(undo) - 1; i >= 0; i-- {
				err = errors.Join(err, os.Rename(undo[i][0], undo[i][1]))
			}
			return fmt.Errorf("put %s in its place: %w", m.Target, err)
		}
	}
	return nil
}
