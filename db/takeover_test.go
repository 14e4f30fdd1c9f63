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

func (d *desk) takeOver(chat crm.Chat) {
	d.t.Helper()
	change(d.t, d.store, func(ctx context.Context, tx *db.Tx) error { return tx.TakeOver(ctx, ada, chat.LeadID, ada.ID) })
}

// A stop that the conversation has not handled yet is a promise already: whatever is commanded after it, the run never
// speaks again.
func TestNothingGivesAStoppedRunItsVoiceBack(t *testing.T) {
	t.Parallel()
	for name, after := range map[string]func(d *desk, chat crm.Chat){
		"take over and hand back": func(d *desk, chat crm.Chat) { d.takeOver(chat); d.handBack(chat) },
		"hand back alone":         func(d *desk, chat crm.Chat) { d.handBack(chat) },
		"a manager's reply":       func(d *desk, chat crm.Chat) { d.writes(chat, "hello"); d.handBack(chat) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachDesk(t, `{"on_manager_reply":"pause"}`, func(t *testing.T, d *desk) {
				chat := d.accept(says("m1", "hi")).Chat
				run := d.run(chat.LeadID)
				child := d.launch(db.Launch{BotID: d.bot, Subject: bot.Subject{LeadID: chat.LeadID}, ParentID: run.ID, By: "run"})
				d.control(run, bot.CommandStop)
				after(d, chat)
				require.Equal(t, map[int64]string{run.ID: "stop", child.ID: "stop"}, d.holds())
				_, err := d.try(run, bot.Outgoing{Text: "no"})
				require.Equal(t, crm.Held, crm.CodeOf(err))
				for _, command := range []bot.Command{bot.CommandResume, bot.CommandPause, bot.CommandSkip, bot.CommandGoto} {
					refused(t, d.store, crm.Conflict, "", func(ctx context.Context, tx *db.Tx) error {
						_, err := tx.ControlRun(ctx, ada, run.ID, bot.Control{Command: command, Step: "a"})
						return err
					})
				}
			})
		})
	}
}

func TestATakeOverHoldsSubBotsAndLetsThemGoOn(t *testing.T) {
	t.Parallel()
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		chat := d.accept(says("m1", "hi")).Chat
		run := d.run(chat.LeadID)
		child := d.launch(db.Launch{BotID: d.bot, Subject: bot.Subject{LeadID: chat.LeadID}, ParentID: run.ID, By: "run"})
		d.takeOver(chat)
		require.Equal(t, map[int64]string{run.ID: "take_over", child.ID: "take_over"}, d.holds())
		d.handBack(chat)
		require.Equal(t, map[int64]string{run.ID: "", child.ID: ""}, d.holds())
	})
}

func TestABotThatIsLaunchedDuringATakeOverBeginsAfterTheHandBack(t *testing.T) {
	t.Parallel()
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		chat := d.accept(says("m1", "hi")).Chat
		d.end(chat.LeadID, bot.RunFinished)
		d.takeOver(chat)
		before := len(d.letters(chat.LeadID))
		run := d.launch(db.Launch{BotID: d.bot, Subject: bot.Subject{LeadID: chat.LeadID}, By: "user"})
		require.Equal(t, "take_over", d.run(chat.LeadID).Hold)
		require.Equal(t, "take_over", run.Hold, "who launches it is told")
		_, err := d.try(run, bot.Outgoing{Text: "no"})
		require.Equal(t, crm.Held, crm.CodeOf(err))
		letters := d.letters(chat.LeadID)[before:]
		require.Equal(t, []string{bot.SignalLaunch, bot.SignalControl}, signals(letters), "the conversation holds it, too")
		var control bot.Control
		require.NoError(t, json.Unmarshal(letters[1].Payload, &control))
		require.Equal(t, bot.CommandTakeOver, control.Command)
		require.Equal(t, run.ID, control.RunID)
		d.handBack(chat)
		require.Len(t, d.send(run, bot.Outgoing{Text: "yes"}), 1)
	})
}

// The client's chat goes with the new lead. What the old one's bots were to say after a hand back is said to nobody.
func TestRunsThatATakeOverHeldEndWhenTheClientComesWithANewLead(t *testing.T) {
	t.Parallel()
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		old := d.accept(says("m1", "hi")).Chat
		held := d.run(old.LeadID)
		d.takeOver(old)
		free := d.launch(db.Launch{BotID: d.bot, Subject: bot.Subject{LeadID: old.LeadID}, ChatID: "elsewhere", By: "api"})
		change(t, d.store, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.ChangeStage(ctx, ada, old.LeadID, 1, crm.StageWon)
			return err
		})
		require.NotEqual(t, old.LeadID, d.accept(says("m2", "something else")).Chat.LeadID)
		require.Equal(t, "stop", d.holds()[held.ID])
		require.Empty(t, d.holds()[free.ID], "what nobody held goes on")
	})
}

func TestAChannelWithoutLeadsHearsAClientWhoseLeadWasDeleted(t *testing.T) {
	t.Parallel()
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		chat := d.accept(says("m1", "hi")).Chat
		d.closeTalk(chat)
		change(t, d.store, func(ctx context.Context, tx *db.Tx) error { return tx.DeleteLead(ctx, ada, chat.LeadID) })
		accepted, err := d.store.Accept(t.Context(), d.channel, false, says("m2", "hello?"))
		require.NoError(t, err)
		require.Zero(t, accepted.Chat.LeadID)
		runs, _, err := d.store.Runs(t.Context(), db.RunFilter{ChatID: chat.ID}, db.Paging{})
		require.NoError(t, err)
		require.Equal(t, bot.Subject{ContactID: chat.ContactID}.WorkflowID(), runs[0].WorkflowID, "a bot answers about the contact")
	})
}

func TestAChannelWhosePipelineWasDeletedMakesLeadsInTheMainOne(t *testing.T) {
	t.Parallel()
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		var second crm.Pipeline
		change(t, d.store, func(ctx context.Context, tx *db.Tx) (err error) {
			if second, err = tx.CreatePipeline(ctx, ada, crm.Pipeline{Name: "Second"}, nil); err != nil {
				return err
			}
			d.channel.PipelineID = second.ID
			_, err = tx.NewUpdate().Model(&d.channel).Column("pipeline_id").WherePK().Exec(ctx)
			return err
		})
		change(t, d.store, func(ctx context.Context, tx *db.Tx) error { return tx.DeletePipeline(ctx, ada, second.ID) })
		kept, err := d.store.Channel(t.Context(), d.channel.ID)
		require.NoError(t, err)
		require.EqualValues(t, 1, kept.PipelineID, "the channel says so")
		lead, err := d.store.Lead(t.Context(), d.accept(says("m1", "hi")).Chat.LeadID) // d.channel still names the one that is gone
		require.NoError(t, err)
		require.EqualValues(t, 1, lead.PipelineID)
	})
}
