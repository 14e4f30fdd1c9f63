package steps

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
)

// noon is when the workflows of these tests begin, a Monday.
var noon = time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC)

func TestPauseTakesItsTime(t *testing.T) {
	t.Parallel()
	const longest = 8760*time.Hour + 60*time.Minute + 60*time.Second
	closed := map[string]any{"WorkingHours": bot.OpenHours{Begins: noon.Add(20 * time.Hour)}}
	open := map[string]any{"WorkingHours": bot.OpenHours{Open: true}}
	for name, c := range map[string]struct {
		waits   string
		results map[string]any
		exit    string
		took    time.Duration
	}{
		"the longest timer":            {`{"id":"t","on":"timer","hours":8760,"minutes":60,"seconds":60}`, nil, "wait:t", longest},
		"a timer beside a message":     {`{"id":"m","on":"message"},{"id":"t","on":"timer","seconds":5}`, nil, "wait:t", 5 * time.Second},
		"outside working hours":        {`{"id":"d","on":"duty_hours"}`, closed, "wait:d", 20 * time.Hour},
		"within working hours":         {`{"id":"m","on":"message"},{"id":"d","on":"duty_hours"}`, open, "wait:d", 0},
		"a timer before working hours": {`{"id":"d","on":"duty_hours"},{"id":"t","on":"timer","hours":1}`, closed, "wait:t", time.Hour},
		"working hours before a timer": {`{"id":"t","on":"timer","hours":24},{"id":"d","on":"duty_hours"}`, closed, "wait:d", 20 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			exit, took, err := do(t, "pause", `{"waits":[`+c.waits+`]}`, &fakeRun{results: c.results})
			require.NoError(t, err)
			require.Equal(t, c.exit, exit)
			require.Equal(t, c.took, took)
		})
	}
}

func TestPauseTheFirstWins(t *testing.T) {
	t.Parallel()
	const config = `{"waits":[{"id":"m","on":"message"},{"id":"o","on":"video_opened"},{"id":"c","on":"video_closed"},{"id":"t","on":"timer","hours":1}]}`
	receipt := func(kind bot.ReceiptKind) bot.Event {
		return bot.Event{Kind: bot.EventReceipt, Receipt: &bot.Receipt{Kind: kind}}
	}
	for want, event := range map[string]bot.Event{
		"wait:m": says("hi"), "wait:o": receipt(bot.ReceiptVideoOpened), "wait:c": receipt(bot.ReceiptVideoClosed), "wait:t": {Kind: bot.EventSkipped, Timed: "t"},
	} {
		run := &fakeRun{events: []bot.Event{event}}
		goesBy(t, want, "pause", config, run)
		require.Equal(t, bot.Wait{
			Message: true, Until: noon.Add(time.Hour), Timed: "t", Receipts: []bot.ReceiptKind{bot.ReceiptVideoOpened, bot.ReceiptVideoClosed},
			For: "message or video opened or video closed or timer",
		}, run.waits[0])
	}
}

func TestPauseSkippedWithoutTimer(t *testing.T) {
	t.Parallel()
	goesBy(t, "wait:o", "pause", `{"waits":[{"id":"o","on":"video_opened"},{"id":"m","on":"message"}]}`, &fakeRun{events: []bot.Event{{Kind: bot.EventSkipped}}})
}

func TestPauseProblems(t *testing.T) {
	t.Parallel()
	for waits, want := range map[string][]string{
		``:                                       {"bad_config"},
		`{"id":"t","on":"timer"}`:                {"bad_config"},
		`{"id":"t","on":"timer","minutes":61}`:   {"bad_config"},
		`{"id":"t","on":"timer","seconds":-1}`:   {"bad_config"},
		`{"id":"t","on":"timer","hours":1.5}`:    {"bad_config"},
		`{"id":"d","on":"duty_hours","hours":1}`: {"unused_timer"},
		`{"id":"m","on":"message"},{"id":"t","on":"timer","hours":1}`:         {},
		`{"id":"m","on":"message"}`:                                           {"no_answer_exit"},
		`{"id":"t","on":"timer","hours":1},{"id":"t","on":"timer","hours":2}`: {"duplicate_id", "duplicate_wait"},
	} {
		require.Equal(t, want, problems(t, "pause", `{"waits":[`+waits+`]}`, Env{}), waits)
	}
}
