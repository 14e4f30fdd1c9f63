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

// ordinals make every effect of the tests one of its own.
var ordinals = make(chan int)

func init() {
	go func() {
		for i := 0; ; i++ {
			ordinals <- i
		}
	}()
}

func (d *desk) effect(run crm.Run) bot.Effect {
	return bot.Effect{Key: bot.EffectKey{RunID: run.ID, Birth: run.Birth, Visit: 1, Ordinal: <-ordinals}, Subject: bot.Subject{LeadID: run.LeadID}, ChatID: run.ChatID}
}

// try writes a message as a run's step does.
func (d *desk) try(run crm.Run, out bot.Outgoing) ([]bot.Sent, error) {
	return d.tryAs(d.effect(run), out)
}

func (d *desk) tryAs(e bot.Effect, out bot.Outgoing) ([]bot.Sent, error) {
	d.t.Helper()
	raw, err := d.store.Effect(context.Background(), e, func(ctx context.Context, tx *db.Tx) (any, error) {
		return tx.WriteMessages(ctx, e, out, func(kind string) bool { return kind == "livechat" })
	})
	if err != nil {
		return nil, err
	}
	var sent []bot.Sent
	require.NoError(d.t, json.Unmarshal(raw, &sent))
	return sent, nil
}

func (d *desk) send(run crm.Run, out bot.Outgoing) []bot.Sent {
	d.t.Helper()
	sent, err := d.try(run, out)
	require.NoError(d.t, err)
	return sent
}

// family is a lead with a main contact, who has a chat on each of two channels, and a second one with a chat on one.
type family struct {
	run                       crm.Run
	telegram, livechat        int64
	oldTelegram, newLive, two string
}

func (d *desk) family() family {
	d.t.Helper()
	f := family{telegram: d.channel.ID}
	first := d.accept(says("m1", "hi"))
	f.run, f.oldTelegram = d.run(first.Chat.LeadID), first.Chat.ID
	live := crm.Channel{}
	change(d.t, d.store, func(ctx context.Context, tx *db.Tx) (err error) {
		live, err = tx.CreateChannel(ctx, ada, crm.Channel{Kind: "livechat", Name: "Chat", IsActive: true}, nil)
		f.livechat = live.ID
		return err
	})
	chat := func(externalID string, channel crm.Channel) string {
		accepted, err := d.store.Accept(context.Background(), channel, false, crm.Inbound{Kind: crm.InMessage, ChatID: externalID, MessageID: externalID, Text: "hi"})
		require.NoError(d.t, err)
		return accepted.Chat.ID
	}
	f.newLive, f.two = chat("live", live), chat("second", d.channel)
	change(d.t, d.store, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.NewUpdate().Table("chats").Set("contact_id = ?", first.Chat.ContactID).Where("id = ?", f.newLive).Exec(ctx); err != nil {
			return err
		}
		var second int64
		if err := tx.NewSelect().Table("chats").Column("contact_id").Where("id = ?", f.two).Scan(ctx, &second); err != nil {
			return err
		}
		return tx.LinkContact(ctx, ada, first.Chat.LeadID, second, false)
	})
	return f
}

func TestAMessageGoesToWhomItIsMeantFor(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		f := d.family()
		noChat := f.run
		noChat.ChatID = ""
		for name, c := range map[string]struct {
			run  crm.Run
			out  bot.Outgoing
			want []string
		}{
			"the chat":          {f.run, bot.Outgoing{}, []string{f.oldTelegram}},
			"the chat, said so": {f.run, bot.Outgoing{To: bot.ToChat}, []string{f.oldTelegram}},
			"the chat on a channel that it is not on": {f.run, bot.Outgoing{ChannelIDs: []int64{f.livechat}}, nil},
			"no chat: the newest of the main contact": {noChat, bot.Outgoing{}, []string{f.newLive}},
			"no chat, one channel":                    {noChat, bot.Outgoing{ChannelIDs: []int64{f.telegram}}, []string{f.oldTelegram}},
			"the main contact":                        {f.run, bot.Outgoing{To: bot.ToMainContact}, []string{f.oldTelegram, f.newLive}},
			"the main contact, primary":               {f.run, bot.Outgoing{To: bot.ToMainContact, Primary: true}, []string{f.newLive}},
			"the main contact, one channel":           {f.run, bot.Outgoing{To: bot.ToMainContact, ChannelIDs: []int64{f.telegram}}, []string{f.oldTelegram}},
			"all contacts":                            {f.run, bot.Outgoing{To: bot.ToAllContacts}, []string{f.oldTelegram, f.newLive, f.two}},
			"all contacts, primary":                   {f.run, bot.Outgoing{To: bot.ToAllContacts, Primary: true}, []string{f.newLive, f.two}},
			"all contacts, one channel":               {f.run, bot.Outgoing{To: bot.ToAllContacts, ChannelIDs: []int64{f.telegram}}, []string{f.oldTelegram, f.two}},
			"all contacts, primary, one channel":      {f.run, bot.Outgoing{To: bot.ToAllContacts, Primary: true, ChannelIDs: []int64{f.livechat}}, []string{f.newLive}},
		} {
			e := d.effect(c.run)
			c.out.Text = name
			var chats []string
			// Each is rolled back, so that sending changes nobody's most recent chat.
			_, err := d.store.Effect(t.Context(), e, func(ctx context.Context, tx *db.Tx) (any, error) {
				sent, err := tx.WriteMessages(ctx, e, c.out, func(kind string) bool { return kind == "livechat" })
				for _, s := range sent {
					chats = append(chats, s.ChatID)
					require.Equal(t, s.ChatID != f.newLive, s.External, name)
				}
				if err == nil {
					err = errRolledBack
				}
				return nil, err
			})
			if c.want == nil {
				require.Equal(t, crm.Conflict, crm.CodeOf(err), name)
				continue
			}
			require.ErrorIs(t, err, errRolledBack, name)
			require.ElementsMatch(t, c.want, chats, name)
		}
	})
}

func TestALocalMessageHasArrivedAndAnExternalOneIsStillToBeSent(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		f := d.family()
		for _, s := range d.send(f.run, bot.Outgoing{Text: "Hello", To: bot.ToMainContact, Buttons: []bot.Button{{ID: "1.1.a", Text: "A"}}}) {
			m := d.message(s.MessageID)
			require.Equal(t, map[bool]crm.MessageStatus{true: crm.MessageSending, false: crm.MessageSent}[s.External], m.Status)
			require.Equal(t, []crm.Button{{ID: "1.1.a", Text: "A"}}, m.Buttons)
			require.Equal(t, f.run.ID, m.RunID)
		}
	})
}
