package workflows_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
	"salesbot/bottest"
)

// Each file of testdata/transcripts holds bots and a script; beside it lies what happened when they were played. All of
// it must be the same when every piece of mail comes twice, when the conversation continues as new at every wait, and when
// Temporal loses it there or is set back.
// UPDATE=1 writes the transcripts anew; read the difference before it is committed.
func TestTranscripts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/transcripts/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			t.Parallel()
			want := transcript(t, file, bottest.Options{})
			golden(t, strings.TrimSuffix(file, ".json")+".txt", want)
			require.Equal(t, want, transcript(t, file, bottest.Options{Twice: true}), "with all mail coming twice")
			require.Equal(t, want, transcript(t, file, bottest.Options{ContinueAsNew: true}), "with a continue-as-new at every wait")
			if strings.Contains(want, "the provider is down)") {
				return // a delivery that is lost is tried for its whole time again
			}
			require.Equal(t, want, transcript(t, file, bottest.Options{Lost: true}), "with a conversation that Temporal loses at every wait")
			require.Equal(t, want, transcript(t, file, bottest.Options{SetBack: true}), "with a Temporal that is set back at every wait")
		})
	}
}

func transcript(t *testing.T, file string, o bottest.Options) string {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	var content struct {
		Bots   []bot.Document  `json:"bots"`
		Script json.RawMessage `json:"script"`
	}
	require.NoError(t, bot.DecodeStrict(data, &content))
	script, err := bottest.Parse(content.Script)
	require.NoError(t, err)
	report, err := script.PlayWith(t.Context(), content.Bots, o)
	require.NoError(t, err)
	var out strings.Builder
	for _, c := range report.Cases {
		require.Nil(t, c.Failure, c.String())
		byRun(c.Transcript)
		out.WriteString(c.String())
	}
	return out.String()
}

// byRun puts what the runs' rows said after all else, run by run: runs that live side by side record their progress at
// the same time, so that their order means nothing.
func byRun(lines []bottest.Line) {
	run := func(l bottest.Line) string {
		if l.Who != "run" {
			return ""
		}
		number, _, _ := strings.Cut(l.Text, " ")
		return number
	}
	slices.SortStableFunc(lines, func(a, b bottest.Line) int { return strings.Compare(run(a), run(b)) })
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if os.Getenv("UPDATE") == "1" {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o600))
		return
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err, "UPDATE=1 writes it")
	require.Equal(t, string(want), got)
}
