package workflows

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Mail is sent again for an hour after a restart, and a lead may have got hundreds of letters by then.
func TestARepeatIsKnownAmongTheLast512Letters(t *testing.T) {
	t.Parallel()
	const kept = 512
	state := &State{}
	for seq := range int64(2 * kept) {
		require.True(t, state.firstTime(seq), seq)
	}
	require.Len(t, state.Seen, kept, "and no more, since the state travels through every continue-as-new")
	for seq := int64(kept); seq < 2*kept; seq++ {
		require.False(t, state.firstTime(seq), seq)
	}
	require.True(t, state.firstTime(kept-1), "an older one is not")
}
