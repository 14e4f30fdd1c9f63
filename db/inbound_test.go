package db_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
)

// desk is an account with one channel and one published bot that a client's first message launches.
type desk struct {
	t       *testing.T
	store   *db.Store
	channel crm.Channel
	bot     int64
}

func eachDesk(t *testing.T, settings string, test func(t *testing.T, d *desk)) {
	t.Helper()
	eachCRM(t, func(t *testing.T, store *db.Store) { test(t, newDesk(t, store, settings)) })
}

func newDesk(t *testing.T, store *db.Store, settings string) *desk {
	t.Helper()
	d := &desk{t: t, store: store}
	change(t, store, func(ctx context.Context, tx *db.Tx) (err error) {
		if d.channel, err = tx.CreateChannel(ctx, ada, crm.Channel{Kind: "telegram", Name: "Telegram", PipelineID: 1, IsActive: true}, nil); err != nil {
			return err
		}
		d.bot = d.publish(ctx, tx, settings)
		_, err = tx.AddTrigger(ctx, ada, crm.Trigger{BotID: d.bot, Kind: crm.TriggerTalkStarted})
		return err
	})
	return d
}

func (d *desk) publish(ctx context.Context, tx *db.Tx, settings string) int64 {
	d.t.Helper()
	b, err := tx.CreateBot(ctx, ada, "Bot", json.RawMessage(`{"schema":1,"name":"Bot","start":"a","settings":`+settings+`,"steps":[]}`))
	require.NoError(d.t, err)
	_, err = tx.PublishBot(ctx, ada, b.ID, b.Revision)
	require.NoError(d.t, err)
	return b.ID
}

func (d *desk) accept(in crm.Inbound) db.Accepted {
	d.t.Helper()
	accepted, err := d.store.Accept(context.Background(), d.channel, true, in)
	require.NoError(d.t, err)
	return accepted
}

// says is a message of the client's.
func says(id, text string) crm.Inbound {
	return crm.Inbound{Kind: crm.InMessage, ChatID: "client", MessageID: id, Text: text, Profile: crm.Profile{Name: "Ann"}, At: time.Now()}
}

// letters is all mail to a lead's conversation, as its signals.
func (d *desk) letters(leadID int64) []db.Letter {
	d.t.Helper()
	letters, err := d.store.UnsentMail(d.t.Context(), bot.Subject{LeadID: leadID}.WorkflowID())
	require.NoError(d.t, err)
	return letters
}

func signals(letters []db.Letter) []string {
	names := make([]string, len(letters))
	for i, l := range letters {
		names[i] = l.Signal
	}
	return names
}

func (d *desk) run(leadID int64) crm.Run {
	d.t.Helper()
	runs, _, err := d.store.Runs(d.t.Context(), db.RunFilter{LeadID: leadID}, db.Paging{Limit: 1})
	require.NoError(d.t, err)
	require.NotEmpty(d.t, runs)
	return runs[0]
}

func (d *desk) count(table string) int {
	d.t.Helper()
	var n int
	change(d.t, d.store, func(ctx context.Context, tx *db.Tx) error {
		return tx.NewSelect().Table(table).ColumnExpr("count(*)").Scan(ctx, &n)
	})
	return n
}

func (d *desk) message(id string) crm.Message {
	d.t.Helper()
	var m crm.Message
	change(d.t, d.store, func(ctx context.Context, tx *db.Tx) error {
		return tx.NewSelect().Model(&m).Where("id = ?", id).Scan(ctx)
	})
	return m
}

func TestAStrangersMessageMakesAllThatItNeeds(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		accepted := d.accept(says("m1", "hi"))
		require.False(t, accepted.Repeated)
		require.NotZero(t, accepted.Chat.LeadID)
		for table, n := range map[string]int{"contacts": 1, "leads": 1, "chats": 1, "talks": 1, "messages": 1, "runs": 1} {
			require.Equal(t, n, d.count(table), table)
		}
		letters := d.letters(accepted.Chat.LeadID)
		require.Equal(t, []string{bot.SignalLaunch}, signals(letters))
		letter, err := bot.ReadLetter(letters[0].Signal, letters[0].Payload, letters[0].Seq, letters[0].CreatedAt)
		require.NoError(t, err)
		launch, ok := letter.(*bot.Launch)
		require.True(t, ok)
		require.Equal(t, "hi", launch.Message.Text)
		require.Equal(t, d.run(accepted.Chat.LeadID).ID, launch.RunID)
		require.Equal(t, "telegram", launch.ChannelKind)
		require.Equal(t, letters[0].Seq, launch.Seq)

		second := d.accept(says("m2", "and more"))
		require.Equal(t, accepted.Chat.ID, second.Chat.ID)
		require.Equal(t, []string{bot.SignalLaunch, bot.SignalMessage}, signals(d.letters(accepted.Chat.LeadID)), "the bot is there; it is not launched twice")
	})
}

// Providers deliver again when in doubt, and may do so at once from many places.
func TestTheSameDeliveryFiftyTimesAtOnceIsOneMessage(t *testing.T) {
	for name, delivery := range map[string]crm.Inbound{
		"by the provider's id": says("m1", "hi"),
		"by the client's id":   {Kind: crm.InMessage, ChatID: "client", ClientID: "c1", Text: "hi"},
	} {
		t.Run(name, func(t *testing.T) {
			eachDesk(t, "{}", func(t *testing.T, d *desk) {
				var fresh atomic.Int64
				var group sync.WaitGroup
				ids := make([]string, 50)
				for i := range ids {
					group.Go(func() {
						accepted, err := d.store.Accept(context.Background(), d.channel, true, delivery)
						if err != nil {
							t.Errorf("delivery %d: %v", i, err)
							return
						}
						if !accepted.Repeated {
							fresh.Add(1)
						}
						ids[i] = accepted.Message.ID
					})
				}
				group.Wait()
				require.EqualValues(t, 1, fresh.Load())
				for _, id := range ids {
					require.Equal(t, ids[0], id)
				}
				for _, table := range []string{"contacts", "leads", "chats", "talks", "messages", "runs", "mail"} {
					require.Equal(t, 1, d.count(table), table)
				}
			})
		})
	}
}

func TestManyMessagesAtOnceAreAllThereInOneOrder(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		var group sync.WaitGroup
		for i := range 40 {
			group.Go(func() {
				if _, err := d.store.Accept(context.Background(), d.channel, true, says(fmt.Sprint("m", i), fmt.Sprint(i))); err != nil {
					t.Errorf("message %d: %v", i, err)
				}
			})
		}
		group.Wait()
		require.Equal(t, 40, d.count("messages"))
		require.Equal(t, 1, d.count("runs"))
		require.Equal(t, 40, d.count("mail"))
		var texts []string
		change(t, d.store, func(ctx context.Context, tx *db.Tx) error {
			return tx.NewSelect().Table("messages").Column("text").Order("seq").Scan(ctx, &texts)
		})
		var mailed []string
		for _, l := range d.letters(1) {
			var body struct {
				Text    string       `json:"text"`
				Message *bot.Message `json:"message"`
			}
			require.NoError(t, json.Unmarshal(l.Payload, &body))
			if body.Message != nil {
				body.Text = body.Message.Text
			}
			mailed = append(mailed, body.Text)
		}
		require.Equal(t, texts, mailed, "the conversation hears them as the chat shows them")
	})
}

func TestAClosedLeadsClientGetsANewLead(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		first := d.accept(says("m1", "hi"))
		change(t, d.store, func(ctx context.Context, tx *db.Tx) error {
			if _, err := tx.ChangeStage(ctx, ada, first.Chat.LeadID, 1, crm.StageWon); err != nil {
				return err
			}
			return tx.CloseOpenTalk(ctx, ada, first.Chat.ID)
		})
		second := d.accept(says("m2", "hi again"))
		require.Equal(t, first.Chat.ID, second.Chat.ID)
		require.NotEqual(t, first.Chat.LeadID, second.Chat.LeadID)
		require.Equal(t, 1, d.count("contacts"))
		require.Equal(t, []string{bot.SignalLaunch}, signals(d.letters(second.Chat.LeadID)))
	})
}

func TestABotIsNotLaunchedWhileAPersonTalks(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		first := d.accept(says("m1", "hi"))
		change(t, d.store, func(ctx context.Context, tx *db.Tx) error {
			if err := tx.StopRuns(ctx, ada, db.RunFilter{LeadID: first.Chat.LeadID}, "enough"); err != nil {
				return err
			}
			if err := tx.TakeOver(ctx, ada, first.Chat.LeadID, ada.ID); err != nil {
				return err
			}
			return tx.CloseOpenTalk(ctx, ada, first.Chat.ID)
		})
		require.NoError(t, d.store.Record(t.Context(), d.run(first.Chat.LeadID).ID, bot.Progress{Status: bot.RunStopped}))
		d.accept(says("m2", "hi again"))
		require.Equal(t, 1, d.count("runs"))
		change(t, d.store, func(ctx context.Context, tx *db.Tx) error {
			if err := tx.HandBack(ctx, ada, first.Chat.LeadID); err != nil {
				return err
			}
			return tx.CloseOpenTalk(ctx, ada, first.Chat.ID)
		})
		d.accept(says("m3", "and again"))
		require.Equal(t, 2, d.count("runs"))
	})
}

func TestAnEchoIsAManagersMessage(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		first := d.accept(says("m1", "hi"))
		echo := crm.Inbound{Kind: crm.InEcho, ChatID: "client", MessageID: "e1", Text: "Hello from my phone"}
		accepted := d.accept(echo)
		require.Equal(t, crm.DirectionOut, accepted.Message.Direction)
		require.Equal(t, crm.ByUser, accepted.Message.AuthorKind)
		require.True(t, d.accept(echo).Repeated)
		require.Equal(t, string(bot.ManagerStops), d.run(first.Chat.LeadID).Hold, "the bot is held from the commit on")
		require.Equal(t, []string{bot.SignalLaunch, bot.SignalMessage}, signals(d.letters(first.Chat.LeadID)))
	})
}

func TestAnEditChangesTheTextAndLaunchesNothing(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		first := d.accept(says("m1", "hi"))
		edit := crm.Inbound{Kind: crm.InEdit, ChatID: "client", MessageID: "m1", Text: "Hi!"}
		d.accept(edit)
		require.Equal(t, "Hi!", d.message(first.Message.ID).Text)
		n := len(events(t, d.store))
		d.accept(edit)
		d.accept(crm.Inbound{Kind: crm.InEdit, ChatID: "client", MessageID: "unknown", Text: "?"})
		require.True(t, d.accept(crm.Inbound{Kind: crm.InEdit, ChatID: "nobody", MessageID: "m1", Text: "?"}).Repeated)
		require.Len(t, events(t, d.store), n, "nothing new happened")
		require.Equal(t, 1, d.count("mail"))
	})
}

func TestReceiptsComeInAnyOrder(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		chat := d.accept(says("m1", "hi")).Chat
		run := d.run(chat.LeadID)
		sent := d.send(run, bot.Outgoing{Text: "Hello"})
		delivery := d.begin(sent[0].MessageID)
		m := delivery.Message
		delivery.Message.Status, delivery.Message.ExternalID = crm.MessageSent, "x1"
		require.NoError(t, d.store.EndDelivery(t.Context(), delivery))
		report := func(status crm.MessageStatus) crm.MessageStatus {
			d.accept(crm.Inbound{Kind: crm.InStatus, ChatID: "client", MessageID: "x1", Status: status, Error: "gone"})
			return d.message(m.ID).Status
		}
		require.Equal(t, crm.MessageRead, report(crm.MessageRead))
		require.Equal(t, crm.MessageRead, report(crm.MessageDelivered), "never back from read")
		require.Equal(t, crm.MessageRead, report(crm.MessageSent))
		require.Equal(t, []string{bot.SignalLaunch}, signals(d.letters(chat.LeadID)), "nothing that a bot acts on")
		require.Equal(t, crm.MessageFailed, report(crm.MessageFailed))
		require.Equal(t, crm.MessageFailed, report(crm.MessageFailed))
		require.Equal(t, crm.MessageFailed, report(crm.MessageRead))
		require.Equal(t, []string{bot.SignalLaunch, bot.SignalReceipt}, signals(d.letters(chat.LeadID)), "told once")
	})
}

func TestTheClientsReadMarkNeverMovesBack(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		chat := d.accept(says("m1", "hi")).Chat
		run := d.run(chat.LeadID)
		first, second := d.send(run, bot.Outgoing{Text: "1"}), d.send(run, bot.Outgoing{Text: "2"})
		mark := func(id string) int64 {
			d.accept(crm.Inbound{Kind: crm.InRead, ChatID: "client", MessageID: id})
			again, err := d.store.VisitorChat(t.Context(), d.channel.ID, "client")
			require.NoError(t, err)
			return again.ClientReadSeq
		}
		newest := mark(second[0].MessageID)
		require.Equal(t, d.message(second[0].MessageID).Seq, newest)
		require.Equal(t, newest, mark(first[0].MessageID))
		require.Equal(t, newest, mark("unknown"))
	})
}

func TestABlockedChatComesBack(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		chat := d.accept(says("m1", "hi")).Chat
		run := d.run(chat.LeadID)
		d.accept(crm.Inbound{Kind: crm.InBlocked, ChatID: "client"})
		_, err := d.try(run, bot.Outgoing{Text: "Hello?"})
		require.Equal(t, crm.Conflict, crm.CodeOf(err))
		d.accept(crm.Inbound{Kind: crm.InBack, ChatID: "client"})
		require.Len(t, d.send(run, bot.Outgoing{Text: "Hello!"}), 1)
	})
}

func TestBadDeliveriesNameTheFieldAndChangeNothing(t *testing.T) {
	long := make([]rune, crm.MaxMessageText+1)
	for i := range long {
		long[i] = 'ö'
	}
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		n := len(events(t, d.store))
		for field, in := range map[string]crm.Inbound{
			"chat_id":   {Kind: crm.InMessage, MessageID: "m", Text: "hi"},
			"client_id": {Kind: crm.InMessage, ChatID: "c", Text: "hi"},
			"text":      {Kind: crm.InMessage, ChatID: "c", MessageID: "m", Text: " "},
		} {
			_, err := d.store.Accept(t.Context(), d.channel, true, in)
			var own *crm.Error
			require.ErrorAs(t, err, &own)
			require.Equal(t, field, own.Field)
		}
		_, err := d.store.Accept(t.Context(), d.channel, true, crm.Inbound{Kind: crm.InMessage, ChatID: "c", MessageID: "m", Text: string(long)})
		require.Equal(t, crm.Invalid, crm.CodeOf(err))
		require.Len(t, events(t, d.store), n)
		require.Zero(t, d.count("chats"))
		d.accept(crm.Inbound{Kind: crm.InMessage, ChatID: "c", MessageID: "m", Text: string(long[1:])})
	})
}
