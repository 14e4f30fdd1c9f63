package app_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/app"
	"salesbot/backup"
	"salesbot/db"
	"salesbot/db/dbtest"
)

// eachInstallation runs a test with settings of either database; another function makes settings of one more.
func eachInstallation(t *testing.T, test func(t *testing.T, fresh func(t *testing.T) app.Config)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, config)
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, func(t *testing.T) app.Config {
			t.Helper()
			c := config(t)
			c.DatabaseURL = dbtest.PostgresDatabase(t)
			return c
		})
	})
}

// install makes an installation that is marked with a name, with a client's file.
func install(t *testing.T, c app.Config, name string) {
	t.Helper()
	require.NoError(t, app.Migrate(t.Context(), c))
	mark(t, c, name)
	require.NoError(t, os.WriteFile(filepath.Join(c.Data, "secret.key"), []byte(strings.Repeat("ab", 32)), 0o600))
	for _, file := range []string{"ab/abcd", "incoming/half"} {
		path := filepath.Join(c.Data, "files", file)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte("of "+name), 0o600))
	}
}

func mark(t *testing.T, c app.Config, name string) {
	t.Helper()
	store := openStore(t, c)
	defer store.Close()
	require.NoError(t, store.Change(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewRaw("INSERT INTO settings (name, value) VALUES ('test', ?) ON CONFLICT (name) DO UPDATE SET value = EXCLUDED.value", `"`+name+`"`).Exec(ctx)
		return err
	}))
}

func markOf(t *testing.T, c app.Config) (name, epoch string) {
	t.Helper()
	store := openStore(t, c)
	defer store.Close()
	_, err := store.Setting(t.Context(), "test", &name)
	require.NoError(t, err)
	epoch, err = store.Epoch(t.Context())
	require.NoError(t, err)
	return name, epoch
}

func makeBackup(t *testing.T, c app.Config) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "backup")
	var said bytes.Buffer
	require.NoError(t, app.Backup(t.Context(), c, dir, "test", &said))
	require.Contains(t, said.String(), "The secret key is in it")
	return dir
}

func restore(t *testing.T, c app.Config, dir string, force bool) (string, error) {
	t.Helper()
	var said bytes.Buffer
	err := app.Restore(t.Context(), c, dir, force, &said)
	return said.String(), err
}

func TestABackupIsRestoredWhole(t *testing.T) {
	t.Parallel()
	eachInstallation(t, func(t *testing.T, fresh func(t *testing.T) app.Config) {
		c := fresh(t)
		install(t, c, "one")
		dir := makeBackup(t, c)
		other := fresh(t)
		_, err := restore(t, other, dir, false)
		require.NoError(t, err)
		name, epoch := markOf(t, other)
		require.Equal(t, "one", name)
		_, before := markOf(t, c)
		require.NotEqual(t, before, epoch, "numbers that are handed out again are other ones")
		require.NotEmpty(t, epoch)
		for _, file := range []string{"secret.key", "files/ab/abcd"} {
			require.Equal(t, read(t, filepath.Join(c.Data, file)), read(t, filepath.Join(other.Data, file)), file)
		}
		require.NoFileExists(t, filepath.Join(dir, "files/incoming/half"), "what is not whole is no file yet")
		require.Empty(t, drafts(t, other.Data))
		require.NoError(t, app.Migrate(t.Context(), other))
	})
}

func TestARestoreMovesAsideOnlyWhenToldToAndDeletesNothing(t *testing.T) {
	t.Parallel()
	eachInstallation(t, func(t *testing.T, fresh func(t *testing.T) app.Config) {
		c := fresh(t)
		install(t, c, "old")
		dir := makeBackup(t, c)
		mark(t, c, "new")
		require.NoError(t, os.WriteFile(filepath.Join(c.Data, "files/ab/abcd"), []byte("of new"), 0o600))
		_, err := restore(t, c, dir, false)
		require.ErrorContains(t, err, "add --force to move")
		name, _ := markOf(t, c)
		require.Equal(t, "new", name)
		require.Empty(t, drafts(t, c.Data))

		said, err := restore(t, c, dir, true)
		require.NoError(t, err)
		name, _ = markOf(t, c)
		require.Equal(t, "old", name)
		require.Equal(t, "of old", read(t, filepath.Join(c.Data, "files/ab/abcd")))
		require.Contains(t, said, "What was there is in")
		require.Equal(t, "of new", read(t, find(t, c.Data, "files.before-restore-*/ab/abcd")))
		require.Equal(t, "new", asideMark(t, c, said))
	})
}

// asideMark reads what was moved aside.
func asideMark(t *testing.T, c app.Config, said string) (name string) {
	t.Helper()
	if c.DatabaseURL == "" {
		aside := c
		aside.Data = t.TempDir()
		for _, end := range []string{"", "-wal"} {
			if found, _ := filepath.Glob(filepath.Join(c.Data, "salesbot.db"+end+".before-restore-*")); len(found) > 0 {
				require.NoError(t, os.WriteFile(filepath.Join(aside.Data, "salesbot.db"+end), []byte(read(t, found[0])), 0o600))
			}
		}
		name, _ = markOf(t, aside)
		return name
	}
	_, schema, ok := strings.Cut(said, "the schema public")
	require.True(t, ok, said)
	schema, _, _ = strings.Cut("public"+schema, "\n")
	store := openStore(t, c)
	defer store.Close()
	require.NoError(t, store.Change(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		return tx.NewRaw(`SELECT value #>> '{}' FROM "`+schema+`".settings WHERE name = 'test'`).Scan(ctx, &name)
	}))
	return name
}

func TestABackupThatIsNotAsItWasIsRefusedByName(t *testing.T) {
	t.Parallel()
	eachInstallation(t, func(t *testing.T, fresh func(t *testing.T) app.Config) {
		c := fresh(t)
		install(t, c, "one")
		made := makeBackup(t, c)
		data := "salesbot.db"
		if c.DatabaseURL != "" {
			data = backup.DumpFile
		}
		manifest := func(change func(m map[string]any)) func(t *testing.T, dir string) {
			return func(t *testing.T, dir string) {
				var m map[string]any
				path := filepath.Join(dir, backup.ManifestFile)
				require.NoError(t, json.Unmarshal([]byte(read(t, path)), &m))
				change(m)
				text, err := json.Marshal(m)
				require.NoError(t, err)
				require.NoError(t, os.WriteFile(path, text, 0o600))
			}
		}
		for name, test := range map[string]struct {
			spoil func(t *testing.T, dir string)
			says  string
		}{
			"truncated": {func(t *testing.T, dir string) {
				require.NoError(t, os.Truncate(filepath.Join(dir, data), 100))
			}, data + " was changed: it has 100 bytes"},
			"altered": {func(t *testing.T, dir string) {
				text := []byte(read(t, filepath.Join(dir, data)))
				text[len(text)/2] ^= 1
				require.NoError(t, os.WriteFile(filepath.Join(dir, data), text, 0o600))
			}, data + " was changed: its SHA-256"},
			"a client's file lost": {func(t *testing.T, dir string) {
				require.NoError(t, os.Remove(filepath.Join(dir, "files/ab/abcd")))
			}, "files/ab/abcd is missing"},
			"cut off before its end": {func(t *testing.T, dir string) {
				require.NoError(t, os.Remove(filepath.Join(dir, backup.ManifestFile)))
			}, "is no whole backup"},
			"of a newer schema": {manifest(func(m map[string]any) {
				m["migrations"] = append(m["migrations"].([]any), "29991231235959")
			}), "29991231235959"},
			"of a newer format": {manifest(func(m map[string]any) { m["format"] = 2 }), "format 2"},
			"that points out of its folder": {manifest(func(m map[string]any) {
				m["files"] = append(m["files"].([]any), map[string]any{"name": "../secret.key"})
			}), "../secret.key"},
			"of the other database": {manifest(func(m map[string]any) {
				m["database"] = map[any]string{"sqlite": "postgres", "postgres": "sqlite"}[m["database"]]
			}), "DATABASE_URL"},
		} {
			t.Run(name, func(t *testing.T) {
				dir := filepath.Join(t.TempDir(), "copy")
				require.NoError(t, os.CopyFS(dir, os.DirFS(made)))
				test.spoil(t, dir)
				_, err := restore(t, c, dir, true)
				require.ErrorContains(t, err, test.says)
				lead, _ := markOf(t, c)
				require.Equal(t, "one", lead)
				require.Empty(t, drafts(t, c.Data))
			})
		}
	})
}

func TestABackupNeedsAFolderOfItsOwnAndLeavesNoHalfOne(t *testing.T) {
	t.Parallel()
	c := config(t)
	install(t, c, "one")
	dir := makeBackup(t, c)
	require.ErrorContains(t, app.Backup(t.Context(), c, dir, "test", os.Stderr), "is not empty")

	folder := t.TempDir()
	require.NoError(t, os.Truncate(filepath.Join(c.Data, "salesbot.db"), 40_000))
	require.Error(t, app.Backup(t.Context(), c, filepath.Join(folder, "backup"), "test", os.Stderr))
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Empty(t, entries)

	nothing := config(t)
	require.ErrorContains(t, app.Backup(t.Context(), nothing, filepath.Join(folder, "backup"), "test", os.Stderr), "there is no installation in the data folder")
	entries, err = os.ReadDir(nothing.Data)
	require.NoError(t, err)
	require.Empty(t, entries)
}

func TestARestoreBesideARunningServerIsRefused(t *testing.T) {
	t.Parallel()
	eachInstallation(t, func(t *testing.T, fresh func(t *testing.T) app.Config) {
		c := fresh(t)
		install(t, c, "one")
		dir := makeBackup(t, c)
		start(t, c, app.Parts{API: true, Worker: true})
		elsewhere := c // another folder, but the same database
		if c.DatabaseURL != "" {
			elsewhere.Data = t.TempDir()
			_, err := restore(t, elsewhere, dir, true)
			require.ErrorContains(t, err, "the database is in use")
		}
		_, err := restore(t, c, dir, true)
		require.ErrorContains(t, err, "another server uses the data folder")
		lead, _ := markOf(t, c)
		require.Equal(t, "one", lead)
	})
}

// pg_restore stops in the middle: the dump is damaged, but the manifest says that it should be so.
func TestARestoreThatFailsLeavesWhatWasThere(t *testing.T) {
	t.Parallel()
	c := config(t)
	c.DatabaseURL = dbtest.PostgresDatabase(t)
	install(t, c, "one")
	dir := makeBackup(t, c)
	dump := filepath.Join(dir, backup.DumpFile)
	text := read(t, dump)
	require.NoError(t, os.Truncate(dump, int64(len(text)-100)))
	path := filepath.Join(dir, backup.ManifestFile)
	var m backup.Manifest
	require.NoError(t, json.Unmarshal([]byte(read(t, path)), &m))
	for i, f := range m.Files {
		if f.Name == backup.DumpFile {
			m.Files[i].Size -= 100
			m.Files[i].SHA256 = fmt.Sprintf("%x", sha256.Sum256([]byte(text[:len(text)-100])))
		}
	}
	spoilt, err := json.Marshal(m)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, spoilt, 0o600))
	_, before := markOf(t, c)
	_, err = restore(t, c, dir, true)
	require.ErrorContains(t, err, "pg_restore")
	lead, after := markOf(t, c)
	require.Equal(t, "one", lead)
	require.Equal(t, before, after)
	require.NoError(t, app.Migrate(t.Context(), c))
}

func TestAToolThatIsNotInstalledIsNamed(t *testing.T) {
	c := config(t)
	c.DatabaseURL = dbtest.PostgresDatabase(t)
	install(t, c, "one")
	dir := makeBackup(t, c)
	t.Setenv("PATH", t.TempDir())
	require.ErrorContains(t, app.Backup(t.Context(), c, filepath.Join(t.TempDir(), "backup"), "test", os.Stderr), "pg_dump is not installed here: install the client programs of PostgreSQL")
	_, err := restore(t, c, dir, true)
	require.ErrorContains(t, err, "pg_restore is not installed here")
	lead, _ := markOf(t, c)
	require.Equal(t, "one", lead)
}

func TestNoServerStartsOnAHalfRestore(t *testing.T) {
	t.Parallel()
	c := config(t)
	install(t, c, "one")
	dir := makeBackup(t, c)
	require.NoError(t, os.Mkdir(filepath.Join(c.Data, "restore.unfinished"), 0o700))
	_, err := app.New(t.Context(), c, app.Everything)
	require.ErrorContains(t, err, "did not finish: run it again with --force")
	_, err = restore(t, c, dir, true)
	require.NoError(t, err)
	start(t, c, app.Parts{API: true, Worker: true})
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}

func find(t *testing.T, folder, pattern string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(folder, pattern))
	require.NoError(t, err)
	require.Len(t, found, 1, pattern)
	return found[0]
}

// drafts are what a restore has left that is not whole.
func drafts(t *testing.T, folder string) []string {
	t.Helper()
	var left []string
	require.NoError(t, filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if strings.Contains(entry.Name(), "unfinished") {
			left = append(left, path)
		}
		return err
	}))
	return left
}
