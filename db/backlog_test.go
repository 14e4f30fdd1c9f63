package db_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
)

// put changes rows of a table as time and other processes would.
func (d *desk) put(table, set, where string) {
	d.t.Helper()
	change(d.t, d.store, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewRaw("UPDATE " + table + " SET " + set + " WHERE " + where).Exec(ctx)
		return err
	})
}

func (d *desk) backlog() db.Backlog {
	d.t.Helper()
	b, err := d.store.Backlog(d.t.Context())
	require.NoError(d.t, err)
	return b
}

// at writes a time that lies so far back, as both databases read it.
func (d *desk) at(ago time.Duration) string {
	return "'" + d.store.Now().Add(-ago).UTC().Format("2006-01-02 15:04:05.999999-07:00") + "'"
}

// The list of runs that are stuck and what is measured are the same.
func TestRunsAreStuckThatShouldHaveMoved(t *testing.T) {
	for name, c := range map[string]struct {
		set           func(d *desk) string
		overdue, idle int64
	}{
		"just launched":                   {set: func(*desk) string { return "status = 'starting'" }},
		"starting for long":               {set: func(d *desk) string { return "status = 'starting', updated_at = " + d.at(11*time.Minute) }, idle: 1},
		"busy for a while":                {set: func(d *desk) string { return "status = 'running', updated_at = " + d.at(9*time.Minute) }},
		"busy for long":                   {set: func(d *desk) string { return "status = 'running', updated_at = " + d.at(11*time.Minute) }, idle: 1},
		"waiting for a message for long":  {set: func(d *desk) string { return "status = 'waiting', updated_at = " + d.at(time.Hour) }},
		"a timer that is just over":       {set: func(d *desk) string { return "status = 'waiting', waiting_until = " + d.at(50*time.Second) }},
		"a timer that has long been over": {set: func(d *desk) string { return "status = 'waiting', waiting_until = " + d.at(2*time.Minute) }, overdue: 1},
		"the same, held by a person": {set: func(d *desk) string {
			return "status = 'waiting', hold = 'take_over', waiting_until = " + d.at(2*time.Minute)
		}},
		"paused with a timer that is over": {set: func(d *desk) string { return "status = 'paused', waiting_until = " + d.at(2*time.Minute) }},
		"ended while it was busy": {set: func(d *desk) string {
			return "status = 'running', ended_at = updated_at, updated_at = " + d.at(time.Hour)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			eachDesk(t, "{}", func(t *testing.T, d *desk) {
				run := d.run(d.accept(says("m1", "hi")).Chat.LeadID)
				d.put("runs", c.set(d), "id > 0")
				b := d.backlog()
				require.Equal(t, []int64{c.overdue, c.idle}, []int64{b.Overdue, b.Idle})
				listed, _, err := d.store.Runs(t.Context(), db.RunFilter{LeadID: run.LeadID, StuckAt: d.store.Now()}, db.Paging{Limit: 5})
				require.NoError(t, err)
				require.Len(t, listed, int(c.overdue+c.idle))
				others, _, err := d.store.Runs(t.Context(), db.RunFilter{LeadID: run.LeadID + 1, StuckAt: d.store.Now()}, db.Paging{Limit: 5})
				require.NoError(t, err)
				require.Empty(t, others, "the other conditions hold, too")
			})
		})
	}
}

func TestWhatWaitsIsCounted(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		empty := d.backlog()
		require.Zero(t, empty.UnsentMail+empty.Calling)
		require.Zero(t, empty.OldestMail)
		require.Equal(t, map[bot.RunStatus]int64{bot.RunStarting: 0, bot.RunRunning: 0, bot.RunWaiting: 0, bot.RunPaused: 0}, empty.Runs)

		run := d.run(d.accept(says("m1", "hi")).Chat.LeadID)
		d.accept(says("m2", "more"))
		first := d.letters(run.LeadID)[0]
		d.put("mail", "created_at = "+d.at(time.Hour), "seq = "+itoa(first.Seq))
		d.put("messages", "status = 'calling'", "external_id = 'm1'")
		b := d.backlog()
		require.EqualValues(t, 2, b.UnsentMail)
		require.InDelta(t, time.Hour.Seconds(), b.OldestMail.Seconds(), 60)
		require.EqualValues(t, 1, b.Runs[bot.RunStarting])
		require.Zero(t, b.Calling, "it has just been handed over")
		d.put("messages", "updated_at = "+d.at(2*time.Minute), "status = 'calling'")
		require.EqualValues(t, 1, d.backlog().Calling)
	})
}

// A relay is as far behind as events were written since it last moved.
func TestARelaysBacklogIsCounted(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		ctx, cancel := context.WithCancel(t.Context())
		seen := make(chan int64, 1000)
		relay := db.Relay{Store: d.store, Name: "test", Handle: func(_ context.Context, events []crm.Event) error {
			seen <- events[len(events)-1].ID
			return nil
		}}
		d.accept(says("m1", "hi"))
		done := make(chan struct{})
		go func() { defer close(done); _ = relay.Run(ctx) }()
		require.Eventually(t, func() bool { b, ok := d.backlog().Behind["test"]; return ok && b == 0 }, 20*time.Second, 20*time.Millisecond)
		cancel()
		<-done
		before := d.count("events")
		d.accept(says("m2", "more"))
		require.EqualValues(t, d.count("events")-before, d.backlog().Behind["test"])
	})
}
