package app

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/channels"
)

// Every kind says what becomes of spent buttons, and one whose buttons we take can take them.
func TestEveryKindDecidesWhatBecomesOfSpentButtons(t *testing.T) {
	t.Parallel()
	a := &App{}
	require.NoError(t, a.openOutside(t.Context()))
	require.NotEmpty(t, a.channels)
	for name, kind := range a.channels {
		decided := kind.Capabilities().SpentButtons
		require.True(t, slices.Contains([]channels.SpentButtons{channels.SpentShown, channels.SpentTaken, channels.SpentGone, channels.SpentStay}, decided),
			"%s: Capabilities.SpentButtons is %q", name, decided)
		_, takes := kind.(channels.ButtonTaker)
		require.Equal(t, decided == channels.SpentTaken, takes, "%s is a ButtonTaker if and only if its buttons are taken", name)
		require.Equal(t, decided == channels.SpentShown, kind.Capabilities().Local, "%s: only a channel of ours follows the message", name)
	}
}
