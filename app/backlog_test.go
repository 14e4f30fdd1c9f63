package app_test

import (
	"io"
	"net/http"
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/app"
)

// An administrator's metrics say what waits to be done.
func TestTheMetricsSayWhatWaits(t *testing.T) {
	t.Parallel()
	c := config(t)
	p := newProgram(t, c, start(t, c, app.Everything).Address())
	ctx, channel := patience(t), p.liveChat()
	p.bot(`{"schema":1,"name":"Listener","start":"listen","steps":[{"id":"listen","kind":"pause","config":{"waits":[{"id":"m","on":"message"}]}}]}`, channel)
	require.NoError(t, p.visitor(ctx, channel).say(ctx, "hi"))
	figures := map[string]string{
		"salesbot_mail_unsent": "0", "salesbot_mail_oldest_seconds": "0", `salesbot_runs{status="waiting"}`: "1", `salesbot_runs{status="paused"}`: "0",
		"salesbot_runs_overdue": "0", "salesbot_runs_idle": "0", "salesbot_messages_calling": "0", `salesbot_relay_behind_events{relay="[^"]+"}`: "0",
		"salesbot_dead_letters_total": "0", `salesbot_lost_runs_total{fate="ended"}`: "0",
	}
	require.Eventually(t, func() bool {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, p.base+"/metrics", nil)
		require.NoError(t, err)
		request.Header.Set("Authorization", "Bearer "+p.token)
		answer, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		for name, value := range figures {
			if !regexp.MustCompile(`(?m)^` + name + ` ` + value + `$`).Match(text) {
				return false
			}
		}
		return true
	}, time.Minute, 50*time.Millisecond)
}
