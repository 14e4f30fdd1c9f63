package bottest_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/bottest"
)

// The sample bots' own tests, as they are, with every piece of mail coming twice, and with a conversation that
// continues as new whenever it waits: nobody may notice.
func TestSamples(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../samples/*.test.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		for name, options := range map[string]bottest.Options{"plain": {}, "mail twice": {Twice: true}, "continue as new": {ContinueAsNew: true}} {
			t.Run(filepath.Base(file)+" "+name, func(t *testing.T) {
				t.Parallel()
				script, err := bottest.Load(file)
				require.NoError(t, err)
				report, err := script.Play(t.Context(), options)
				require.NoError(t, err)
				for _, c := range report.Cases {
					require.Nil(t, c.Failure, c.String())
				}
			})
		}
	}
}
