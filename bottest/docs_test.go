package bottest_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/bottest"
)

func TestEveryStepIsInTheGuide(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../docs/testing-bots.md")
	require.NoError(t, err)
	for _, verb := range bottest.Verbs() {
		require.Contains(t, string(guide), "`"+verb+"`")
	}
}
