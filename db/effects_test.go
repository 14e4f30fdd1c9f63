package db_test

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
)

var errRolledBack = errors.New("rolled back")

func TestARepeatedEffectReturnsTheFirstResult(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		run := d.run(d.accept(says("m1", "hi")).Chat.LeadID)
		e := d.effect(run)
		var group sync.WaitGroup
		results := make([][]bot.Sent, 20)
		for i := range results {
			group.Go(func() {
				sent, err := d.tryAs(e, bot.Outgoing{Text: "once"})
				if err != nil {
					t.Errorf("attempt %d: %v", i, err)
				}
				results[i] = sent
			})
		}
		group.Wait()
		for _, r := range results {
			require.Equal(t, results[0], r)
		}
		require.Equal(t, 2, d.count("messages"), "the client's and the bot's")
		// A run that was held meanwhile still gets the result of what it did before.
		d.control(run, bot.CommandStop)
		again, err := d.tryAs(e, bot.Outgoing{Text: "once"})
		require.NoError(t, err)
		require.Equal(t, results[0], again)
	})
}

func TestAnEffectThatReturnsNothingIsKept(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		e := d.effect(d.run(d.accept(says("m1", "hi")).Chat.LeadID))
		calls := 0
		for range 2 {
			raw, err := d.store.Effect(t.Context(), e, func(context.Context, *db.Tx) (any, error) { calls++; return nil, nil })
			require.NoError(t, err)
			require.Empty(t, raw)
		}
		require.Equal(t, 1, calls)
	})
}

func TestAFailedEffectLeavesNothingBehind(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		run := d.run(d.accept(says("m1", "hi")).Chat.LeadID)
		e := d.effect(run)
		e.Progress = bot.Progress{Status: bot.RunWaiting, Step: "a", Visits: []bot.Visit{{Number: 1, Step: "a", Kind: "message", At: time.Now()}}}
		_, err := d.store.Effect(t.Context(), e, func(ctx context.Context, tx *db.Tx) (any, error) {
			if _, err := tx.WriteMessages(ctx, e, bot.Outgoing{Text: "never"}, func(string) bool { return true }); err != nil {
				return nil, err
			}
			return nil, errRolledBack
		})
		require.ErrorIs(t, err, errRolledBack)
		require.Equal(t, 1, d.count("messages"))
		require.Zero(t, d.count("step_visits"))
		require.Equal(t, string(bot.RunStarting), d.run(run.LeadID).Status)
		sent, err := d.tryAs(e, bot.Outgoing{Text: "now"})
		require.NoError(t, err)
		require.Len(t, sent, 1)
		require.Equal(t, string(bot.RunWaiting), d.run(run.LeadID).Status, "the progress comes with the effect")
	})
}

func TestAHeldRunMakesNoEffect(t *testing.T) {
	for _, command := range []bot.Command{bot.CommandStop, bot.CommandPause} {
		eachDesk(t, "{}", func(t *testing.T, d *desk) {
			run := d.run(d.accept(says("m1", "hi")).Chat.LeadID)
			e := d.effect(run)
			d.control(run, command)
			_, err := d.tryAs(e, bot.Outgoing{Text: "no"})
			require.Equal(t, crm.Held, crm.CodeOf(err), "%s", command)
			require.Equal(t, 1, d.count("messages"))
			if command == bot.CommandPause {
				d.control(run, bot.CommandResume)
				_, err = d.tryAs(e, bot.Outgoing{Text: "yes"})
				require.NoError(t, err)
			}
		})
	}
}

func TestAnEndedRunMakesNoEffect(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		run := d.run(d.accept(says("m1", "hi")).Chat.LeadID)
		require.NoError(t, d.store.Record(t.Context(), run.ID, bot.Progress{Status: bot.RunFinished}))
		_, err := d.try(run, bot.Outgoing{Text: "no"})
		require.Equal(t, crm.Outdated, crm.CodeOf(err))
		require.NoError(t, d.store.Record(t.Context(), run.ID, bot.Progress{Status: bot.RunFailed}), "repeating a record is harmless")
		require.Equal(t, string(bot.RunFinished), d.run(run.LeadID).Status)
	})
}

func TestTheTraceIsWrittenPieceByPiece(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		run := d.run(d.accept(says("m1", "hi")).Chat.LeadID)
		at := time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)
		left := at.Add(time.Minute)
		open := bot.Visit{Number: 1, Step: "a", Kind: "message", At: at}
		record := func(p bot.Progress) { require.NoError(t, d.store.Record(t.Context(), run.ID, p)) }
		record(bot.Progress{Status: bot.RunWaiting, Step: "a", WaitingFor: "an answer", WaitingUntil: &left, Visits: []bot.Visit{open}})
		waiting := d.run(run.LeadID)
		require.Equal(t, 1, waiting.Visit)
		require.True(t, left.Equal(*waiting.WaitingUntil))
		closed := open
		closed.Left, closed.Exit, closed.Got, closed.Notes = &left, "other", []bot.Heard{{MessageID: "m", Text: "hm"}}, []string{"why"}
		next := bot.Visit{Number: 2, Step: "b", Kind: "pause", At: left}
		for range 2 {
			record(bot.Progress{Status: bot.RunWaiting, Step: "b", Visits: []bot.Visit{closed, next}})
		}
		visits, err := d.store.Visits(t.Context(), run.ID)
		require.NoError(t, err)
		require.Equal(t, asJSON(t, []bot.Visit{closed, next}), asJSON(t, visits))
		require.Nil(t, d.run(run.LeadID).WaitingUntil)
		record(bot.Progress{Visits: []bot.Visit{next}})
		require.Equal(t, string(bot.RunWaiting), d.run(run.LeadID).Status, "a trace alone changes no status")
	})
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	require.NoError(t, err)
	return string(data)
}

// A task that is done again may take another way. What it does there is not taken for what was done at the same place.
func TestAnEffectIsKnownByItsWholeKey(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		run := d.run(d.accept(says("m1", "hi")).Chat.LeadID)
		other := d.launch(db.Launch{BotID: d.bot, Subject: bot.Subject{LeadID: run.LeadID}, By: "user"})
		first := bot.EffectKey{RunID: run.ID, Birth: run.Birth, Visit: 1, Ordinal: 1, Mark: "a SendMessage m1"}
		keys := []bot.EffectKey{first,
			{RunID: other.ID, Birth: other.Birth, Visit: 1, Ordinal: 1, Mark: first.Mark},
			{RunID: run.ID, Birth: run.Birth, Visit: 2, Ordinal: 1, Mark: first.Mark},
			{RunID: run.ID, Birth: run.Birth, Visit: 1, Ordinal: 2, Mark: first.Mark},
			{RunID: run.ID, Birth: run.Birth, Visit: 1, Ordinal: 1, Mark: "a SendMessage m2"},
		}
		for range 2 {
			for i, key := range keys {
				raw, err := d.store.Effect(t.Context(), bot.Effect{Key: key}, func(context.Context, *db.Tx) (any, error) { return i, nil })
				require.NoError(t, err)
				require.Equal(t, asJSON(t, i), string(raw), "%v", key)
			}
		}
		require.Equal(t, len(keys), d.count("effects"))
	})
}

// A database that was set back hands a run's number out again: the conversation that knows the number from before changes
// nothing of the new run.
func TestARunThatOnlyHasTheSameNumberIsLeftAlone(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		run := d.run(d.accept(says("m1", "hi")).Chat.LeadID)
		require.NotEmpty(t, run.Birth)
		for name, change := range map[string]func(run *crm.Run){
			"the same number": func(run *crm.Run) { run.Birth = "another" },
			"a number that is not handed out again yet": func(run *crm.Run) { run.ID += 100 },
		} {
			ghost := run
			change(&ghost)
			_, err := d.tryAs(d.effect(ghost), bot.Outgoing{Text: "boo"})
			require.Equal(t, crm.Outdated, crm.CodeOf(err), name)
			err = d.store.Record(t.Context(), ghost.ID, bot.Progress{Birth: ghost.Birth, Status: bot.RunFinished})
			require.Equal(t, crm.Outdated, crm.CodeOf(err), name)
		}
		require.Equal(t, 1, d.count("messages"), "the client's")
		require.Nil(t, d.run(run.LeadID).EndedAt)
	})
}

// A launch that is delivered again after the run has ended finds out, instead of waiting for a command that never comes.
func TestARunThatHasEndedIsToldSo(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		run := d.run(d.accept(says("m1", "hi")).Chat.LeadID)
		require.NoError(t, d.store.Record(t.Context(), run.ID, bot.Progress{Birth: run.Birth, Status: bot.RunFinished}))
		_, err := d.tryAs(d.effect(run), bot.Outgoing{Text: "boo"})
		require.Equal(t, crm.Outdated, crm.CodeOf(err))
	})
}
