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

// Somebody else's program, the sample, does an activity on a task queue of its own: it registers it, bots may name it from
// then on, and a run goes on by what it returns, by the exit of its error, or by failed if the input does not fit.
func TestSomebodyElsesProgramDoesAnActivity(t *testing.T) {
	t.Parallel()
	c := config(t)
	c.TemporalPort = freePort(t)
	p := newProgram(t, c, start(t, c, app.Everything).Address())
	ctx, channel := patience(t), p.liveChat()
	var made struct {
		ID int64 `json:"id"`
	}
	p.call(http.MethodPost, "/api/v4/bots", map[string]any{"name": "Scorer", "document": json.RawMessage(scorer)}, &made)
	status, text := p.try(http.MethodPost, path("/api/v4/bots/%d/publish", made.ID), nil)
	require.Equal(t, http.StatusBadRequest, status)
	require.Contains(t, string(text), "no program has registered an activity")

	startSample(t, "go", p, c)
	require.Eventually(t, func() bool {
		status, text := p.try(http.MethodGet, "/api/v4/activities/ScoreLead", nil)
		var shown struct {
			HasWorker bool `json:"has_worker"`
		}
		return status == http.StatusOK && json.Unmarshal(text, &shown) == nil && shown.HasWorker
	}, time.Minute, 100*time.Millisecond)
	p.call(http.MethodPost, path("/api/v4/bots/%d/publish", made.ID), nil, nil)
	p.call(http.MethodPost, path("/api/v4/bots/%d/triggers", made.ID), map[string]any{"kind": "talk_started", "channel_id": channel}, nil)

	v := p.visitor(ctx, channel)
	require.NoError(t, v.say(ctx, "hello"))
	for _, c := range []struct{ say, hear string }{
		{"it costs 5000", "You are an A with 90 points"}, {"it costs 10", "You are an B with 40 points"},
		{"it costs 0", "What is free has no grade"}, {"it costs much", "No number there"},
	} {
		require.NoError(t, v.say(ctx, c.say))
		_, err := v.hear(ctx, c.hear)
		require.NoError(t, err)
	}
}

// startSample builds a sample's program and runs it until the test ends.
func startSample(t *testing.T, name string, p *program, c app.Config) {
	t.Helper()
	binary := filepath.Join(t.TempDir(), name)
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "salesbot/samples/activities/"+name).CombinedOutput()
	require.NoError(t, err, string(out))
	command := exec.CommandContext(t.Context(), binary)
	command.Env = append(os.Environ(), "SALESBOT_URL="+p.base, "SALESBOT_TOKEN="+p.token, fmt.Sprintf("TEMPORAL_ADDRESS=127.0.0.1:%d", c.TemporalPort))
	command.Stderr = os.Stderr
	require.NoError(t, command.Start())
	t.Cleanup(func() { _ = command.Wait() })
}
