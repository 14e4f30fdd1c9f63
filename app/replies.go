package app

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"go.temporal.io/sdk/temporal"
	"golang.org/x/sync/errgroup"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
)

const (
	// repliesAtOnce bounds how many chats are served at the same time, so that one slow provider holds back few.
	repliesAtOnce = 8
	replyBatch    = 200
	// replyTime bounds one attempt; it goes on when the process is told to stop, so that its outcome is written down.
	replyTime = 20 * time.Second
	// replyPatience is how long a reply is tried; after that a person should hear that it did not go out.
	replyPatience = 10 * time.Minute
	replyLook     = time.Second
	replyStandBy  = 2 * time.Second
)

// deliverer is what activities know about providers.
type deliverer interface {
	DeliverMessage(ctx context.Context, messageID string, unsure bot.OnUnknown) (bot.Outcome, error)
	GiveUpMessage(ctx context.Context, messageID, reason string) error
}

// replies hands what people of ours write to their channels' providers: those messages belong to no conversation. The
// messages' rows are the queue, so nothing is lost with the process; of several workers one works.
type replies struct {
	store   *db.Store
	deliver deliverer
	log     *slog.Logger

	mu sync.Mutex
	// later says when a message that failed is tried again.
	later map[string]time.Time
	tries map[string]int
}

func newReplies(store *db.Store, deliver deliverer, log *slog.Logger) *replies {
	return &replies{store: store, deliver: deliver, log: log, later: map[string]time.Time{}, tries: map[string]int{}}
}

// run works until ctx ends.
func (r *replies) run(ctx context.Context) error {
	for ctx.Err() == nil {
		_, err := r.store.Alone(ctx, "replies", r.work)
		if err != nil && ctx.Err() == nil {
			r.log.Error("replies can't be delivered for the moment", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(replyStandBy):
		}
	}
	return nil
}

func (r *replies) work(ctx context.Context) error {
	news, stop := r.store.Watch()
	defer stop()
	look := time.NewTicker(replyLook)
	defer look.Stop()
	for {
		if err := r.round(ctx); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-news:
		case <-look.C:
		}
	}
}

// round tries each chat's messages in their order; a message that has to wait holds back those behind it.
func (r *replies) round(ctx context.Context) error {
	pending, err := r.store.PendingReplies(ctx, replyBatch)
	if err != nil {
		return err
	}
	chats := map[string][]crm.Message{}
	for _, m := range pending {
		chats[m.ChatID] = append(chats[m.ChatID], m)
	}
	var group errgroup.Group
	group.SetLimit(repliesAtOnce)
	for _, messages := range chats {
		group.Go(func() error {
			for _, m := range messages {
				if ctx.Err() != nil || !r.try(ctx, m) {
					return nil
				}
			}
			return nil
		})
	}
	return group.Wait()
}

// try says whether the message's fate is settled.
func (r *replies) try(ctx context.Context, m crm.Message) bool {
	now := r.store.Now()
	if now.Before(r.due(m.ID)) {
		return false
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), replyTime)
	defer cancel()
	_, err := r.deliver.DeliverMessage(ctx, m.ID, bot.UnknownDelivered)
	if err != nil && now.Sub(m.CreatedAt) > replyPatience {
		err = r.deliver.GiveUpMessage(ctx, m.ID, err.Error())
	}
	if err == nil {
		r.settled(m.ID)
		return true
	}
	r.log.Warn("a reply was not delivered and is tried again", "message", m.ID, "error", err)
	r.postpone(m.ID, now, err)
	return false
}

func (r *replies) due(id string) time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.later[id]
}

func (r *replies) settled(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.later, id)
	delete(r.tries, id)
}

// postpone waits twice as long each time, or as long as the provider says.
func (r *replies) postpone(id string, now time.Time, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	const first, longest = time.Second, time.Minute
	wait := min(first<<min(r.tries[id], 6), longest)
	var told *temporal.ApplicationError
	if errors.As(err, &told) {
		wait = max(wait, told.NextRetryDelay())
	}
	r.tries[id]++
	r.later[id] = now.Add(wait)
}
