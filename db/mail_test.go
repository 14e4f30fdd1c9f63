package db_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
	"salesbot/db/dbtest"
)

func seqs(letters []db.Letter) []int64 {
	list := make([]int64, len(letters))
	for i, l := range letters {
		list[i] = l.Seq
	}
	return list
}

func TestMailIsToldAfterTheCommitOnly(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		var mu sync.Mutex
		var told []string
		d.store.OnMail(func(ids []string) {
			mu.Lock()
			defer mu.Unlock()
			told = append(told, ids...)
		})
		accepted := d.accept(says("m1", "hi"))
		require.Equal(t, []string{bot.Subject{LeadID: accepted.Chat.LeadID}.WorkflowID()}, told)
		err := d.store.Change(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			if err := tx.StopRuns(ctx, ada, db.RunFilter{LeadID: accepted.Chat.LeadID}, ""); err != nil {
				return err
			}
			return errRolledBack
		})
		require.ErrorIs(t, err, errRolledBack)
		require.Len(t, told, 1, "what was rolled back is no mail")
		require.Len(t, d.letters(accepted.Chat.LeadID), 1)
		d.accept(says("m1", "hi"))
		require.Len(t, told, 1, "a repeated delivery neither")
	})
}

func TestMailIsSentOnceAndAgainIfItMayBeLost(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		lead := d.accept(says("m1", "hi")).Chat.LeadID
		d.accept(says("m2", "more"))
		letters := d.letters(lead)
		require.Len(t, letters, 2)
		require.Less(t, letters[0].Seq, letters[1].Seq)
		waiting, err := d.store.ConversationsWithMail(t.Context(), d.store.Now().Add(time.Second), 10)
		require.NoError(t, err)
		require.Equal(t, []string{letters[0].WorkflowID}, waiting)
		waiting, err = d.store.ConversationsWithMail(t.Context(), d.store.Now().Add(-time.Minute), 10)
		require.NoError(t, err)
		require.Empty(t, waiting, "younger mail is on its way")

		require.NoError(t, d.store.MailSent(t.Context(), nil))
		require.NoError(t, d.store.MailSent(t.Context(), seqs(letters[:1])))
		require.Equal(t, seqs(letters[1:]), seqs(d.letters(lead)))
		require.NoError(t, d.store.MailSent(t.Context(), seqs(letters)))
		require.Empty(t, d.letters(lead))

		require.NoError(t, d.store.ResendSince(t.Context(), d.store.Now().Add(time.Minute)))
		require.Empty(t, d.letters(lead), "it was sent before")
		require.NoError(t, d.store.ResendSince(t.Context(), d.store.Now().Add(-time.Minute)))
		require.Equal(t, seqs(letters), seqs(d.letters(lead)), "under the same numbers, so that the conversation knows it")
	})
}

func TestMailThatWasHandledIsNotSentAgain(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		accepted := d.accept(says("m1", "hi"))
		lead := accepted.Chat.LeadID
		letters := d.letters(lead)
		require.NoError(t, d.store.MailSent(t.Context(), seqs(letters)))
		keep := state(d.run(lead), "", "a.1", "", letters...)
		require.NoError(t, d.store.Record(t.Context(), d.run(lead).ID, bot.Progress{Status: bot.RunFinished, Keep: keep}))
		require.NoError(t, d.store.ResendSince(t.Context(), d.store.Now().Add(-time.Minute)))
		require.Empty(t, d.letters(lead))
	})
}

func TestOldMailIsForgottenOnceItWasSent(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		lead := d.accept(says("m1", "hi")).Chat.LeadID
		require.NoError(t, d.store.ForgetMail(t.Context(), d.store.Now().Add(time.Minute)))
		require.Len(t, d.letters(lead), 1, "what nobody sent is never forgotten")
		require.NoError(t, d.store.MailSent(t.Context(), seqs(d.letters(lead))))
		require.NoError(t, d.store.ForgetMail(t.Context(), d.store.Now().Add(time.Minute)))
		require.NoError(t, d.store.ForgetMail(t.Context(), d.store.Now().Add(8*24*time.Hour)))
		require.Equal(t, 1, d.count("mail"), "a conversation may be late for days")
		require.NoError(t, d.store.Record(t.Context(), d.run(lead).ID, bot.Progress{Status: bot.RunFinished}))
		require.NoError(t, d.store.ForgetMail(t.Context(), d.store.Now().Add(time.Minute)))
		require.Equal(t, 1, d.count("mail"))
		require.NoError(t, d.store.ForgetMail(t.Context(), d.store.Now().Add(8*24*time.Hour)))
		require.Zero(t, d.count("mail"))
	})
}

// The number of a letter must never be used again: a conversation would take the new one for the old one.
func TestNumbersOfForgottenMailAreNotUsedAgain(t *testing.T) {
	dbtest.EachDB(t, func(t *testing.T, store *db.Store) {
		var last int64
		for range 3 {
			change(t, store, func(ctx context.Context, tx *db.Tx) error {
				letter := &db.Letter{WorkflowID: "conversation/lead-1", Signal: bot.SignalControl, Payload: []byte("{}"), CreatedAt: tx.Now, SentAt: &tx.Now}
				if _, err := tx.NewInsert().Model(letter).Exec(ctx); err != nil {
					return err
				}
				require.Greater(t, letter.Seq, last)
				last = letter.Seq
				return nil
			})
			require.NoError(t, store.ForgetMail(t.Context(), store.Now().Add(8*24*time.Hour)))
		}
	})
}

func TestARunIsLaunchedOfAPublishedBotOnly(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		lead := d.accept(says("m1", "hi")).Chat.LeadID
		try := func(launch db.Launch) func(context.Context, *db.Tx) error {
			return func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.LaunchRun(ctx, ada, launch)
				return err
			}
		}
		subject := bot.Subject{LeadID: lead}
		var draft crm.Bot
		change(t, d.store, func(ctx context.Context, tx *db.Tx) (err error) {
			draft, err = tx.CreateBot(ctx, ada, "Draft", nil)
			return err
		})
		refused(t, d.store, crm.Conflict, "", try(db.Launch{BotID: draft.ID, Subject: subject}))
		refused(t, d.store, crm.NotFound, "", try(db.Launch{BotID: 99, Subject: subject}))
		refused(t, d.store, crm.NotFound, "", try(db.Launch{BotID: d.bot, Subject: bot.Subject{LeadID: 99}}))
		off := false
		change(t, d.store, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.UpdateBot(ctx, ada, d.bot, db.BotChange{IsActive: &off})
			return err
		})
		refused(t, d.store, crm.Conflict, "", try(db.Launch{BotID: d.bot, Subject: subject}))
		require.Len(t, d.letters(lead), 1)
	})
}

// A power loss may take from Temporal what it had accepted of the managers' messages, too; no run stands for those.
func TestTheDeliveriesOfManagersMessagesAreSentAgain(t *testing.T) {
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		chat := d.accept(says("m1", "hi")).Chat
		require.NoError(t, d.store.Record(t.Context(), d.run(chat.LeadID).ID, bot.Progress{Status: bot.RunFinished}))
		change(t, d.store, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.WriteAsManager(ctx, ada, db.ManagerMessage{ChatID: chat.ID, Text: "Hello"}, func(string) bool { return false })
			return err
		})
		deliveries := func() []int64 {
			letters, err := d.store.UnsentMail(t.Context(), bot.DeliveryID(chat.ID))
			require.NoError(t, err)
			return seqs(letters)
		}
		before := deliveries()
		require.Len(t, before, 1)
		require.NoError(t, d.store.MailSent(t.Context(), before))
		require.Empty(t, deliveries())
		require.NoError(t, d.store.ResendSince(t.Context(), d.store.Now().Add(-time.Minute)))
		require.Equal(t, before, deliveries())
	})
}
