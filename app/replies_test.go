package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
	"salesbot/db/dbtest"
)

// fakeProvider notes what it gets and fails as often as it is told.
type fakeProvider struct {
	store *db.Store
	mu    sync.Mutex
	fails int
	sent  []string
}

func (p *fakeProvider) DeliverMessage(ctx context.Context, id string, _ bot.OnUnknown) (bot.Outcome, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fails > 0 {
		p.fails--
		return bot.Outcome{}, errors.New("the provider is down")
	}
	d, err := p.store.BeginDelivery(ctx, id)
	if err != nil || d.Done {
		return bot.Outcome{}, err
	}
	d.Message.Status = crm.MessageSent
	p.sent = append(p.sent, d.Message.Text)
	return bot.Outcome{MessageID: id}, p.store.EndDelivery(ctx, d)
}

func (p *fakeProvider) GiveUpMessage(context.Context, string, string) error { return nil }

func (p *fakeProvider) got() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string{}, p.sent...)
}

func TestRepliesReachTheirProviderOnceAndInOrder(t *testing.T) {
	t.Parallel()
	dbtest.EachDB(t, func(t *testing.T, store *db.Store) {
		var chat crm.Chat
		far := crm.Channel{Kind: "far", Name: "Far", IsActive: true}
		require.NoError(t, store.Change(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
			far, err = tx.CreateChannel(ctx, crm.Actor{}, far, nil)
			return err
		}))
		accepted, err := store.Accept(t.Context(), far, false, crm.Inbound{Kind: crm.InMessage, ChatID: "client", MessageID: "1", Text: "hi"})
		require.NoError(t, err)
		chat = accepted.Chat
		write := func(text string) {
			require.NoError(t, store.Change(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.WriteAsManager(ctx, crm.Actor{Kind: crm.ByUser, ID: 1}, db.ManagerMessage{ChatID: chat.ID, Text: text}, func(string) bool { return false })
				return err
			}))
		}
		write("a0") // before anybody works
		provider := &fakeProvider{store: store, fails: 1}
		ctx, cancel := context.WithCancel(context.Background())
		var group sync.WaitGroup
		workers := 1 // a data folder has one server
		if store.Postgres() {
			workers = 2
		}
		for range workers {
			group.Go(func() { _ = newReplies(store, provider, slog.New(slog.DiscardHandler)).run(ctx) })
		}
		want := []string{"a0"}
		for i := 1; i < 5; i++ {
			want = append(want, fmt.Sprint("a", i))
			write(want[i])
		}
		defer func() {
			cancel()
			group.Wait()
		}()
		require.Eventually(t, func() bool { return len(provider.got()) >= len(want) }, 20*time.Second, 10*time.Millisecond)
		require.Equal(t, want, provider.got(), "once each and in order, however many workers there are")
		pending, err := store.PendingReplies(t.Context(), 10)
		require.NoError(t, err)
		require.Empty(t, pending)
	})
}
