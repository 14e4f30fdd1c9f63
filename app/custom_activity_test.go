package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/app"
)

const scorer = `{"schema":1,"name":"Scorer","start":"hear","steps":[
  {"id":"hear","kind":"pause","config":{"waits":[{"id":"m","on":"message"}]},"exits":{"wait:m":"score"}},
  {"id":"score","kind":"activity","config":{"name":"ScoreLead","input":{"price":"{{message_text.number}}"},"result_as":"score","errors":["NoPrice"]},
   "exits":{"next":"grade","error:NoPrice":"free","failed":"failed"}},
  {"id":"grade","kind":"message","config":{"text":"You are an {{json.score.grade}} with {{json.score.points}} points"},"exits":{"next":"hear"}},
  {"id":"free","kind":"message","config":{"text":"What is free has no grade"},"exits":{"next":"hear"}},
  {"id":"failed","kind":"message","config":{"text":"No number there"},"exits":{"next":"hear"}}]}`

const calendar = `{"schema":1,"name":"Calendar","start":"hear","steps":[
  {"id":"hear","kind":"pause","config":{"waits":[{"id":"m","on":"message"}]},"exits":{"wait:m":"look"}},
  {"id":"look","kind":"activity","config":{"name":"SlotsFree","input":{"day":"{{message_text}}"},"result_as":"slots","errors":["Closed"]},
   "exits":{"next":"tell","error:Closed":"closed","failed":"closed"}},
  {"id":"tell","kind":"message","config":{"text":"{{json.slots.free}} are free, the first {{json.slots.first}}"},"exits":{"next":"hear"}},
  {"id":"closed","kind":"message","config":{"text":"We are closed"},"exits":{"next":"hear"}}]}`

// Somebody else's program, a sample, does an activity on a task queue of its own: it registers it, bots may name it from
// then on, and a run goes on by what it returns, by the exit of its error, or by failed if the input does not fit.
func TestSomebodyElsesProgramDoesAnActivity(t *testing.T) {
	t.Parallel()
	c := config(t)
	c.TemporalPort = freePort(t)
	p := newProgram(t, c, start(t, c, app.Everything).Address())
	for _, sample := range []struct {
		language, activity, document string
		command                      func(t *testing.T) *exec.Cmd
		turns                        [][2]string
	}{
		{"go", "ScoreLead", scorer, goSample, [][2]string{
			{"it costs 5000", "You are an A with 90 points"}, {"it costs 10", "You are an B with 40 points"},
			{"it costs 0", "What is free has no grade"}, {"it costs much", "No number there"},
		}},
		{"typescript", "SlotsFree", calendar, typescriptSample, [][2]string{{"Monday", "3 are free, the first Monday at 10:00"}, {"Sunday", "We are closed"}}},
	} {
		t.Run(sample.language, func(t *testing.T) {
			t.Parallel()
			p := &program{t: t, base: p.base, token: p.token}
			ctx, channel := patience(t), p.liveChat()
			id := p.draft(sample.document)
			status, text := p.try(http.MethodPost, path("/api/v4/bots/%d/publish", id), nil)
			require.Equal(t, http.StatusBadRequest, status)
			require.Contains(t, string(text), "no program has registered an activity")
			p.runSample(sample.command(t), c)
			require.Eventually(t, func() bool { return p.hasWorker(sample.activity) }, time.Minute, 100*time.Millisecond)
			p.publish(id, channel)
			v := p.visitor(ctx, channel)
			require.NoError(t, v.say(ctx, "hello"))
			for _, turn := range sample.turns {
				require.NoError(t, v.say(ctx, turn[0]))
				_, err := v.hear(ctx, turn[1])
				require.NoError(t, err)
			}
		})
	}
}

func (p *program) hasWorker(activity string) bool {
	status, text := p.try(http.MethodGet, "/api/v4/activities/"+activity, nil)
	var shown struct {
		HasWorker bool `json:"has_worker"`
	}
	return status == http.StatusOK && json.Unmarshal(text, &shown) == nil && shown.HasWorker
}

// runSample runs a sample's program until the test ends.
func (p *program) runSample(command *exec.Cmd, c app.Config) {
	p.t.Helper()
	command.Env = append(os.Environ(), "SALESBOT_URL="+p.base, "SALESBOT_TOKEN="+p.token, fmt.Sprintf("TEMPORAL_ADDRESS=127.0.0.1:%d", c.TemporalPort))
	command.Stderr = os.Stderr
	require.NoError(p.t, command.Start())
	p.t.Cleanup(func() { _ = command.Process.Kill(); _ = command.Wait() })
}

func goSample(t *testing.T) *exec.Cmd {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "sample")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "salesbot/samples/activities/go").CombinedOutput()
	require.NoError(t, err, string(out))
	return exec.CommandContext(t.Context(), binary)
}

// typescriptSample needs what make test installs.
func typescriptSample(t *testing.T) *exec.Cmd {
	t.Helper()
	folder := filepath.Join("..", "samples", "activities", "typescript")
	require.DirExists(t, filepath.Join(folder, "node_modules"), "the sample's packages are not installed: make test does it, or npm ci --ignore-scripts in that folder")
	command := exec.CommandContext(t.Context(), "node", "worker.mjs")
	command.Dir = folder
	return command
}
