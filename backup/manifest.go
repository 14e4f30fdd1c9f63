// Package backup copies an installation's data into a folder while it runs, and puts such a copy back. It knows files,
// SQLite and the tools of PostgreSQL; what an installation consists of its callers say.
package backup

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const (
	// Format of the manifest; a greater one is refused.
	Format = 1
	// ManifestFile is the manifest's name in the backup's folder. It is written last.
	ManifestFile = "manifest.json"
	// FilesFolder holds clients' files in a backup.
	FilesFolder = "files"
	// KeyFile holds the secret key in a backup.
	KeyFile = "secret.key"
)

// Databases that a backup can be of.
const (
	SQLite   = "sqlite"
	Postgres = "postgres"
)

// Manifest says what a backup holds.
type Manifest struct {
	Format int `json:"format"`
	// Program is the version of the program that made it.
	Program   string    `json:"program"`
	CreatedAt time.Time `json:"created_at"`
	// Database is sqlite or postgres; Schema is where on PostgreSQL the product's tables are.
	Database string `json:"database"`
	Schema   string `json:"schema,omitempty"`
	// Migrations are those that the product's database has, in order; the last one is its version.
	Migrations []string `json:"migrations"`
	// Epoch of the installation; empty if it has none.
	Epoch string `json:"epoch"`
	// Temporal says whether the embedded Temporal's data is part of it.
	Temporal bool `json:"temporal"`
	// Files are all others in the folder.
	Files []File `json:"files"`
}

// File of a backup.
type File struct {
	// Name is relative to the folder, with slashes.
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Read reads a backup's manifest and compares every file with it. The error names the file that is not as it was.
func Read(dir string) (Manifest, error) {
	var m Manifest
	text, err := os.ReadFile(filepath.Join(dir, ManifestFile))
	if errors.Is(err, fs.ErrNotExist) {
		return m, fmt.Errorf("%s is no whole backup: it holds no %s", dir, ManifestFile)
	}
	if err != nil {
		return m, fmt.Errorf("read the backup: %w", err)
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return m, fmt.Errorf("%s can't be read: %w", filepath.Join(dir, ManifestFile), err)
	}
	if m.Format > Format {
		return m, fmt.Errorf("the backup has format %d, and this salesbot (that knows %d) can't read it: use the version that made it, %s, or a newer one", m.Format, Format, m.Program)
	}
	for _, f := range m.Files {
		if err := f.verify(dir); err != nil {
			return m, err
		}
	}
	return m, nil
}

func (f File) verify(dir string) error {
	if !filepath.IsLocal(filepath.FromSlash(f.Name)) {
		return fmt.Errorf("the backup names a file outside of itself: %s", f.Name)
	}
	found, err := describe(dir, filepath.FromSlash(f.Name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("the backup is not whole: its file %s is missing", f.Name)
	case err != nil:
		return fmt.Errorf("read the backup: %w", err)
	case found.Size != f.Size:
		return fmt.Errorf("the backup's file %s was changed: it has %d bytes, and had %d", f.Name, found.Size, f.Size)
	case found.SHA256 != f.SHA256:
		return fmt.Errorf("the backup's file %s was changed: its SHA-256 is not the one that the backup was made with", f.Name)
	}
	return nil
}

func (m Manifest) has(name string) bool {
	for _, f := range m.Files {
		if f.Name == name || strings.HasPrefix(f.Name, name+"/") {
			return true
		}
	}
	return false
}

// write describes all files of a folder and adds the manifest to them.
func (m Manifest) write(dir string) error {
	m.Files = []File{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		f, err := describe(dir, name)
		m.Files = append(m.Files, f)
		return err
	})
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(dir, ManifestFile), strings.NewReader(string(text)+"\n"))
}

func describe(dir, name string) (File, error) {
	file, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		return File{}, err
	}
	defer file.Close()
	sum := sha256.New()
	size, err := io.Copy(sum, file)
	return File{Name: filepath.ToSlash(name), Size: size, SHA256: hex.EncodeToString(sum.Sum(nil))}, err
}

// writeFile makes a file that only its owner can read, and waits for the disk.
func writeFile(path string, from io.Reader) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, from)
	return errors.Join(err, file.Sync(), file.Close())
}

// syncFolder waits until a folder's names are on the disk.
func syncFolder(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
