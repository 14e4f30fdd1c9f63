package buttons_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
	"salesbot/buttons"
	"salesbot/channels"
	"salesbot/channels/telegram"
	"salesbot/channels/telegram/telegramtest"
	"salesbot/crm"
	"salesbot/db"
	"salesbot/db/dbtest"
)

const ann = 77

// shop is a Telegram channel with a client, whose run asks; the clock stands until it is moved.
type shop struct {
	*telegramtest.Server

	t       *testing.T
	store   *db.Store
	taker   *buttons.Taker
	channel crm.Channel
	run     crm.Run

	mu    sync.Mutex
	now   time.Time
	visit int
}

func eachShop(t *testing.T, test func(s *shop)) {
	t.Helper()
	t.Parallel()
	for name, url := range map[string]func(testing.TB) string{"sqlite": dbtest.SQLiteURL, "postgres": dbtest.PostgresURL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(newShop(t, url(t)))
		})
	}
}

func newShop(t *testing.T, url string) *shop {
	t.Helper()
	s := &shop{Server: telegramtest.New(t), t: t, now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	s.AddChat(ann)
	s.store = dbtest.OpenWith(t, db.Options{URL: url, Now: s.clock})
	kind := telegram.New(telegram.Options{BaseURL: s.URL})
	s.taker = buttons.New(s.store, map[string]channels.Channel{kind.Kind(): kind}, slog.New(slog.DiscardHandler))
	by := crm.Actor{Kind: crm.BySystem}
	s.change(func(ctx context.Context, tx *db.Tx) error {
		require.NoError(t, tx.EnsureDefaults(ctx))
		var err error
		s.channel, err = tx.CreateChannel(ctx, by, crm.Channel{Kind: telegram.Kind, Name: "Bot", PipelineID: 1, IsActive: true}, map[string]string{telegram.TokenSecret: telegramtest.Token})
		require.NoError(t, err)
		b, err := tx.CreateBot(ctx, by, "Bot", json.RawMessage(`{"schema":1,"name":"Bot","start":"a","steps":[]}`))
		require.NoError(t, err)
		_, err = tx.PublishBot(ctx, by, b.ID, b.Revision)
		require.NoError(t, err)
		_, err = tx.AddTrigger(ctx, by, crm.Trigger{BotID: b.ID, Kind: crm.TriggerTalkStarted})
		return err
	})
	_, err := s.store.Accept(t.Context(), s.channel, true, crm.Inbound{Kind: crm.InMessage, ChatID: fmt.Sprint(ann), MessageID: "1", Text: "Hi"})
	require.NoError(t, err)
	runs, _, err := s.store.Runs(t.Context(), db.RunFilter{}, db.Paging{Limit: 1})
	require.NoError(t, err)
	s.run = runs[0]
	return s
}

func (s *shop) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *shop) pass(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}

func (s *shop) change(fn func(ctx context.Context, tx *db.Tx) error) {
	s.t.Helper()
	require.NoError(s.t, s.store.Change(s.t.Context(), fn))
}

// asks has the run ask anew, as a message that is on its way; that spends the question before.
func (s *shop) asks() db.Delivery {
	s.t.Helper()
	s.visit++
	replies := []bot.Button{{ID: bot.ButtonPayload(s.run.ID, s.visit, "a"), Text: "A"}, {Text: "Menu", URL: "https://example.org/menu"}}
	e := bot.Effect{Key: bot.EffectKey{RunID: s.run.ID, Birth: s.run.Birth, Visit: s.visit}, Subject: bot.Subject{LeadID: s.run.LeadID}, ChatID: s.run.ChatID,
		Progress: bot.Progress{Status: bot.RunWaiting, Visits: []bot.Visit{{Number: s.visit, Step: "a"}}}}
	raw, err := s.store.Effect(s.t.Context(), e, func(ctx context.Context, tx *db.Tx) (any, error) {
		return tx.WriteMessages(ctx, e, bot.Outgoing{Text: "Which?", Buttons: replies}, func(string) bool { return false })
	})
	require.NoError(s.t, err)
	var sent []bot.Sent
	require.NoError(s.t, json.Unmarshal(raw, &sent))
	d, err := s.store.BeginDelivery(s.t.Context(), sent[0].MessageID, "attempt")
	require.NoError(s.t, err)
	return d
}

// arrives hands the message over, and gives Telegram's number of it.
func (s *shop) arrives(d db.Delivery) int64 {
	s.t.Helper()
	channel := telegram.New(telegram.Options{BaseURL: s.URL})
	account := channels.Account{Secrets: channels.Secrets{telegram.TokenSecret: telegramtest.Token}}
	receipt, err := channel.Send(s.t.Context(), account, channels.Outbound{ChatID: d.Chat.ExternalID, Text: d.Message.Text, Buttons: d.Message.Buttons})
	require.NoError(s.t, err)
	d.Message.Status, d.Message.ExternalID = crm.MessageSent, receipt.MessageID
	require.NoError(s.t, s.store.EndDelivery(s.t.Context(), d))
	id, err := strconv.ParseInt(receipt.MessageID, 10, 64)
	require.NoError(s.t, err)
	return id
}

func (s *shop) ends() {
	s.t.Helper()
	require.NoError(s.t, s.store.Record(s.t.Context(), s.run.ID, bot.Progress{Status: bot.RunFinished}))
}

func (s *shop) round(want int) {
	s.t.Helper()
	n, err := s.taker.Round(s.t.Context())
	require.NoError(s.t, err)
	require.Equal(s.t, want, n)
}

// spent says whether only the link stands under the message.
func (s *shop) spent(id int64) bool {
	s.t.Helper()
	raw, err := json.Marshal(s.Keyboard(ann, id))
	require.NoError(s.t, err)
	return string(raw) == `{"inline_keyboard":[[{"text":"Menu","url":"https://example.org/menu"}]]}`
}

func (s *shop) message(d db.Delivery) crm.Message {
	s.t.Helper()
	var m crm.Message
	s.change(func(ctx context.Context, tx *db.Tx) error {
		return tx.NewSelect().Model(&m).Where("id = ?", d.Message.ID).Scan(ctx)
	})
	return m
}

func TestSpentButtonsAreTakenOffOnce(t *testing.T) {
	eachShop(t, func(s *shop) {
		first := s.arrives(s.asks())
		s.round(0)
		require.False(t, s.spent(first), "the run waits")
		second := s.arrives(s.asks())
		s.round(1)
		require.True(t, s.spent(first))
		require.False(t, s.spent(second))
		s.ends()
		s.round(1)
		require.True(t, s.spent(second))
		s.pass(time.Hour)
		s.round(0)
		require.Len(t, s.Calls("editMessageReplyMarkup"), 2)
	})
}

// A question may be over while it is on its way; its buttons go once it is there.
func TestAMessageThatIsOnItsWayIsWaitedFor(t *testing.T) {
	eachShop(t, func(s *shop) {
		late, never := s.asks(), s.asks()
		s.ends()
		s.round(2)
		require.Empty(t, s.Calls("editMessageReplyMarkup"))
		s.round(0)
		id := s.arrives(late)
		never.Message.Status = crm.MessageUnknown
		require.NoError(t, s.store.EndDelivery(t.Context(), never))
		s.pass(5 * time.Second)
		s.round(2)
		require.True(t, s.spent(id))
		require.Nil(t, s.message(never).EditAt, "nobody knows its number")
	})
}

// A provider that limits us is left alone for as long as it says, for all of the channel's messages.
func TestAProvidersPaceIsKept(t *testing.T) {
	eachShop(t, func(s *shop) {
		first, second := s.arrives(s.asks()), s.arrives(s.asks())
		s.ends()
		s.LimitNext(90)
		s.round(2)
		require.Empty(t, s.Calls("editMessageReplyMarkup"))
		s.pass(89 * time.Second)
		s.round(0)
		s.pass(time.Second)
		s.round(2)
		require.True(t, s.spent(first))
		require.True(t, s.spent(second))
	})
}

// A provider that is away is tried again, later each time, and after some hours no more.
func TestTakingButtonsIsTriedForSomeHours(t *testing.T) {
	eachShop(t, func(s *shop) {
		d := s.asks()
		id := s.arrives(d)
		s.ends()
		tries, from, before := 0, s.clock(), time.Duration(0)
		for again := s.message(d).EditAt; again != nil; again = s.message(d).EditAt {
			delay := again.Sub(s.clock())
			require.GreaterOrEqual(t, delay, before)
			before = delay
			s.pass(delay)
			s.FailNext(502)
			s.round(1)
			tries++
		}
		require.Equal(t, 13, tries)
		require.InDelta(t, 4, s.clock().Sub(from).Hours(), 1.5)
		require.False(t, s.spent(id))
		s.pass(24 * time.Hour)
		s.round(0)
	})
}

// Whether a call whose connection broke did its work does not matter: it is made again.
func TestABrokenConnectionIsTriedAgain(t *testing.T) {
	eachShop(t, func(s *shop) {
		d := s.asks()
		id := s.arrives(d)
		s.ends()
		s.HangUpNext()
		s.round(1)
		require.True(t, s.spent(id), "it did")
		require.NotNil(t, s.message(d).EditAt, "nobody knows")
		s.pass(5 * time.Second)
		s.round(1)
		require.Nil(t, s.message(d).EditAt)
		require.Equal(t, 2, s.message(d).EditTries)
	})
}

func TestABlockedChatIsLeftAlone(t *testing.T) {
	eachShop(t, func(s *shop) {
		d := s.asks()
		id := s.arrives(d)
		s.ends()
		s.Block(ann, true)
		s.round(1)
		require.Nil(t, s.message(d).EditAt)
		require.False(t, s.spent(id))
	})
}

// Two that share a database tell the provider once; what one took and was killed with is done after its lease.
func TestTakersShareTheWork(t *testing.T) {
	eachShop(t, func(s *shop) {
		id := s.arrives(s.asks())
		s.ends()
		taken, err := s.store.DueButtonEdits(t.Context())
		require.NoError(t, err)
		require.Len(t, taken, 1)
		s.round(0)
		s.pass(5 * time.Minute)
		s.round(1)
		require.True(t, s.spent(id))
	})
}
