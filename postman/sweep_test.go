package postman_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"salesbot/bot"
	"salesbot/db"
	"salesbot/db/dbtest"
)

// write puts letters into the database as they were left by an outage.
func (o *office) write(letters ...db.Letter) {
	o.t.Helper()
	require.NoError(o.t, o.store.Change(o.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		for i := range letters {
			letters[i].CreatedAt = tx.Now.Add(-time.Hour)
		}
		_, err := tx.NewInsert().Model(&letters).Exec(ctx)
		return err
	}))
}

func message(lead int, payload string) db.Letter {
	return db.Letter{WorkflowID: bot.Subject{LeadID: int64(lead)}.WorkflowID(), Signal: bot.SignalMessage, Payload: []byte(payload)}
}

// After a long outage all that is left is sent without a pause, the oldest first.
func TestWhatAnOutageHasLeftIsSentWithoutAPause(t *testing.T) {
	dbtest.EachDB(t, func(t *testing.T, store *db.Store) {
		const conversations = 35
		o := newOffice(t, store)
		o.postman.LookAt(10)
		for lead := conversations; lead > 0; lead-- {
			o.write(message(lead, `{"text":"hi"}`))
		}
		began := time.Now()
		o.work()
		require.Eventually(t, func() bool { return len(o.temporal.got()) == conversations }, 15*time.Second, 5*time.Millisecond)
		require.Less(t, time.Since(began), 4*time.Second, "the next regular sweep is five seconds away")
		first := map[string]bool{}
		for _, s := range o.temporal.got()[:10] {
			first[s.workflowID] = true
		}
		for lead := conversations; lead > conversations-10; lead-- {
			require.Contains(t, first, fmt.Sprintf("conversation/lead-%d", lead), "it has waited longest")
		}
	})
}

// While Temporal refuses, the postman does not run in circles.
func TestWhatCanNotBeSentWaitsForTheNextSweep(t *testing.T) {
	o := newOffice(t, dbtest.Open(t, dbtest.SQLiteURL(t)))
	o.postman.LookAt(1)
	o.temporal.hold, o.temporal.came = make(chan struct{}), make(chan struct{}, 100)
	o.temporal.refuse(true)
	o.write(message(1, `{}`))
	o.work()
	<-o.temporal.came
	close(o.temporal.hold)
	require.Never(t, func() bool { return len(o.temporal.came) > 1 }, 300*time.Millisecond, 10*time.Millisecond)
}

// A letter that nobody can read is put aside, with the reason; what comes behind it goes on.
func TestALetterThatNobodyCanReadHoldsUpNothing(t *testing.T) {
	dbtest.EachDB(t, func(t *testing.T, store *db.Store) {
		o := newOffice(t, store)
		o.say("ann", "m1")
		launch, err := store.UnsentMail(t.Context(), "conversation/lead-1")
		require.NoError(t, err)
		o.set(launch[0].Seq, `{"run_id":1,"bot_id":"seven"}`)
		unknown := message(1, `{}`)
		unknown.Signal = "telepathy"
		elsewhere := message(1, `{}`)
		elsewhere.WorkflowID = "conversation/nobody"
		o.write(message(1, `{"text":7}`), unknown, elsewhere, message(1, `{"text":"and more"}`))
		o.older()
		o.work()
		sent := o.temporal.eventually(t, 1)
		require.Equal(t, "and more", sent[0].letter.(*bot.Message).Text)
		require.Eventually(t, func() bool { return len(o.dead()) == 4 }, 10*time.Second, 5*time.Millisecond)
		for i, why := range []string{"read launch", "read message", `no signal "telepathy"`, "no conversation's id"} {
			require.Contains(t, o.dead()[i], why)
		}
		require.InDelta(t, 4, o.counted("salesbot_dead_letters_total"), 0)
		run, err := store.Run(t.Context(), 1)
		require.NoError(t, err)
		require.Equal(t, string(bot.RunFailed), run.Status)
		require.Contains(t, run.Reason, "its launch can't be read")
	})
}

func (o *office) set(seq int64, payload string) {
	o.t.Helper()
	require.NoError(o.t, o.store.Change(o.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewUpdate().Table("mail").Set("payload = ?", payload).Where("seq = ?", seq).Exec(ctx)
		return err
	}))
}

// dead are the reasons why letters could not be read.
func (o *office) dead() []string {
	o.t.Helper()
	var reasons []string
	require.NoError(o.t, o.store.Change(o.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		return tx.NewSelect().Table("dead_letters").Column("reason").Order("seq").Scan(ctx, &reasons)
	}))
	return reasons
}

func (o *office) counted(name string) float64 {
	o.t.Helper()
	registry := prometheus.NewRegistry()
	registry.MustRegister(o.postman.Collectors()...)
	families, err := registry.Gather()
	require.NoError(o.t, err)
	for _, family := range families {
		if family.GetName() == name {
			return family.GetMetric()[0].GetCounter().GetValue()
		}
	}
	return -1
}
