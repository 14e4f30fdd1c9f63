package app_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"salesbot/app"
	"salesbot/crm"
	"salesbot/db"
)

// echoBot answers every message once; "timer" makes it wait two seconds and say so; "ask" makes it ask with buttons; "bye"
// ends it, and what is said next launches it again.
const echoBot = `{"schema":1,"name":"Echo","start":"route","steps":[
  {"id":"listen","kind":"pause","config":{"waits":[{"id":"m","on":"message"}]},"exits":{"wait:m":"route"}},
  {"id":"route","kind":"condition","config":{"branches":[
     {"id":"timer","terms":[{"value":"{{message_text}}","operator":"contains","operand":"timer"}]},
     {"id":"ask","terms":[{"value":"{{message_text}}","operator":"contains","operand":"ask"}]},
     {"id":"bye","terms":[{"value":"{{message_text}}","operator":"contains","operand":"bye"}]}]},
   "exits":{"branch:timer":"wait","branch:ask":"ask","branch:bye":"bye","else":"echo"}},
  {"id":"echo","kind":"message","config":{"text":"you said {{message_text}}"},"exits":{"next":"note"}},
  {"id":"note","kind":"add_note","config":{"target":"lead","text":"heard {{message_text}}"},"exits":{"next":"listen"}},
  {"id":"wait","kind":"pause","config":{"waits":[{"id":"t","on":"timer","seconds":2}]},"exits":{"wait:t":"fired"}},
  {"id":"fired","kind":"message","config":{"text":"the timer of {{message_text}} fired"},"exits":{"next":"listen"}},
  {"id":"ask","kind":"message","config":{"text":"choose after {{message_text}}","buttons":[{"id":"yes","text":"Yes"},{"id":"no","text":"No"}]},
   "exits":{"button:yes":"yes","button:no":"listen","other":"listen"}},
  {"id":"yes","kind":"message","config":{"text":"you chose {{message_text}}"},"exits":{"next":"listen"}},
  {"id":"bye","kind":"message","config":{"text":"good {{message_text}}"}}]}`

// Processes are killed again and again while a few hundred conversations are in all kinds of states: the product, and
// PostgreSQL under it. Afterwards every message was answered exactly once, every timer fired once and in time, and
// nothing was lost or doubled. KILLS is how many, 10 unless it is set; see make kill.
func TestNothingIsLostOrDoubledWhenProcessesAreKilled(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		survivesKills(t, config(t), []outage{killProduct})
	})
	t.Run("postgres", func(t *testing.T) {
		server := startPostgres(t)
		c := config(t)
		c.DatabaseURL = server.url
		survivesKills(t, c, []outage{killProduct, killPostgres(server), killBoth(server)})
	})
}

// An outage ends something and starts it again.
type outage func(p *process)

func killProduct(p *process) { p.restart() }

// killPostgres leaves the product to find out by itself that its database went away and came back.
func killPostgres(server *postgres) outage {
	return func(p *process) {
		server.kill()
		server.start()
		p.recover()
	}
}

func killBoth(server *postgres) outage {
	return func(p *process) {
		server.kill()
		p.kill()
		server.start()
		p.start()
	}
}

// restoreEvery is after how many kills a backup is made, or gone back to: never in the short form, which has tests of
// its own for it.
const restoreEvery = 25

func survivesKills(t *testing.T, c app.Config, outages []outage) {
	const conversations = 200
	kills := killsWanted(t)
	channel := prepareBot(t, c, echoBot, crm.TriggerTalkStarted, crm.TriggerNoBot)
	p := startProcess(t, c)
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute+time.Duration(kills)*10*time.Second)
	defer cancel()
	address := func() string { return "http://" + p.Address }

	var enough atomic.Bool
	var gate sync.RWMutex
	talkers := make([]*talker, conversations)
	talks, talking := errgroup.WithContext(ctx)
	for i := range talkers {
		talkers[i] = &talker{visitor: newVisitor(ctx, t, address, channel)}
	}
	for i, one := range talkers {
		talks.Go(func() error {
			if err := one.talk(talking, &enough, &gate); err != nil {
				return fmt.Errorf("conversation %d: %w", i, err)
			}
			return nil
		})
	}
	copies := &restorer{t: t, config: c, talkers: talkers, gate: &gate}
	kills = killAgainAndAgain(talking, t, p, kills, outages, copies)
	enough.Store(true)
	require.NoError(t, talks.Wait())
	all := tallyOf(talkers)
	printKills(t, kills, copies.restores, p, conversations, all)
	require.Zero(t, all.lost+all.doubled, all.example)
	require.GreaterOrEqual(t, slices.Min(all.late), time.Duration(0), "a timer fired too early")
	// Each kill may cost a task its whole time limit, and many in a row more than one; a timer that was lost and came
	// back by chance would be later.
	require.Less(t, slices.Max(all.late), 4*time.Minute, "a timer fired much too late")
	countEverything(t, c, conversations, all.rounds)
}

// killAgainAndAgain returns how often it did. An interrupt ends it early, so that a long run is not lost: what was done by
// then is counted. So does a client who was told nothing or something wrong.
func killAgainAndAgain(talking context.Context, t *testing.T, p *process, kills int, outages []outage, copies *restorer) int {
	t.Helper()
	interrupted, stop := signal.NotifyContext(talking, os.Interrupt)
	defer stop()
	for i := range kills {
		select {
		case <-interrupted.Done():
			return i
		case <-time.After(time.Duration(200+rand.IntN(1300)) * time.Millisecond):
		}
		outages[i%len(outages)](p)
		if i%restoreEvery == restoreEvery-1 {
			t.Logf("killed %d times", i+1)
			copies.turn(p)
		}
	}
	return kills
}

func killsWanted(t *testing.T) int {
	t.Helper()
	text := os.Getenv("KILLS")
	if text == "" {
		return 10
	}
	kills, err := strconv.Atoi(text)
	require.NoError(t, err, "KILLS is a number")
	return kills
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
	// The last answers are heard before their runs have ended.
	require.Eventually(t, func() bool { return count(t, store, "runs WHERE status = 'finished'") == rounds }, time.Minute, 100*time.Millisecond, "every run has ended")
	if !assert.Eventually(t, func() bool { return count(t, store, "conversations")+count(t, store, "mail") == 0 }, time.Minute, 100*time.Millisecond, "nothing is left to be told") {
		showLeft(t, store)
	}
	for what, want := range map[string]int{
		"messages WHERE direction = 'in'":       6 * rounds,
		"messages WHERE direction = 'out'":      6 * rounds,
		"notes WHERE note_type = 'common'":      2 * rounds,
		"leads":                                 conversations,
		"runs":                                  rounds,
		"step_visits WHERE step = 'fired'":      rounds,
		"step_visits WHERE exit = 'wait:m'":     4 * rounds,
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

// showLeft tells what a conversation that is over has not acknowledged.
func showLeft(t *testing.T, store *db.Store) {
	t.Helper()
	for _, query := range []string{
		"SELECT 'mail ' || seq || ' ' || workflow_id || ' ' || signal || ' created ' || created_at || ' sent ' || COALESCE(sent_at, 'never') || ' ' || payload FROM mail",
		"SELECT 'conversation ' || workflow_id || ' ' || updated_at FROM conversations",
	} {
		var rows []string
		require.NoError(t, store.Change(t.Context(), func(ctx context.Context, tx *db.Tx) error { return tx.NewRaw(query).Scan(ctx, &rows) }))
		for _, row := range rows {
			t.Log(row)
		}
	}
}
