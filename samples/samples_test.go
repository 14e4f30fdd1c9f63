package samples_test

import (
	"io/fs"
	"slices"
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
	all, err := samples.All()
	require.NoError(t, err)
	for _, sample := range all {
		file := sample.Key + ".json"
		data, err := samples.Files.ReadFile(file)
		require.NoError(t, err)
		doc, issues := steps.LintFile(data, account)
		require.Empty(t, issues, file)
		require.Len(t, doc.Layout, len(doc.Steps), "%s: every step has a place", file)
	}
}

func TestEverySampleIsOfferedWithADialogue(t *testing.T) {
	t.Parallel()
	all, err := samples.All()
	require.NoError(t, err)
	bots, err := fs.Glob(samples.Files, "*.test.json")
	require.NoError(t, err)
	require.Len(t, all, len(bots), "every bot has a summary")
	for _, sample := range all {
		require.Contains(t, bots, sample.Key+".test.json")
		require.NotEmpty(t, sample.Summary)
		require.True(t, sample.Dialogue[0].Client, "the client begins")
		require.True(t, slices.ContainsFunc(sample.Dialogue, func(line samples.Line) bool { return !line.Client }), "the bot answers")
		for _, line := range sample.Dialogue {
			require.NotEmpty(t, line.Text)
			require.NotContains(t, line.Text, "*")
		}
	}
	require.Equal(t, samples.Line{Text: "Hello Ann! 👋 What can we do for you?", Buttons: []string{"Catalogue", "Prices", "Talk to a person"}}, all[0].Dialogue[1])
	require.Equal(t, samples.Line{Client: true, Text: "Catalogue"}, all[0].Dialogue[2])
}
