package samples_test

import (
	"io/fs"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/samples"
	"salesbot/steps"
)

// account is what a new account has.
var account = steps.Env{
	Pipelines: []steps.Pipeline{{ID: 1, Name: "Sales", Stages: []steps.Stage{{ID: 1002, Name: "First contact"}, {ID: 1003, Name: "Offer made"}}}},
	Bots:      map[int64]bool{}, Channels: map[int64]bool{}, Users: map[int64]bool{},
	Fields:      []steps.Field{{Card: "contact", ID: 1, Code: "PHONE"}, {Card: "contact", ID: 2, Code: "EMAIL"}},
	MostButtons: 3,
}

func TestSamplesLintClean(t *testing.T) {
	t.Parallel()
	files, err := fs.Glob(samples.Files, "*.json")
	require.NoError(t, err)
	require.Len(t, files, 3)
	for _, file := range files {
		data, err := samples.Files.ReadFile(file)
		require.NoError(t, err)
		doc, issues := steps.LintFile(data, account)
		require.Empty(t, issues, file)
		require.Len(t, doc.Layout, len(doc.Steps), "%s: every step has a place", file)
	}
}
