package db_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
)

func (d *desk) begin(id string) db.Delivery {
	d.t.Helper()
	delivery, err := d.store.BeginDelivery(d.t.Context(), id, "attempt")
	require.NoError(d.t, err)
	return delivery
}

// outgoing is a message that is still to be handed over.
func (d *desk) outgoing() (crm.Run, string) {
	d.t.Helper()
	run := d.run(d.accept(says("m1", "hi")).Chat.LeadID)
	return run, d.send(run, bot.Outgoing{Text: "Hello"})[0].MessageID
}

func TestADeliveryIsMarkedBeforeTheProviderIsCalled(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		run, id := d.outgoing()
		first := d.begin(id)
		require.False(t, first.Done)
		require.False(t, first.Unsure)
		require.Equal(t, "client", first.Chat.ExternalID)
		require.Equal(t, "telegram", first.Channel.Kind)
		require.Equal(t, crm.MessageCalling, d.message(id).Status)
		calling, err := d.store.Calling(t.Context(), run.LeadID)
		require.NoError(t, err)
		require.EqualValues(t, 1, calling)

		again := d.begin(id)
		require.True(t, again.Unsure, "the first attempt left no outcome behind")
		require.False(t, again.Done)

		again.Message.Status, again.Message.ExternalID = crm.MessageSent, "x1"
		require.NoError(t, d.store.EndDelivery(t.Context(), again))
		done := d.begin(id)
		require.True(t, done.Done)
		require.Equal(t, crm.MessageSent, done.Message.Status)
		require.Equal(t, "x1", done.Message.ExternalID)
		calling, err = d.store.Calling(t.Context(), run.LeadID)
		require.NoError(t, err)
		require.Zero(t, calling)
	})
}

func TestADeliveryThatSurelyFailedIsTriedAgain(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		_, id := d.outgoing()
		first := d.begin(id)
		first.Message.Status, first.Message.PartsSent = crm.MessageSending, 1
		require.NoError(t, d.store.EndDelivery(t.Context(), first))
		again := d.begin(id)
		require.False(t, again.Unsure)
		require.False(t, again.Done)
		require.Equal(t, 1, again.Message.PartsSent, "the parts that went out are not sent again")
	})
}

func TestAHeldRunsMessageIsNotHandedOver(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		run, id := d.outgoing()
		d.control(run, bot.CommandPause)
		_, err := d.store.BeginDelivery(t.Context(), id, "attempt")
		require.Equal(t, crm.Held, crm.CodeOf(err))
		require.Equal(t, crm.MessageSending, d.message(id).Status, "it waits")
		d.control(run, bot.CommandResume)
		require.False(t, d.begin(id).Done)
		require.Equal(t, crm.MessageCalling, d.message(id).Status)
	})
}

func TestAMessageThatIsAtTheProviderIsNotHeldAnyMore(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		run, id := d.outgoing()
		d.begin(id)
		d.control(run, bot.CommandStop)
		again := d.begin(id)
		require.True(t, again.Unsure)
		require.False(t, again.Done, "nobody knows what the provider did with it; a hold does not change that")
	})
}

func TestDeliveriesOfNothing(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		_, err := d.store.BeginDelivery(t.Context(), "nothing", "attempt")
		require.Equal(t, crm.NotFound, crm.CodeOf(err))
	})
}

func TestWhatARunDidNotSendFailsWithItsEnd(t *testing.T) {
	ends := slices.DeleteFunc([]bot.RunStatus{bot.RunStarting, bot.RunRunning, bot.RunWaiting, bot.RunPaused, bot.RunFinished, bot.RunFailed, bot.RunStopped, bot.RunReplaced, bot.RunRefused},
		func(s bot.RunStatus) bool { return !s.Final() })
	require.GreaterOrEqual(t, len(ends), 5)
	for _, end := range ends {
		t.Run(string(end), func(t *testing.T) { whatARunDidNotSend(t, end) })
	}
}

func whatARunDidNotSend(t *testing.T, end bot.RunStatus) {
	t.Helper()
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		run, id := d.outgoing()
		other := d.send(d.launch(db.Launch{BotID: d.bot, Subject: bot.Subject{LeadID: run.LeadID}, By: "user"}), bot.Outgoing{Text: "Other"})[0].MessageID
		calling := d.send(run, bot.Outgoing{Text: "On its way"})[0].MessageID
		delivery := d.begin(calling)
		require.NoError(t, d.store.Record(t.Context(), run.ID, bot.Progress{Status: end}))
		require.Equal(t, crm.MessageFailed, d.message(id).Status)
		require.True(t, d.begin(id).Done)
		require.Equal(t, crm.MessageSending, d.message(other).Status, "another run's message is none of its business")
		require.Equal(t, crm.MessageCalling, d.message(calling).Status, "the provider has it; the attempt tells what became of it")
		delivery.Message.Status = crm.MessageSending
		require.NoError(t, d.store.EndDelivery(t.Context(), delivery))
		require.Equal(t, crm.MessageFailed, d.message(calling).Status, "nobody would try it again")
	})
}

// An attempt that was taken for dead comes back late: it may tell what nobody knows by now, and nothing else.
func TestALateAttemptTellsOnlyWhatNobodyKnows(t *testing.T) {
	for name, c := range map[string]struct{ since, late, want crm.MessageStatus }{
		"sent, and nobody knew":                    {crm.MessageUnknown, crm.MessageSent, crm.MessageSent},
		"refused, and nobody knew":                 {crm.MessageUnknown, crm.MessageFailed, crm.MessageFailed},
		"to be tried again, and nobody knew":       {crm.MessageUnknown, crm.MessageSending, crm.MessageUnknown},
		"sent, and given up since":                 {crm.MessageFailed, crm.MessageSent, crm.MessageFailed},
		"refused, and sent since":                  {crm.MessageSent, crm.MessageFailed, crm.MessageSent},
		"to be tried again, and called by another": {crm.MessageCalling, crm.MessageSending, crm.MessageCalling},
		"sent, and called by another":              {crm.MessageCalling, crm.MessageSent, crm.MessageCalling},
	} {
		t.Run(name, func(t *testing.T) {
			eachDesk(t, "{}", func(t *testing.T, d *desk) {
				_, id := d.outgoing()
				late := d.begin(id)
				since := late
				since.Message.Status = crm.MessageSending
				require.NoError(t, d.store.EndDelivery(t.Context(), since))
				since, err := d.store.BeginDelivery(t.Context(), id, "another")
				require.NoError(t, err)
				if since.Message.Status = c.since; c.since != crm.MessageCalling {
					require.NoError(t, d.store.EndDelivery(t.Context(), since))
				}
				late.Message.Status, late.Blocked = c.late, true
				require.NoError(t, d.store.EndDelivery(t.Context(), late))
				require.Equal(t, c.want, d.message(id).Status)
				chat := d.accept(crm.Inbound{Kind: crm.InMessage, ChatID: "client", MessageID: "m9", Text: "hm"}).Chat
				require.Equal(t, c.want == c.late && c.want != c.since, chat.Blocked, "what is not taken from it changes nothing")
			})
		})
	}
}
