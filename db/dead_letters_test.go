package db_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
	"salesbot/db"
)

// A letter that can't be read is out of the way of all others; only the run that it would have launched fails by it.
func TestABuriedLetterIsGoneFromTheMail(t *testing.T) {
	for name, c := range map[string]struct {
		payload string
		status  bot.RunStatus
	}{
		"a launch":                       {`{"run_id":1,"bot_id":"?"}`, bot.RunFailed},
		"a launch of a run that is gone": {`{"run_id":4711}`, bot.RunStarting},
		"a launch that tells no run":     {`{"run_id":"?"}`, bot.RunStarting},
		"what is no launch at all":       {`[]`, bot.RunStarting},
	} {
		t.Run(name, func(t *testing.T) {
			eachDesk(t, "{}", func(t *testing.T, d *desk) {
				run := d.run(d.accept(says("m1", "hi")).Chat.LeadID)
				letter := d.letters(run.LeadID)[0]
				letter.Payload = []byte(c.payload)
				for range 2 { // by two postmen, or after an answer that was lost
					require.NoError(t, d.store.BuryLetter(t.Context(), letter, "why"))
				}
				require.Zero(t, d.count("mail"))
				require.Equal(t, 1, d.count("dead_letters"))
				require.Equal(t, string(c.status), d.run(run.LeadID).Status)
				d.puts(letter) // numbers are given out again after a restore
				require.NoError(t, d.store.BuryLetter(t.Context(), letter, "again"))
				require.Equal(t, 1, d.count("dead_letters"))
			})
		})
	}
}

// puts writes a letter into the mail as it is.
func (d *desk) puts(letter db.Letter) {
	d.t.Helper()
	letter.SentAt = nil
	change(d.t, d.store, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewInsert().Model(&letter).Exec(ctx)
		return err
	})
}
