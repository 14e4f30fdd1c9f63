package files_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/files"
)

// eachPlace runs the test on a folder and on a bucket.
func eachPlace(t *testing.T, test func(t *testing.T, place files.Place)) {
	t.Helper()
	t.Run("folder", func(t *testing.T) { test(t, openFolder(t, filepath.Join(t.TempDir(), "files"))) })
	t.Run("bucket", func(t *testing.T) { place, _ := openBucket(t); test(t, place) })
}

func openFolder(t *testing.T, at string) files.Place {
	t.Helper()
	place, err := files.Open(t.Context(), at)
	require.NoError(t, err)
	return place
}

const name = "0f8fad5b-d9cb-469f-a165-70867728950e"

func TestWhatIsPutIsRead(t *testing.T) {
	eachPlace(t, func(t *testing.T, place files.Place) {
		content := bytes.Repeat([]byte("0123456789"), 1000)
		require.NoError(t, place.Put(t.Context(), name, iotest.OneByteReader(bytes.NewReader(content[:1000]))))
		require.NoError(t, place.Put(t.Context(), name, bytes.NewReader(content)), "a second try writes over the first")
		file, err := place.Open(t.Context(), name, int64(len(content)))
		require.NoError(t, err)
		defer file.Close()
		require.NoError(t, iotest.TestReader(file, content), "it reads and seeks like a file")
	})
}

func TestWhatBreaksOffDoesNotExist(t *testing.T) {
	eachPlace(t, func(t *testing.T, place files.Place) {
		broken := errors.New("the client went")
		err := place.Put(t.Context(), name, io.MultiReader(strings.NewReader("half"), iotest.ErrReader(broken)))
		require.ErrorIs(t, err, broken)
		_, err = place.Open(t.Context(), name, 4)
		require.ErrorIs(t, err, fs.ErrNotExist)

		gone, cancel := context.WithCancel(t.Context())
		cancel()
		require.ErrorIs(t, place.Put(gone, name, strings.NewReader("late")), context.Canceled)
		_, err = place.Open(t.Context(), name, 4)
		require.ErrorIs(t, err, fs.ErrNotExist)
	})
}

func TestDeletingTwiceIsNoError(t *testing.T) {
	eachPlace(t, func(t *testing.T, place files.Place) {
		require.NoError(t, place.Put(t.Context(), name, strings.NewReader("x")))
		require.NoError(t, place.Delete(t.Context(), name))
		require.NoError(t, place.Delete(t.Context(), name))
		_, err := place.Open(t.Context(), name, 1)
		require.ErrorIs(t, err, fs.ErrNotExist)
	})
}

func TestAFolderHoldsPlainFilesAndNothingElse(t *testing.T) {
	at := filepath.Join(t.TempDir(), "files")
	place := openFolder(t, at)
	require.NoError(t, place.Put(t.Context(), name, strings.NewReader("plain")))
	require.Error(t, place.Put(t.Context(), "../../escape", strings.NewReader("x")), "no name leads outside")
	content, err := os.ReadFile(filepath.Join(at, "0f", name))
	require.NoError(t, err)
	require.Equal(t, "plain", string(content))
	left, err := os.ReadDir(filepath.Join(at, "incoming"))
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestWhatACrashLeftIsSweptAndWhatIsBeingWrittenIsNot(t *testing.T) {
	at := filepath.Join(t.TempDir(), "files")
	place := openFolder(t, at)
	old, young := filepath.Join(at, "incoming", "old"), filepath.Join(at, "incoming", "young")
	now := time.Now()
	for path, age := range map[string]time.Duration{old: 2 * time.Hour, young: time.Minute} {
		require.NoError(t, os.WriteFile(path, []byte("half"), 0o600))
		require.NoError(t, os.Chtimes(path, now.Add(-age), now.Add(-age)))
	}
	require.NoError(t, place.Put(t.Context(), name, strings.NewReader("whole")))
	require.NoError(t, os.Chtimes(filepath.Join(at, "0f", name), now.Add(-24*time.Hour), now.Add(-24*time.Hour)))
	require.NoError(t, place.Sweep(t.Context(), now.Add(-time.Hour)))
	require.NoFileExists(t, old)
	require.FileExists(t, young)
	require.FileExists(t, filepath.Join(at, "0f", name))
}

func TestAPlaceThatCantBeUsedSaysWhatToSet(t *testing.T) {
	taken := filepath.Join(t.TempDir(), "taken")
	require.NoError(t, os.WriteFile(taken, nil, 0o600))
	for _, setting := range []string{taken, "s3://", "s3://bucket?regoin=x", "s3://bucket?path_style=perhaps"} {
		_, err := files.Open(t.Context(), setting)
		require.ErrorContains(t, err, "SALESBOT_FILES", setting)
	}
}
