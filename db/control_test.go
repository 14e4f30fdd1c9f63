package db_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
)

func (d *desk) control(run crm.Run, command bot.Command) {
	d.t.Helper()
	change(d.t, d.store, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.ControlRun(ctx, ada, run.ID, bot.Control{Command: command, Step: "a"})
		return err
	})
}

func (d *desk) holds() map[int64]string {
	d.t.Helper()
	runs, _, err := d.store.Runs(d.t.Context(), db.RunFilter{}, db.Paging{Limit: 50})
	require.NoError(d.t, err)
	holds := map[int64]string{}
	for _, r := range runs {
		holds[r.ID] = r.Hold
	}
	return holds
}

func (d *desk) launch(launch db.Launch) crm.Run {
	d.t.Helper()
	var run crm.Run
	change(d.t, d.store, func(ctx context.Context, tx *db.Tx) (err error) {
		run, err = tx.LaunchRun(ctx, ada, launch)
		return err
	})
	return run
}

func TestCommandsHoldAtOnceAndAreMailed(t *testing.T) {
	for command, hold := range map[bot.Command]string{bot.CommandStop: "stop", bot.CommandPause: "pause", bot.CommandSkip: "", bot.CommandGoto: ""} {
		eachDesk(t, "{}", func(t *testing.T, d *desk) {
			run := d.run(d.accept(says("m1", "hi")).Chat.LeadID)
			d.control(run, command)
			require.Equal(t, hold, d.run(run.LeadID).Hold)
			letters := d.letters(run.LeadID)
			require.Equal(t, []string{bot.SignalLaunch, bot.SignalControl}, signals(letters))
			var control bot.Control
			require.NoError(t, json.Unmarshal(letters[1].Payload, &control))
			require.Equal(t, command, control.Command)
			require.Equal(t, run.ID, control.RunID)
			require.Equal(t, ada.ID, control.UserID)
		})
	}
}

func TestSenselessCommandsAreRefused(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		run := d.run(d.accept(says("m1", "hi")).Chat.LeadID)
		try := func(control bot.Control) func(context.Context, *db.Tx) error {
			return func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.ControlRun(ctx, ada, run.ID, control)
				return err
			}
		}
		refused(t, d.store, crm.Conflict, "", try(bot.Control{Command: bot.CommandResume}))
		refused(t, d.store, crm.Invalid, "step", try(bot.Control{Command: bot.CommandGoto}))
		refused(t, d.store, crm.Invalid, "command", try(bot.Control{Command: bot.CommandTakeOver}))
		refused(t, d.store, crm.Invalid, "command", try(bot.Control{Command: "dance"}))
		require.NoError(t, d.store.Record(t.Context(), run.ID, bot.Progress{Status: bot.RunFinished}))
		refused(t, d.store, crm.Conflict, "", try(bot.Control{Command: bot.CommandStop}))
		require.Len(t, d.letters(run.LeadID), 1)
	})
}

func TestAHoldReachesSubBots(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		run := d.run(d.accept(says("m1", "hi")).Chat.LeadID)
		subject := bot.Subject{LeadID: run.LeadID}
		child := d.launch(db.Launch{BotID: d.bot, Subject: subject, ParentID: run.ID, By: "run"})
		grandchild := d.launch(db.Launch{BotID: d.bot, Subject: subject, ParentID: child.ID, By: "run"})
		other := d.launch(db.Launch{BotID: d.bot, Subject: subject, By: "user"})
		require.Equal(t, []string{bot.SignalLaunch, bot.SignalLaunch}, signals(d.letters(run.LeadID)), "a sub-bot gets no mail")
		d.control(run, bot.CommandPause)
		require.Equal(t, map[int64]string{run.ID: "pause", child.ID: "pause", grandchild.ID: "pause", other.ID: ""}, d.holds())
		d.control(run, bot.CommandResume)
		require.Equal(t, map[int64]string{run.ID: "", child.ID: "", grandchild.ID: "", other.ID: ""}, d.holds())
		d.control(child, bot.CommandStop)
		require.Equal(t, map[int64]string{run.ID: "", child.ID: "stop", grandchild.ID: "stop", other.ID: ""}, d.holds())
	})
}

func TestTakingOverAssignsAndHoldsAll(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		chat := d.accept(says("m1", "hi")).Chat
		run := d.run(chat.LeadID)
		n := len(events(t, d.store))
		change(t, d.store, func(ctx context.Context, tx *db.Tx) error { return tx.TakeOver(ctx, ada, chat.LeadID, ada.ID) })
		require.Equal(t, []crm.EventType{crm.ResponsibleChanged, crm.ChatChanged}, happened(t, d.store, n))
		require.Equal(t, "take_over", d.run(chat.LeadID).Hold)
		_, err := d.try(run, bot.Outgoing{Text: "no"})
		require.Equal(t, crm.Held, crm.CodeOf(err))
		lead, err := d.store.Lead(t.Context(), chat.LeadID)
		require.NoError(t, err)
		require.Equal(t, ada.ID, lead.ResponsibleID)
		change(t, d.store, func(ctx context.Context, tx *db.Tx) error { return tx.HandBack(ctx, ada, chat.LeadID) })
		require.Empty(t, d.run(chat.LeadID).Hold)
		require.Len(t, d.send(run, bot.Outgoing{Text: "yes"}), 1)
		require.Equal(t, []string{bot.SignalLaunch, bot.SignalControl, bot.SignalControl}, signals(d.letters(chat.LeadID)))
	})
}

func TestTakingOverALeadWithoutRunsMailsNobody(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		chat := d.accept(says("m1", "hi")).Chat
		require.NoError(t, d.store.Record(t.Context(), d.run(chat.LeadID).ID, bot.Progress{Status: bot.RunFinished}))
		change(t, d.store, func(ctx context.Context, tx *db.Tx) error {
			if err := tx.TakeOver(ctx, ada, chat.LeadID, ada.ID); err != nil {
				return err
			}
			return tx.HandBack(ctx, ada, chat.LeadID)
		})
		require.Len(t, d.letters(chat.LeadID), 1)
		refused(t, d.store, crm.NotFound, "", func(ctx context.Context, tx *db.Tx) error { return tx.TakeOver(ctx, ada, 99999, ada.ID) })
	})
}

func TestAManagersReplyHoldsAsTheBotIsSetTo(t *testing.T) {
	for setting, hold := range map[string]string{`{}`: "stop", `{"on_manager_reply":"pause","pause_minutes":5}`: "reply", `{"on_manager_reply":"continue"}`: ""} {
		eachDesk(t, setting, func(t *testing.T, d *desk) {
			chat := d.accept(says("m1", "hi")).Chat
			change(t, d.store, func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.WriteAsManager(ctx, ada, db.ManagerMessage{ChatID: chat.ID, Text: "Hello"}, func(string) bool { return true })
				return err
			})
			require.Equal(t, hold, d.run(chat.LeadID).Hold, setting)
			letters := d.letters(chat.LeadID)
			require.Equal(t, []string{bot.SignalLaunch, bot.SignalMessage}, signals(letters))
			var message bot.Message
			require.NoError(t, json.Unmarshal(letters[1].Payload, &message))
			require.True(t, message.FromManager)
			require.NoError(t, d.store.Record(t.Context(), d.run(chat.LeadID).ID, bot.Progress{Status: bot.RunWaiting, Resumed: true}))
			require.Equal(t, map[string]string{"stop": "stop", "reply": "", "": ""}[hold], d.run(chat.LeadID).Hold, "only a pause ends by itself")
		})
	}
}

func TestWhatIsWrittenDuringATakeOverLeavesTheRunsPaused(t *testing.T) {
	writes := map[string]func(d *desk, chat crm.Chat){
		"a reply here": func(d *desk, chat crm.Chat) {
			change(d.t, d.store, func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.WriteAsManager(ctx, ada, db.ManagerMessage{ChatID: chat.ID, Text: "Hello"}, func(string) bool { return true })
				return err
			})
		},
		"a reply from the phone": func(d *desk, _ crm.Chat) {
			echo := says("m2", "Hello")
			echo.Kind = crm.InEcho
			d.accept(echo)
		},
	}
	for name, write := range writes {
		for _, setting := range []string{`{}`, `{"on_manager_reply":"pause"}`, `{"on_manager_reply":"continue"}`} {
			eachDesk(t, setting, func(t *testing.T, d *desk) {
				chat := d.accept(says("m1", "hi")).Chat
				change(t, d.store, func(ctx context.Context, tx *db.Tx) error { return tx.TakeOver(ctx, ada, chat.LeadID, ada.ID) })
				write(d, chat)
				require.Equal(t, "take_over", d.run(chat.LeadID).Hold, "%s, %s", name, setting)
				var message bot.Message
				letters := d.letters(chat.LeadID)
				require.NoError(t, json.Unmarshal(letters[len(letters)-1].Payload, &message))
				require.True(t, message.TakenOver, "the conversation is told, too")
				change(t, d.store, func(ctx context.Context, tx *db.Tx) error { return tx.HandBack(ctx, ada, chat.LeadID) })
				require.Empty(t, d.run(chat.LeadID).Hold, "%s, %s", name, setting)
			})
		}
	}
}

func TestAnswersBelongToAVisit(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		run := d.run(d.accept(says("m1", "hi")).Chat.LeadID)
		require.NoError(t, d.store.Record(t.Context(), run.ID, bot.Progress{Status: bot.RunWaiting, Step: "a", Visits: []bot.Visit{{Number: 3, Step: "a"}}}))
		answer := func(visit int) func(context.Context, *db.Tx) error {
			return func(ctx context.Context, tx *db.Tx) error {
				return tx.AnswerRun(ctx, ada, run.ID, visit, json.RawMessage(`"x"`))
			}
		}
		refused(t, d.store, crm.Conflict, "", answer(2))
		change(t, d.store, answer(3))
		require.Equal(t, []string{bot.SignalLaunch, bot.SignalAnswer}, signals(d.letters(run.LeadID)))
		require.NoError(t, d.store.Record(t.Context(), run.ID, bot.Progress{Status: bot.RunFinished}))
		refused(t, d.store, crm.Conflict, "", answer(3))
	})
}

// A take-over belongs to the lead that was taken over: the client's next lead is the bots' again.
func TestATakeOverDoesNotOutliveItsLead(t *testing.T) {
	for name, end := range map[string]func(ctx context.Context, tx *db.Tx, lead int64) error{
		"closed": func(ctx context.Context, tx *db.Tx, lead int64) error {
			_, err := tx.ChangeStage(ctx, ada, lead, 1, crm.StageLost)
			return err
		},
		"deleted": func(ctx context.Context, tx *db.Tx, lead int64) error { return tx.DeleteLead(ctx, ada, lead) },
	} {
		t.Run(name, func(t *testing.T) {
			eachDesk(t, "{}", func(t *testing.T, d *desk) {
				change(t, d.store, func(ctx context.Context, tx *db.Tx) error {
					_, err := tx.AddTrigger(ctx, ada, crm.Trigger{BotID: d.bot, Kind: crm.TriggerMessage})
					return err
				})
				first := d.accept(says("m1", "hi")).Chat
				change(t, d.store, func(ctx context.Context, tx *db.Tx) error {
					if err := tx.TakeOver(ctx, ada, first.LeadID, ada.ID); err != nil {
						return err
					}
					return end(ctx, tx, first.LeadID)
				})
				accepted := d.accept(says("m2", "and now something else")).Chat
				require.NotEqual(t, first.LeadID, accepted.LeadID)
				kept, err := d.store.Chat(t.Context(), first.ID)
				require.NoError(t, err)
				require.Equal(t, accepted.LeadID, kept.LeadID)
				require.Zero(t, accepted.TakenOverBy)
				require.Zero(t, kept.TakenOverBy)
				require.Equal(t, []string{bot.SignalLaunch}, signals(d.letters(accepted.LeadID)), "the bot greets again")
			})
		})
	}
}

func TestTakingOverOnesOwnLeadTellsOfNoNewOwner(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		chat := d.accept(says("m1", "hi")).Chat
		takeOver := func(user int64) []crm.EventType {
			n := len(events(t, d.store))
			change(t, d.store, func(ctx context.Context, tx *db.Tx) error { return tx.TakeOver(ctx, ada, chat.LeadID, user) })
			return happened(t, d.store, n)
		}
		require.Contains(t, takeOver(ada.ID), crm.ResponsibleChanged)
		require.NotContains(t, takeOver(ada.ID), crm.ResponsibleChanged, "the lead was theirs before")
		change(t, d.store, func(ctx context.Context, tx *db.Tx) error { return tx.HandBack(ctx, ada, chat.LeadID) })
		require.NotContains(t, takeOver(ada.ID), crm.ResponsibleChanged, "and stayed theirs when the bots got the chat back")
	})
}
