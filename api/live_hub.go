package api

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"salesbot/crm"
	"salesbot/db"
)

// maxStreams is how many streams one visitor may hold open: a tab has one.
const maxStreams = 10

// liveHub tells open streams that there is news of their chat. One goroutine follows the events for all of them, while
// there are any; a stream then reads for itself what is new, by the number of the last message that it has sent.
type liveHub struct {
	store *db.Store
	log   *slog.Logger

	mu      sync.Mutex
	streams map[visitorKey]map[*liveSub]bool
	// chats says whose chat it is, for those that have a stream.
	chats   map[string]visitorKey
	running bool
}

// visitorKey names a visitor also before they have a chat.
type visitorKey struct {
	channelID int64
	visitorID string
}

// liveSub is one open stream. wake says that there is something to read; typing carries who is typing.
type liveSub struct {
	wake   chan struct{}
	typing chan db.ChatNews
	last   int64
}

func newLiveHub(store *db.Store, log *slog.Logger) *liveHub {
	return &liveHub{store: store, log: log, streams: map[visitorKey]map[*liveSub]bool{}, chats: map[string]visitorKey{}}
}

// subscribe opens a stream; the function that comes with it ends it.
func (h *liveHub) subscribe(key visitorKey) (*liveSub, func(), error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.streams[key]) >= maxStreams {
		return nil, nil, &tooMany{after: 30 * time.Second, text: "Too many open streams of one visitor"}
	}
	if h.streams[key] == nil {
		h.streams[key] = map[*liveSub]bool{}
	}
	sub := &liveSub{wake: make(chan struct{}, 1), typing: make(chan db.ChatNews, 1)}
	h.streams[key][sub] = true
	if !h.running {
		h.running = true
		go h.follow()
	}
	return sub, func() { h.unsubscribe(key, sub) }, nil
}

func (h *liveHub) unsubscribe(key visitorKey, sub *liveSub) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.streams[key], sub)
	if len(h.streams[key]) > 0 {
		return
	}
	delete(h.streams, key)
	for chatID, owner := range h.chats {
		if owner == key {
			delete(h.chats, chatID)
		}
	}
}

// learn says whose chat it is. Who has a stream open from before their first message hears of the chat by this.
func (h *liveHub) learn(key visitorKey, chatID string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.streams[key] == nil || h.chats[chatID] == key {
		return
	}
	h.chats[chatID] = key
	h.wake(key)
}

// follow runs while there are streams. Commits of this process wake it; those of other processes on the same
// PostgreSQL are looked for.
func (h *liveHub) follow() {
	commits, stop := h.store.Watch()
	defer stop()
	look, sweep := time.NewTicker(500*time.Millisecond), time.NewTicker(2*time.Second)
	defer look.Stop()
	defer sweep.Stop()
	at := int64(-1)
	for {
		next, err := h.news(at)
		if err != nil {
			h.log.Warn("news of live chats can't be read", "error", err)
		}
		if at < 0 {
			h.wakeAll() // what was committed before the place was known
		}
		at = next
		select {
		case <-commits:
		case <-look.C:
		case <-sweep.C:
			if h.store.Postgres() {
				h.wakeAll() // events that became visible after later ones
			}
		}
		if h.idle() {
			return
		}
	}
}

// idle ends the following when nobody listens any more.
func (h *liveHub) idle() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.running = len(h.streams) > 0
	return !h.running
}

func (h *liveHub) news(after int64) (int64, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	for {
		news, next, err := h.store.ChatNewsAfter(ctx, after)
		if err != nil {
			return after, err
		}
		for _, item := range news {
			if item.ChatID != "" {
				h.tell(ctx, item)
			}
		}
		if len(news) == 0 || next == after || after < 0 {
			return next, nil
		}
		after = next
	}
}

func (h *liveHub) tell(ctx context.Context, item db.ChatNews) {
	h.mu.Lock()
	key, known := h.chats[item.ChatID]
	h.mu.Unlock()
	if !known {
		if item.Type == crm.TalkCreated {
			h.born(ctx, item.ChatID)
		}
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if item.Type != crm.TeamTyping {
		h.wake(key)
		return
	}
	for sub := range h.streams[key] {
		if item.ID <= sub.last {
			continue
		}
		sub.last = item.ID
		select {
		case sub.typing <- item:
		default:
		}
	}
}

// born finds out whose the new chat is: another process may have taken the message of a visitor whose stream is here.
func (h *liveHub) born(ctx context.Context, chatID string) {
	chat, err := h.store.Chat(ctx, chatID)
	if err != nil {
		h.log.Warn("a new chat can't be read", "chat", chatID, "error", err)
		return
	}
	h.learn(visitorKey{chat.ChannelID, chat.ExternalID}, chatID)
}

// wake needs the lock.
func (h *liveHub) wake(key visitorKey) {
	for sub := range h.streams[key] {
		select {
		case sub.wake <- struct{}{}:
		default:
		}
	}
}

func (h *liveHub) wakeAll() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for key := range h.streams {
		h.wake(key)
	}
}
