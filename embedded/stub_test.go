//go:build noembed

package embedded

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestStartSaysWhatToDo(t *testing.T) {
	_, err := Start(t.Context(), Options{DataDir: t.TempDir()})
	require.ErrorIs(t, err, ErrNotBuilt)
	require.ErrorContains(t, err, "TEMPORAL_ADDRESS")
}
