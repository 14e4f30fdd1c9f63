package db_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
	"salesbot/db/dbtest"
)

// question is a message of the run's first visit with two quick replies and a link, at which the run waits now.
func question(run crm.Run, to bot.Who) bot.Outgoing {
	return bot.Outgoing{Text: "Which?", To: to, Buttons: []bot.Button{
		{ID: bot.ButtonPayload(run.ID, 1, "tea"), Text: "Tea"}, {ID: bot.ButtonPayload(run.ID, 1, "mate"), Text: "Mate"}, {Text: "Menu", URL: "https://example.org"},
	}}
}

func visit(number int) bot.Visit {
	return bot.Visit{Number: number, Step: "a", Kind: "message", At: time.Now()}
}

// asks has the lead's run ask, and wait for the answer.
func (d *desk) asks(run crm.Run, to bot.Who) []bot.Sent {
	d.t.Helper()
	e := d.effect(run)
	e.Progress = bot.Progress{Status: bot.RunWaiting, Step: "a", WaitingFor: "an answer", Visits: []bot.Visit{visit(1)}}
	sent, err := d.tryAs(e, question(run, to))
	require.NoError(d.t, err)
	return sent
}

// leaves has the run leave the visit that asked, by an exit, as its next effect or record tells.
func leaves(exit string, heard ...string) bot.Progress {
	left, closed := time.Now(), visit(1)
	closed.Left, closed.Exit = &left, exit
	for _, id := range heard {
		closed.Got = append(closed.Got, bot.Heard{MessageID: id})
	}
	return bot.Progress{Status: bot.RunWaiting, Step: "b", Visits: []bot.Visit{closed, visit(2)}}
}

func (d *desk) record(run crm.Run, p bot.Progress) {
	d.t.Helper()
	require.NoError(d.t, d.store.Record(d.t.Context(), run.ID, p))
}

// spentEvents counts the events that tell of the message's quick replies.
func (d *desk) spentEvents(m crm.Message) int {
	d.t.Helper()
	filter := db.EventFilter{Types: []crm.EventType{crm.MessageSpent}, EntityTypes: []string{"messages"}, EntityIDs: []int64{m.Seq}}
	events, _, err := d.store.Events(d.t.Context(), filter, db.Paging{Limit: 50})
	require.NoError(d.t, err)
	return len(events)
}

// Whatever ends the wait of the visit that asked spends its quick replies, in that one's transaction, and once.
func TestWhatEndsAWaitSpendsItsButtons(t *testing.T) {
	t.Parallel()
	final := func(status bot.RunStatus) func(*desk, crm.Run, crm.Chat) {
		return func(d *desk, run crm.Run, _ crm.Chat) { d.record(run, bot.Progress{Status: status}) }
	}
	for name, c := range map[string]struct {
		end    func(d *desk, run crm.Run, chat crm.Chat)
		chosen string
	}{
		"a tap": {end: func(d *desk, run crm.Run, _ crm.Chat) {
			m := d.accept(crm.Inbound{Kind: crm.InMessage, ChatID: "client", MessageID: "tap", Text: "Mate", Button: bot.ButtonPayload(run.ID, 1, "mate")}).Message
			d.record(run, leaves("button:mate", m.ID))
		}, chosen: "mate"},
		"words that mean a button": {end: func(d *desk, run crm.Run, _ crm.Chat) {
			d.record(run, leaves("button:tea", d.accept(says("m2", "1")).Message.ID))
		}, chosen: "tea"},
		"other words": {end: func(d *desk, run crm.Run, _ crm.Chat) {
			d.record(run, leaves("other", d.accept(says("m2", "coffee")).Message.ID))
		}},
		"its timer": {end: func(d *desk, run crm.Run, _ crm.Chat) { d.record(run, leaves("silent")) }},
		"the next effect": {end: func(d *desk, run crm.Run, _ crm.Chat) {
			e := d.effect(run)
			e.Progress = leaves("silent")
			_, err := d.tryAs(e, bot.Outgoing{Text: "Nobody there?"})
			require.NoError(d.t, err)
		}},
		"a trace alone": {end: func(d *desk, run crm.Run, _ crm.Chat) { d.record(run, bot.Progress{Visits: leaves("silent").Visits}) }},
		"a later visit, of a run that was launched again": {end: func(d *desk, run crm.Run, _ crm.Chat) {
			d.record(run, bot.Progress{Status: bot.RunWaiting, Visits: []bot.Visit{visit(2)}})
		}},
		"the run finishes":    {end: final(bot.RunFinished)},
		"the run fails":       {end: final(bot.RunFailed)},
		"the run is replaced": {end: final(bot.RunReplaced)},
		"the run has stopped": {end: final(bot.RunStopped)},
		"a stop":              {end: func(d *desk, run crm.Run, _ crm.Chat) { d.control(run, bot.CommandStop) }},
		"a manager's reply":   {end: func(d *desk, _ crm.Run, chat crm.Chat) { d.writes(chat, "I take care of it") }},
		"the lead is deleted": {end: func(d *desk, run crm.Run, _ crm.Chat) {
			change(d.t, d.store, func(ctx context.Context, tx *db.Tx) error { return tx.DeleteLead(ctx, ada, run.LeadID) })
		}},
		"the client is deleted": {end: func(d *desk, run crm.Run, _ crm.Chat) {
			change(d.t, d.store, func(ctx context.Context, tx *db.Tx) error { return tx.DeleteContact(ctx, ada, run.ContactID) })
		}},
		"the bot is deleted": {end: func(d *desk, run crm.Run, _ crm.Chat) {
			change(d.t, d.store, func(ctx context.Context, tx *db.Tx) error { return tx.DeleteBot(ctx, ada, run.BotID) })
		}},
		"its workflow is terminated": {end: func(d *desk, run crm.Run, _ crm.Chat) {
			d.mailed(run.WorkflowID, time.Hour)
			_, err := d.store.EndRuns(d.t.Context(), bot.Subject{LeadID: run.LeadID}, "its workflow was terminated")
			require.NoError(d.t, err)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachDesk(t, "{}", func(t *testing.T, d *desk) {
				chat := d.accept(says("m1", "hi")).Chat
				run := d.run(chat.LeadID)
				id := d.asks(run, bot.ToChat)[0].MessageID
				require.Nil(t, d.message(id).SpentAt, "live while the run waits")
				c.end(d, run, chat)
				m := d.message(id)
				require.NotNil(t, m.SpentAt)
				want := ""
				if c.chosen != "" {
					want = bot.ButtonPayload(run.ID, 1, c.chosen)
				}
				require.Equal(t, want, m.Chosen)
				require.Equal(t, 1, d.spentEvents(m))
				d.record(run, bot.Progress{Status: bot.RunFinished})
				require.Equal(t, m.SpentAt, d.message(id).SpentAt, "once")
				require.Equal(t, want, d.message(id).Chosen)
				require.Equal(t, 1, d.spentEvents(m))
			})
		})
	}
}

// While the run may still hear the answer its quick replies are live.
func TestButtonsStayLiveWhileTheirRunWaits(t *testing.T) {
	t.Parallel()
	for name, keep := range map[string]func(d *desk, run crm.Run, chat crm.Chat){
		"a take-over and a reply": func(d *desk, _ crm.Run, chat crm.Chat) { d.takeOver(chat); d.writes(chat, "hello") },
		"a take-over and back":    func(d *desk, _ crm.Run, chat crm.Chat) { d.takeOver(chat); d.handBack(chat) },
		"a pause":                 func(d *desk, run crm.Run, _ crm.Chat) { d.control(run, bot.CommandPause) },
		"a pause on record": func(d *desk, run crm.Run, _ crm.Chat) {
			d.record(run, bot.Progress{Status: bot.RunPaused, Step: "a", Visits: []bot.Visit{visit(1)}})
		},
		"a manager's reply that pauses": func(d *desk, _ crm.Run, chat crm.Chat) { d.writes(chat, "a moment") },
		"a message that is on its way":  func(d *desk, _ crm.Run, _ crm.Chat) { d.accept(says("m2", "Tea")) },
		"the talk is closed":            func(d *desk, _ crm.Run, chat crm.Chat) { d.closeTalk(chat) },
		"another run ends": func(d *desk, run crm.Run, _ crm.Chat) {
			d.record(d.launch(db.Launch{BotID: d.bot, Subject: bot.Subject{LeadID: run.LeadID}, By: "user"}), bot.Progress{Status: bot.RunFinished})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachDesk(t, `{"on_manager_reply":"pause"}`, func(t *testing.T, d *desk) {
				chat := d.accept(says("m1", "hi")).Chat
				run := d.run(chat.LeadID)
				id := d.asks(run, bot.ToChat)[0].MessageID
				keep(d, run, chat)
				require.Nil(t, d.message(id).SpentAt)
			})
		})
	}
}

// Links stay what they are, and a message that only has links asks nothing.
func TestLinksAreNeverSpent(t *testing.T) {
	t.Parallel()
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		run := d.run(d.accept(says("m1", "hi")).Chat.LeadID)
		id := d.send(run, bot.Outgoing{Text: "Look", Buttons: []bot.Button{{Text: "Menu", URL: "https://example.org"}}})[0].MessageID
		d.record(run, leaves("next"))
		d.record(run, bot.Progress{Status: bot.RunFinished})
		require.Nil(t, d.message(id).SpentAt)
		require.Zero(t, d.message(id).Visit)
	})
}

// A question that went to several chats is over in all of them; what was chosen is marked where it was said.
func TestWhatOneChoseIsNotMarkedInTheOthersChats(t *testing.T) {
	t.Parallel()
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		f := d.family()
		sent := d.asks(f.run, bot.ToAllContacts)
		require.Greater(t, len(sent), 1)
		answer := d.accept(says("m9", "Mate")).Message
		d.record(f.run, leaves("button:mate", answer.ID))
		marked := 0
		for _, s := range sent {
			m := d.message(s.MessageID)
			require.NotNil(t, m.SpentAt)
			if m.ChatID == answer.ChatID {
				require.Equal(t, bot.ButtonPayload(f.run.ID, 1, "mate"), m.Chosen)
				marked++
				continue
			}
			require.Empty(t, m.Chosen)
		}
		require.Equal(t, 1, marked)
	})
}

// A tap whose provider did not tell what stands on the button, because it was taken off in that moment, says it all the
// same; and it changes nothing of what was chosen.
func TestATapOnASpentButtonIsAMessageInWords(t *testing.T) {
	t.Parallel()
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		run := d.run(d.accept(says("m1", "hi")).Chat.LeadID)
		id := d.asks(run, bot.ToChat)[0].MessageID
		d.record(run, leaves("button:tea", d.accept(says("m2", "tea")).Message.ID))
		letters := len(d.letters(run.LeadID))
		late := d.accept(crm.Inbound{Kind: crm.InMessage, ChatID: "client", MessageID: "tap", Button: bot.ButtonPayload(run.ID, 1, "mate")}).Message
		require.Equal(t, "Mate", d.message(late.ID).Text)
		require.Len(t, d.letters(run.LeadID), letters+1, "the run hears it")
		require.Equal(t, bot.ButtonPayload(run.ID, 1, "tea"), d.message(id).Chosen)
		for n, unknown := range []string{"no payload", bot.ButtonPayload(run.ID, 1, "coffee"), bot.ButtonPayload(run.ID+1, 1, "mate"), "1.x.mate"} {
			m := d.accept(crm.Inbound{Kind: crm.InMessage, ChatID: "client", MessageID: "unknown" + unknown, Button: unknown}).Message
			require.Empty(t, d.message(m.ID).Text, n)
		}
	})
}

// A stop spends the run's messages after it has locked the run; a message that is handed over in that moment waits for the
// run first, so that neither waits for the other.
func TestAMessageIsHandedOverInTheOrderInWhichAStopLocks(t *testing.T) {
	t.Parallel()
	store := dbtest.Open(t, dbtest.PostgresURL(t))
	change(t, store, func(ctx context.Context, tx *db.Tx) error { return tx.EnsureDefaults(ctx) })
	d := newDesk(t, store, "{}")
	run := d.run(d.accept(says("m1", "hi")).Chat.LeadID)
	id := d.asks(run, bot.ToChat)[0].MessageID
	begun := make(chan error, 1)
	require.NoError(t, store.Change(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.NewRaw("SELECT id FROM runs WHERE id = ? FOR UPDATE", run.ID).Exec(ctx); err != nil {
			return err
		}
		go func() {
			_, err := store.BeginDelivery(context.WithoutCancel(ctx), id, "attempt")
			begun <- err
		}()
		var own string
		require.NoError(t, tx.NewRaw("SELECT pg_backend_pid()::text").Scan(ctx, &own))
		require.Eventually(t, func() bool {
			var waits bool
			err := tx.NewRaw("SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE ?::int = ANY (pg_blocking_pids(pid)))", own).Scan(ctx, &waits)
			return err == nil && waits
		}, 30*time.Second, 10*time.Millisecond, "the delivery waits for the run")
		_, err := tx.NewRaw("SELECT id FROM messages WHERE id = ? FOR UPDATE NOWAIT", id).Exec(ctx)
		return err
	}))
	require.NoError(t, <-begun)
}
