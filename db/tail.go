package db

import (
	"context"
	"sync"
	"time"

	"salesbot/crm"
)

// tailBuffer is how many events a follower may lag behind before it is cut off.
const tailBuffer = 1024

// Tail shows new events to whoever follows, from the moment on at which they begin; it keeps nothing. It reads only
// while somebody follows.
type Tail struct {
	store *Store

	mu        sync.Mutex
	followers map[chan crm.Event]bool
	stop      context.CancelFunc
}

// NewTail makes a tail of the store's events.
func (s *Store) NewTail() *Tail { return &Tail{store: s, followers: map[chan crm.Event]bool{}} }

// Follow returns a channel of all events that are committed from now on, and a function that ends it. On PostgreSQL a
// few that were committed just before may come, too. The channel is closed when its reader is too slow: what it missed
// it has to look up.
func (t *Tail) Follow(ctx context.Context) (<-chan crm.Event, func(), error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.followers) == 0 {
		end, err := t.store.EventsEnd(ctx)
		if err != nil {
			return nil, nil, err
		}
		running, stop := context.WithCancel(context.Background())
		t.stop = stop
		go t.run(running, end)
	}
	follower := make(chan crm.Event, tailBuffer)
	t.followers[follower] = true
	return follower, func() { t.leave(follower) }, nil
}

func (t *Tail) leave(follower chan crm.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.drop(follower)
}

// drop ends a follower; the caller holds the lock.
func (t *Tail) drop(follower chan crm.Event) {
	if !t.followers[follower] {
		return
	}
	delete(t.followers, follower)
	close(follower)
	if len(t.followers) == 0 {
		t.stop()
	}
}

func (t *Tail) run(ctx context.Context, cursor EventCursor) {
	news, stop := t.store.Watch()
	defer stop()
	poll := time.NewTicker(t.store.pollEvery())
	defer poll.Stop()
	for {
		events, err := t.store.EventsAfter(ctx, cursor, tailBuffer/2)
		switch {
		case err != nil && ctx.Err() == nil:
			t.store.log.Warn("events can't be followed for the moment", "error", err)
		case len(events) > 0:
			cursor = cursor.After(events[len(events)-1])
			t.show(ctx, events)
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-news:
		case <-poll.C:
		}
	}
}

// show gives the events to all followers. One that lags is cut off rather than waited for. A run that was stopped shows
// nothing more: another one may have begun.
func (t *Tail) show(ctx context.Context, events []crm.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if ctx.Err() != nil {
		return
	}
	for follower := range t.followers {
		for _, event := range events {
			select {
			case follower <- event:
				continue
			default:
			}
			t.drop(follower)
			break
		}
	}
}
