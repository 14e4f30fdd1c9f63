package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"salesbot/app"
	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
	"salesbot/db/dbtest"
)

// echoBot answers every message once; "timer" makes it wait two seconds and say so; "ask" makes it ask with buttons.
const echoBot = `{"schema":1,"name":"Echo","start":"route","steps":[
  {"id":"listen","kind":"pause","config":{"waits":[{"id":"m","on":"message"}]},"exits":{"wait:m":"route"}},
  {"id":"route","kind":"condition","config":{"branches":[
     {"id":"timer","terms":[{"value":"{{message_text}}","operator":"contains","operand":"timer"}]},
     {"id":"ask","terms":[{"value":"{{message_text}}","operator":"contains","operand":"ask"}]}]},
   "exits":{"branch:timer":"wait","branch:ask":"ask","else":"echo"}},
  {"id":"echo","kind":"message","config":{"text":"you said {{message_text}}"},"exits":{"next":"note"}},
  {"id":"note","kind":"add_note","config":{"target":"lead","text":"heard {{message_text}}"},"exits":{"next":"listen"}},
  {"id":"wait","kind":"pause","config":{"waits":[{"id":"t","on":"timer","seconds":2}]},"exits":{"wait:t":"fired"}},
  {"id":"fired","kind":"message","config":{"text":"the timer of {{message_text}} fired"},"exits":{"next":"listen"}},
  {"id":"ask","kind":"message","config":{"text":"choose after {{message_text}}","buttons":[{"id":"yes","text":"Yes"},{"id":"no","text":"No"}]},
   "exits":{"button:yes":"yes","button:no":"listen","other":"listen"}},
  {"id":"yes","kind":"message","config":{"text":"you chose {{message_text}}"},"exits":{"next":"listen"}}]}`

// The process is killed ten times while a few hundred conversations are in all kinds of states. Afterwards every
// message was answered exactly once, every timer fired once, and nothing was lost or doubled.
func TestNothingIsLostOrDoubledWhenTheProcessIsKilled(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { survivesKills(t, config(t)) })
	t.Run("postgres", func(t *testing.T) {
		c := config(t)
		c.DatabaseURL = dbtest.PostgresDatabase(t)
		survivesKills(t, c)
	})
}

func survivesKills(t *testing.T, c app.Config) {
	const conversations, kills = 200, 10
	channel := prepare(t, c)
	p := startProcess(t, c)
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	address := func() string { return "http://" + p.Address }

	visitors := make([]*visitor, conversations)
	for i := range visitors {
		visitors[i] = newVisitor(ctx, t, address, channel)
	}
	var enough atomic.Bool
	rounds := make([]int, conversations)
	talks, talking := errgroup.WithContext(ctx)
	for i, v := range visitors {
		talks.Go(func() error {
			for rounds[i] == 0 || !enough.Load() {
				if err := dialogue(talking, v, rounds[i]); err != nil {
					return fmt.Errorf("conversation %d: %w", i, err)
				}
				rounds[i]++
			}
			return nil
		})
	}
	for range kills {
		<-time.After(time.Duration(200+rand.IntN(1300)) * time.Millisecond)
		p.kill()
		p.start()
	}
	enough.Store(true)
	require.NoError(t, talks.Wait())
	all := 0
	for i, v := range visitors {
		require.Equal(t, expected(rounds[i]), v.said(), "conversation %d", i)
		all += rounds[i]
	}
	countEverything(t, c, conversations, all)
}

// dialogue goes through echo, timer and buttons; each waits for its answer before the next begins.
func dialogue(ctx context.Context, v *visitor, round int) error {
	for _, step := range []struct{ say, hear string }{
		{"hello %d!", "you said hello %d!"},
		{"timer %d!", "the timer of timer %d! fired"},
		{"again %d!", "you said again %d!"},
		{"ask %d!", "choose after ask %d!"},
	} {
		if err := v.say(ctx, fmt.Sprintf(step.say, round)); err != nil {
			return err
		}
		if _, err := v.hear(ctx, fmt.Sprintf(step.hear, round)); err != nil {
			return err
		}
	}
	question, err := v.hear(ctx, fmt.Sprintf("choose after ask %d!", round))
	if err != nil {
		return err
	}
	if err := v.tap(ctx, question.Buttons[0].ID, fmt.Sprintf("Yes %d!", round)); err != nil {
		return err
	}
	_, err = v.hear(ctx, fmt.Sprintf("you chose Yes %d!", round))
	return err
}

func expected(rounds int) map[string]int {
	said := map[string]int{}
	for round := range rounds {
		for _, text := range []string{"you said hello %d!", "the timer of timer %d! fired", "you said again %d!", "choose after ask %d!", "you chose Yes %d!"} {
			said[fmt.Sprintf(text, round)] = 1
		}
	}
	return said
}

// prepare fills the database before the first process starts.
func prepare(t *testing.T, c app.Config) (channel int64) {
	t.Helper()
	require.NoError(t, app.Migrate(t.Context(), c))
	store := openStore(t, c)
	defer store.Close()
	require.NoError(t, store.Change(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		by := crm.Actor{Kind: crm.BySystem}
		pipeline, err := tx.MainPipeline(ctx)
		if err != nil {
			return err
		}
		made, err := tx.CreateChannel(ctx, by, crm.Channel{Kind: "livechat", Name: "Test", Settings: json.RawMessage(`{}`), PipelineID: pipeline.ID, IsActive: true}, nil)
		if err != nil {
			return err
		}
		channel = made.ID
		document, err := bot.Parse([]byte(echoBot))
		if err != nil {
			return err
		}
		b, err := tx.CreateBot(ctx, by, document.Name, json.RawMessage(echoBot))
		if err != nil {
			return err
		}
		if _, err := tx.PublishBot(ctx, by, b.ID, b.Revision); err != nil {
			return err
		}
		_, err = tx.AddTrigger(ctx, by, crm.Trigger{BotID: b.ID, Kind: crm.TriggerTalkStarted, ChannelID: channel})
		return err
	}))
	return channel
}

func openStore(t *testing.T, c app.Config) *db.Store {
	t.Helper()
	url := c.DatabaseURL
	if url == "" {
		url = "sqlite://" + c.Data + "/salesbot.db"
	}
	store, err := db.Open(t.Context(), db.Options{URL: url})
	require.NoError(t, err)
	return store
}

// countEverything looks into the database instead of at what the clients saw.
func countEverything(t *testing.T, c app.Config, conversations, rounds int) {
	t.Helper()
	store := openStore(t, c)
	defer store.Close()
	// The last answers are heard before their runs have come to wait again.
	require.Eventually(t, func() bool {
		return count(t, store, "runs WHERE status = 'waiting' AND step = 'listen'") == conversations
	}, time.Minute, 100*time.Millisecond, "every run waits")
	for what, want := range map[string]int{
		"messages WHERE direction = 'in'":       5 * rounds,
		"messages WHERE direction = 'out'":      5 * rounds,
		"notes WHERE note_type = 'common'":      2 * rounds,
		"leads":                                 conversations,
		"runs":                                  conversations,
		"step_visits WHERE step = 'fired'":      rounds,
		"step_visits WHERE exit = 'wait:m'":     4*rounds - conversations,
		"step_visits WHERE exit = 'button:yes'": rounds,
	} {
		require.Equal(t, want, count(t, store, what), what)
	}
}

func count(t *testing.T, store *db.Store, what string) int {
	t.Helper()
	var n int
	require.NoError(t, store.Change(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		return tx.NewRaw("SELECT count(*) FROM "+what).Scan(ctx, &n)
	}))
	return n
}
