package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"salesbot/app"
	"salesbot/backup"
	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
	"salesbot/embedded"
)

// agesBot answers each message at once, wherever it stands: in a wait for a message, for a timer, or at a question.
const agesBot = `{"schema":1,"name":"Ages","start":"route","steps":[
  {"id":"route","kind":"condition","config":{"branches":[
     {"id":"timer","terms":[{"value":"{{message_text}}","operator":"contains","operand":"timer"}]},
     {"id":"ask","terms":[{"value":"{{message_text}}","operator":"contains","operand":"ask"}]},
     {"id":"bye","terms":[{"value":"{{message_text}}","operator":"contains","operand":"bye"}]}]},
   "exits":{"branch:timer":"timer","branch:ask":"ask","branch:bye":"bye","else":"echo"}},
  {"id":"echo","kind":"message","config":{"text":"you said {{message_text}}"},"exits":{"next":"listen"}},
  {"id":"listen","kind":"pause","config":{"waits":[{"id":"m","on":"message"}]},"exits":{"wait:m":"route"}},
  {"id":"timer","kind":"message","config":{"text":"a timer for {{message_text}}"},"exits":{"next":"wait"}},
  {"id":"wait","kind":"pause","config":{"waits":[{"id":"m","on":"message"},{"id":"t","on":"timer","hours":2}]},"exits":{"wait:m":"route","wait:t":"listen"}},
  {"id":"ask","kind":"message","config":{"text":"choose after {{message_text}}","buttons":[{"id":"yes","text":"Yes"}]},"exits":{"button:yes":"echo","other":"route"}},
  {"id":"bye","kind":"message","config":{"text":"good {{message_text}}"}}]}`

// agesSay is what a client says there, and what answers it.
var agesSay = []struct{ say, hear string }{{"hello %d", "you said hello %d"}, {"timer %d", "a timer for timer %d"}, {"more %d", "you said more %d"},
	{"ask %d", "choose after ask %d"}, {"other %d", "you said other %d"}, {"bye %d", "good bye %d"}}

// Of the product's data and Temporal's each may be of another age than the other, whatever was restored: of when the first
// backup was made, of the second one, or of now. All clients, also those who come only now, get one answer to each of their
// messages afterwards. The long form, with KILLS, tries all pairs of three ages; the short one those of two.
func TestNobodyIsLeftAloneWhateverAgesAreRestored(t *testing.T) {
	ages := []string{"first", "second", "now"}
	if os.Getenv("KILLS") == "" {
		ages = []string{"first", "now"}
	}
	t.Run("sqlite", func(t *testing.T) { survivesAges(t, config(t), ages, setBackFiles) })
	t.Run("postgres", func(t *testing.T) {
		server := startPostgres(t)
		c := config(t)
		c.DatabaseURL = server.url
		survivesAges(t, c, ages, setBackSchemas)
	})
}

// setBack takes the product to the age of one backup, and its Temporal to another's.
type setBack func(t *testing.T, c app.Config, product, temporal string)

func survivesAges(t *testing.T, c app.Config, ages []string, set setBack) {
	channel := prepareBot(t, c, agesBot, crm.TriggerTalkStarted, crm.TriggerNoBot)
	p := startProcess(t, c)
	ctx, cancel := context.WithTimeout(t.Context(), 6*time.Minute)
	defer cancel()
	address := func() string { return "http://" + p.Address }
	const clients = 12
	var all []*visitor
	for range clients {
		all = append(all, newVisitor(ctx, t, address, channel))
	}
	number := 0
	// speak lets each client say so many things, one after another, and hear each answer; they stop at different places.
	// Meanwhile something else may be done.
	speak := func(most int, meanwhile func()) {
		t.Helper()
		number++
		talks, talking := errgroup.WithContext(ctx)
		for i, v := range all {
			talks.Go(func() error { return v.converse(talking, number, i, most) })
		}
		meanwhile()
		require.NoError(t, talks.Wait())
	}
	nothing := func() {}
	dirs, lasts := map[string]string{}, map[string][]int64{}
	back := func(name string) {
		for _, v := range all {
			lasts[name] = append(lasts[name], v.newest())
		}
		dirs[name] = filepath.Join(t.TempDir(), name)
		require.NoError(t, app.Backup(ctx, c, dirs[name], "test", io.Discard))
	}
	speak(2, nothing)
	speak(4, func() { back("first") })
	speak(4, func() { back("second") })
	speak(3, nothing)
	p.kill()
	back("now")
	for _, product := range ages {
		for _, temporal := range ages {
			set(t, c, dirs[product], dirs[temporal])
			for i, v := range all {
				v.forget(lasts[product][i])
			}
			p.start()
			for range 3 {
				all = append(all, newVisitor(ctx, t, address, channel))
			}
			began := time.Now()
			speak(6, nothing)
			t.Logf("the product of %s with Temporal of %s: all answered within %s", product, temporal, time.Since(began).Round(time.Millisecond))
			p.kill()
			// Who came after a backup is unknown to it.
			all = all[:clients]
		}
	}
}

// newest is the number of the last message that came.
func (v *visitor) newest() int64 {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.last
}

// forget takes a client back to when that was the newest number: numbers are given out again, and what was not answered yet
// when the backup was made is answered now.
func (v *visitor) forget(last int64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.last, v.heard = last, map[string]spoken{}
}

// converse says a few things, from a place in the dialogue that differs from client to client.
func (v *visitor) converse(ctx context.Context, number, client, most int) error {
	for i := range most {
		at := agesSay[(client+number+i)%len(agesSay)]
		mark := number*1000 + client*10 + i
		if err := v.say(ctx, fmt.Sprintf(at.say, mark)); err != nil {
			return err
		}
		heard, stop := context.WithTimeout(ctx, time.Minute)
		_, err := v.hear(heard, fmt.Sprintf(at.hear, mark))
		stop()
		if err != nil {
			return fmt.Errorf("client %d: %w", client, err)
		}
	}
	for text, times := range v.said() {
		if times > 1 {
			return fmt.Errorf("client %d heard %q %d times", client, text, times)
		}
	}
	return nil
}

// prepareBot fills the database before the first process starts.
func prepareBot(t *testing.T, c app.Config, document string, kinds ...crm.TriggerKind) (channel int64) {
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
		parsed, err := bot.Parse([]byte(document))
		if err != nil {
			return err
		}
		b, err := tx.CreateBot(ctx, by, parsed.Name, json.RawMessage(document))
		if err != nil {
			return err
		}
		if _, err := tx.PublishBot(ctx, by, b.ID, b.Revision); err != nil {
			return err
		}
		for _, kind := range kinds {
			if _, err := tx.AddTrigger(ctx, by, crm.Trigger{BotID: b.ID, Kind: kind, ChannelID: channel}); err != nil {
				return err
			}
		}
		return nil
	}))
	return channel
}

// setBackFiles restores the product's backup and puts Temporal's files of the other one in their places.
func setBackFiles(t *testing.T, c app.Config, product, temporal string) {
	t.Helper()
	require.NoError(t, app.Restore(t.Context(), c, product, true, io.Discard))
	for _, name := range embedded.DataFiles() {
		for _, end := range []string{"-wal", "-shm"} {
			require.NoError(t, os.RemoveAll(filepath.Join(c.Data, name+end)))
		}
		content, err := os.ReadFile(filepath.Join(temporal, name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(c.Data, name), content, 0o600))
	}
}

// setBackSchemas restores the product's backup and puts Temporal's schemas of the other one in their places.
func setBackSchemas(t *testing.T, c app.Config, product, temporal string) {
	t.Helper()
	require.EventuallyWithT(t, func(ct *assert.CollectT) {
		require.NoError(ct, app.Restore(t.Context(), c, product, true, io.Discard))
	}, time.Minute, 200*time.Millisecond)
	store := openStore(t, c)
	defer store.Close()
	args := []string{"--dbname", c.DatabaseURL, "--no-owner", "--exit-on-error"}
	for _, schema := range embedded.DataSchemas() {
		require.NoError(t, store.Change(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.ExecContext(ctx, `DROP SCHEMA "`+schema+`" CASCADE`)
			return err
		}))
		args = append(args, "--schema", schema)
	}
	require.NoError(t, store.Change(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		for _, schema := range embedded.DataSchemas() {
			if _, err := tx.ExecContext(ctx, `CREATE SCHEMA "`+schema+`"`); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, `CREATE EXTENSION IF NOT EXISTS btree_gin SCHEMA `+embedded.DataSchemas()[1])
		return err
	}))
	out, err := exec.CommandContext(t.Context(), "pg_restore", append(args, filepath.Join(temporal, backup.DumpFile))...).CombinedOutput()
	require.NoError(t, err, "%s", out)
}
