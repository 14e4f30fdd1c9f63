//go:build !noembed

package embedded

import (
	"net"
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

// Temporal ends the process when its port is taken; we say so instead.
func TestAPortThatIsTakenIsRefused(t *testing.T) {
	t.Parallel()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", loopback(0))
	require.NoError(t, err)
	defer l.Close()
	taken, ok := l.Addr().(*net.TCPAddr)
	require.True(t, ok)
	require.ErrorContains(t, isFree(t.Context(), taken.Port), "is taken; choose another one")
	require.NoError(t, isFree(t.Context(), 0))
	ports, err := freePorts(t.Context(), 1)
	require.NoError(t, err)
	require.NoError(t, isFree(t.Context(), ports[0]))
}
