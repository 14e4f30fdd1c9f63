package db_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
)

// state is a state to keep of the run's conversation.
func state(run crm.Run, before, stamp, content string, handled ...db.Letter) *bot.Keep {
	keep := &bot.Keep{WorkflowID: run.WorkflowID, Before: before, Stamp: stamp}
	for _, l := range handled {
		keep.Handled = append(keep.Handled, bot.Mail{Seq: l.Seq, At: l.CreatedAt})
	}
	if content != "" {
		keep.State = json.RawMessage(`"` + content + `"`)
	}
	return keep
}

func (d *desk) adopt(run crm.Run) bot.Adopted {
	d.t.Helper()
	adopted, err := d.store.Adopt(d.t.Context(), bot.Subject{LeadID: run.LeadID})
	require.NoError(d.t, err)
	return adopted
}

func (d *desk) refuses(keep *bot.Keep) {
	d.t.Helper()
	require.Equal(d.t, crm.Outdated, crm.CodeOf(d.store.KeepState(d.t.Context(), *keep)), "%s after %s", keep.Stamp, keep.Before)
}

// A state is kept only if it follows on the one that is there; a repeat of that one is no other.
func TestAStateIsKeptThatFollowsOnTheOneBefore(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		run := d.run(d.accept(says("m1", "hi")).Chat.LeadID)
		keep := func(k *bot.Keep) { require.NoError(t, d.store.KeepState(t.Context(), *k)) }
		stands := func(stamp, content string) {
			t.Helper()
			adopted := d.adopt(run)
			require.Equal(t, []string{stamp, content}, []string{adopted.Stamp, string(adopted.State)})
		}
		stands("", "")
		d.refuses(state(run, "a.7", "a.8", "nobody kept a.7"))
		keep(state(run, "", "a.1", "one"))
		keep(state(run, "", "a.1", "one"))
		d.refuses(state(run, "", "b.1", "another workflow knows of none"))
		keep(state(run, "a.1", "a.2", "two"))
		keep(state(run, "a.1", "a.2", "two, done again"))
		d.refuses(state(run, "a.1", "b.2", "another way from a.1"))
		stands("a.2", `"two, done again"`)
		d.refuses(state(run, "a.1", "b.2", ""))
		keep(state(run, "a.2", "a.3", ""))
		stands("", "")
		keep(state(run, "", "a.4", ""))
		d.refuses(state(run, "a.3", "a.4", "it was forgotten"))
		keep(state(run, "", "a.5", "five"))
		d.refuses(state(run, "", "a.6", ""))
	})
}

// Mail is forgotten together with the change that tells of it, and not without it.
func TestMailIsForgottenWithTheStateThatKnowsOfIt(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		run := d.run(d.accept(says("m1", "hi")).Chat.LeadID)
		d.accept(says("m2", "more"))
		letters := d.letters(run.LeadID)
		e := d.effect(run)
		e.Progress = bot.Progress{Status: bot.RunWaiting, Step: "a", Keep: state(run, "", "a.1", "one", letters[0])}
		d.control(run, bot.CommandPause)
		_, err := d.tryAs(e, bot.Outgoing{Text: "held"})
		require.Equal(t, crm.Held, crm.CodeOf(err))
		require.Equal(t, 3, d.count("mail"))
		require.Zero(t, d.count("conversations"))
		d.control(run, bot.CommandResume)
		_, err = d.tryAs(e, bot.Outgoing{Text: "said"})
		require.NoError(t, err)
		require.Equal(t, seqs(letters[1:]), seqs(d.letters(run.LeadID))[:1])

		e.Progress.Keep = state(run, "b.1", "b.2", "of another workflow", letters[1])
		other := e
		other.Key.Ordinal++
		_, err = d.tryAs(other, bot.Outgoing{Text: "never"})
		require.Equal(t, crm.Outdated, crm.CodeOf(err))
		require.Contains(t, seqs(d.letters(run.LeadID)), letters[1].Seq)
		_, err = d.tryAs(e, bot.Outgoing{Text: "said"})
		require.NoError(t, err, "what was done already gets its result, wherever the state has gone")
		require.Equal(t, "a.1", d.adopt(run).Stamp)
		e.Progress.Keep = state(run, "a.1", "b.1", "a conversation that begins anew", letters[1])
		_, err = d.tryAs(e, bot.Outgoing{Text: "said"})
		require.NoError(t, err)
		require.Equal(t, "b.1", d.adopt(run).Stamp, "and is followed from there")
	})
}

// Numbers of mail are given out again after the database was set back: what a workflow knows by another time, or of another
// conversation, is not what the database has.
func TestMailThatTheDatabaseDoesNotHaveIsNotHandled(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		run := d.run(d.accept(says("m1", "hi")).Chat.LeadID)
		letters := d.letters(run.LeadID)
		other := letters[0]
		other.CreatedAt = other.CreatedAt.Add(-time.Hour)
		d.refuses(state(run, "", "a.1", "of another time", other))
		elsewhere := run
		elsewhere.WorkflowID = "conversation/lead-4711"
		d.refuses(state(elsewhere, "", "a.1", "of another conversation", letters[0]))
		require.Equal(t, 1, d.count("mail"))
		require.Zero(t, d.count("conversations"))
		news := db.Letter{Seq: -1, CreatedAt: d.store.Now()}
		require.NoError(t, d.store.KeepState(t.Context(), *state(run, "", "a.1", "one", letters[0], news)))
		require.NoError(t, d.store.KeepState(t.Context(), *state(run, "", "a.1", "one", letters[0], news)), "a repeat knows it already")
		d.refuses(state(run, "a.1", "a.2", "twice", letters[0]))
		require.Equal(t, "a.1", d.adopt(run).Stamp)
	})
}

func TestARecordKeepsTheState(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		run := d.run(d.accept(says("m1", "hi")).Chat.LeadID)
		record := func(status bot.RunStatus, keep *bot.Keep) error {
			return d.store.Record(t.Context(), run.ID, bot.Progress{Status: status, Keep: keep})
		}
		require.NoError(t, record(bot.RunWaiting, state(run, "", "a.1", "waits")))
		require.Equal(t, crm.Outdated, crm.CodeOf(record(bot.RunPaused, state(run, "", "b.1", "pauses"))))
		require.Equal(t, string(bot.RunWaiting), d.run(run.LeadID).Status)
		require.NoError(t, record(bot.RunFinished, state(run, "a.1", "a.2", "")))
		require.Zero(t, d.count("conversations"))
		require.NoError(t, record(bot.RunFinished, state(run, "a.1", "a.2", "")), "an end may be recorded again")
		require.Equal(t, crm.Outdated, crm.CodeOf(record(bot.RunWaiting, state(run, "", "a.3", "goes on"))), "but an ended run never goes on")
		require.Zero(t, d.count("conversations"))
	})
}

func TestAConversationAdoptsWhatItsWorkflowLeft(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		run := d.run(d.accept(says("m1", "hi")).Chat.LeadID)
		fresh := d.adopt(run)
		require.Empty(t, fresh.Alive, "its launch is on its way")
		require.Len(t, fresh.Letters, 1)
		letter, err := fresh.Letters[0].Read()
		require.NoError(t, err)
		require.Equal(t, run.ID, letter.(*bot.Launch).RunID)
		require.Equal(t, fresh.Letters[0].Seq, letter.(*bot.Launch).Seq)

		require.NoError(t, d.store.Record(t.Context(), run.ID, bot.Progress{Status: bot.RunWaiting, Step: "ask", Visits: []bot.Visit{{Number: 3, Step: "ask", Kind: "pause"}},
			Keep: state(run, "", "a.1", "one", d.letters(run.LeadID)...)}))
		children := make([]crm.Run, 2)
		for i := range children {
			children[i] = d.launch(db.Launch{BotID: d.bot, Subject: bot.Subject{LeadID: run.LeadID}, By: "run", ParentID: run.ID})
		}
		require.NoError(t, d.store.Record(t.Context(), children[0].ID, bot.Progress{Status: bot.RunFailed}))
		d.accept(says("m2", "more"))
		d.mailed(run.WorkflowID, time.Hour)

		adopted := d.adopt(run)
		require.Equal(t, "a.1", adopted.Stamp)
		require.Equal(t, `"one"`, string(adopted.State))
		require.Len(t, adopted.Letters, 1, "what no state knows of, however long ago it was sent")
		require.Equal(t, []int64{run.ID, children[1].ID}, []int64{adopted.Alive[0].RunID, adopted.Alive[1].RunID})
		require.Equal(t, bot.Launch{RunID: run.ID, Birth: run.Birth, BotID: run.BotID, VersionID: run.VersionID, ChatID: run.ChatID, ChannelKind: "telegram",
			PipelineID: adopted.Alive[0].PipelineID, Step: "ask", Visit: 3}, adopted.Alive[0])
		require.Equal(t, map[int64]int64{children[1].ID: run.ID}, adopted.Parents)
		require.Equal(t, map[int64]bot.RunStatus{children[0].ID: bot.RunFailed}, adopted.Ended)
	})
}

// Conversations that began before states were kept have left their mail behind: what they had seen is forgotten with their
// first state, and without a state what was sent a while ago counts as seen.
func TestMailFromBeforeStatesWereKeptIsNotHandledAgain(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		run := d.run(d.accept(says("m1", "hi")).Chat.LeadID)
		d.mailed(run.WorkflowID, 50*time.Second)
		require.Len(t, d.adopt(run).Letters, 1, "it may just have started the conversation")
		require.NoError(t, d.store.Record(t.Context(), run.ID, bot.Progress{Status: bot.RunRunning}))
		d.mailed(run.WorkflowID, time.Hour)
		lost := d.adopt(run)
		require.Empty(t, lost.Letters)
		require.Equal(t, run.ID, lost.Alive[0].RunID, "and the run goes on where it stands on record")

		d.accept(says("m2", "more"))
		letters := d.letters(run.LeadID)
		var all []db.Letter
		change(t, d.store, func(ctx context.Context, tx *db.Tx) error { return tx.NewSelect().Model(&all).Order("seq").Scan(ctx) })
		mail := bot.Mail{Seq: all[0].Seq, At: all[0].CreatedAt}
		keep := state(run, "", "a.1", "one")
		keep.Seen = []int64{mail.Key(), 4711}
		require.NoError(t, d.store.KeepState(t.Context(), *keep))
		require.Equal(t, seqs(letters), seqs(d.letters(run.LeadID)))
		require.Equal(t, 1, d.count("mail"))
	})
}

// A launch that Temporal got a while ago may not have been handled yet: the server was down, or overloaded. The run begins with
// the message that launched it, and hears what came after it.
func TestARunThatHasNotBegunGetsItsLaunchHoweverLate(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		run := d.run(d.accept(says("m1", "hi")).Chat.LeadID)
		d.accept(says("m2", "more"))
		d.mailed(run.WorkflowID, time.Hour)
		late := d.adopt(run)
		require.Empty(t, late.Alive, "its launch is among the letters")
		require.Len(t, late.Letters, 2)
		letter, err := late.Letters[0].Read()
		require.NoError(t, err)
		require.Equal(t, "hi", letter.(*bot.Launch).Message.Text)
	})
}

// A letter that comes twice, the second time when its conversation is over, launches no bot.
func TestAMessageThatWasHeardBeforeLaunchesNothing(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		change(t, d.store, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.AddTrigger(ctx, ada, crm.Trigger{BotID: d.bot, Kind: crm.TriggerMessage})
			return err
		})
		run := d.run(d.accept(says("m1", "hi")).Chat.LeadID)
		late := d.accept(says("m2", "and more"))
		letters := d.letters(run.LeadID)
		unheard := func(keep *bot.Keep) error {
			m := bot.Message{Mail: bot.Mail{Seq: letters[1].Seq}, ID: late.Message.ID, ChatID: late.Chat.ID, Text: "and more"}
			return d.store.Unheard(t.Context(), m, keep)
		}
		require.NoError(t, d.store.Record(t.Context(), run.ID, bot.Progress{Status: bot.RunFinished, Keep: state(run, "", "a.1", "", letters...)}))
		require.Equal(t, crm.Outdated, crm.CodeOf(unheard(state(run, "", "b.1", "", letters[1]))))
		require.Equal(t, 1, d.count("runs"))
		require.NoError(t, unheard(state(run, "", "c.1", ""))) // one that a kept state has left, which knows of it
		require.Equal(t, 2, d.count("runs"))
	})
}

func TestARunWhoseWorkflowWasEndedEnds(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		run := d.run(d.accept(says("m1", "hi")).Chat.LeadID)
		subject := bot.Subject{LeadID: run.LeadID}
		_, kept, err := d.store.KeptBy(t.Context(), subject)
		require.NoError(t, err)
		require.False(t, kept)
		require.NoError(t, d.store.KeepState(t.Context(), *state(run, "", bot.Stamp("temporal-run", "1"), "one", d.letters(run.LeadID)...)))
		by, kept, err := d.store.KeptBy(t.Context(), subject)
		require.NoError(t, err)
		require.True(t, kept)
		require.Equal(t, "temporal-run", by)

		next := d.launch(db.Launch{BotID: d.bot, Subject: subject, By: "user"})
		ended, err := d.store.EndRuns(t.Context(), subject, "terminated")
		require.NoError(t, err)
		require.Equal(t, 1, ended, "one that is being launched belongs to the next workflow")
		first, err := d.store.Run(t.Context(), run.ID)
		require.NoError(t, err)
		require.Equal(t, []string{"stopped", "terminated"}, []string{first.Status, first.Reason})
		require.Nil(t, d.run(run.LeadID).EndedAt)
		require.Equal(t, next.ID, d.run(run.LeadID).ID)
		require.Zero(t, d.count("conversations"))
		_, kept, err = d.store.KeptBy(t.Context(), subject)
		require.NoError(t, err)
		require.False(t, kept)
	})
}
