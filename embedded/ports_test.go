//go:build !noembed

package embedded

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFreePortsDiffer(t *testing.T) {
	t.Parallel()
	ports, err := freePorts(t.Context(), 20)
	require.NoError(t, err)
	slices.Sort(ports)
	require.Len(t, slices.Compact(ports), 20)
	require.GreaterOrEqual(t, ports[0], firstPort)
}
