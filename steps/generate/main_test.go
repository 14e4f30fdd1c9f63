package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNothingHasDrifted(t *testing.T) {
	root, err := moduleRoot()
	require.NoError(t, err)
	files, err := generate(root)
	require.NoError(t, err)
	require.Len(t, files, 3)
	for _, f := range files {
		committed, err := os.ReadFile(filepath.Join(root, f.path))
		require.NoError(t, err)
		require.Equal(t, string(f.content), string(committed), "%s is not what the catalogue says; run make generate", f.path)
	}
}
