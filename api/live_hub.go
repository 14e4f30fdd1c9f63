package api

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
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
	tail  *db.Tail
	log   *slog.Logger

	mu       sync.Mutex
	visitors map[visitorKey]*liveVisitor
	// chats says whose chat it is, for those that have a stream.
	chats map[string]visitorKey
	stop  context.CancelFunc
	// begun is closed when the goroutine follows, or has failed to for the first time.
	begun chan struct{}
}

// visitorKey names a visitor also before they have a chat.
type visitorKey struct {
	channelID int64
	visitorID string
}

// liveVisitor is a visitor with open streams. chatID is empty until a message has made the chat.
type liveVisitor struct {
	chatID  string
	streams map[*liveSub]bool
}

// liveSub is one open stream. wake says that there is something to read; events are those that reading by numbers would
// not show: who is typing, and that an older message has changed. missed says that such events may have been lost.
type liveSub struct {
	begun  <-chan struct{}
	wake   chan struct{}
	events chan crm.Event
	missed atomic.Bool
}

// liveBuffer is how many such events a stream may lag behind; what does not fit it has missed, and looks up.
const liveBuffer = 64

func newLiveHub(s *Server) *liveHub {
	return &liveHub{store: s.Store, tail: s.tail, log: s.Log, visitors: map[visitorKey]*liveVisitor{}, chats: map[string]visitorKey{}}
}

// subscribe opens a stream; the function that comes with it ends it.
func (h *liveHub) subscribe(key visitorKey) (*liveSub, func(), error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.visitors) == 0 {
		var ctx context.Context
		ctx, h.stop = context.WithCancel(context.Background())
		begun := make(chan struct{})
		h.begun = begun
		go h.follow(ctx, sync.OnceFunc(func() { close(begun) }))
	}
	visitor := h.visitors[key]
	if visitor == nil {
		visitor = &liveVisitor{streams: map[*liveSub]bool{}}
		h.visitors[key] = visitor
	}
	if len(visitor.streams) >= maxStreams {
		return nil, nil, &tooMany{after: 30 * time.Second, text: "Too many open streams of one visitor"}
	}
	sub := &liveSub{begun: h.begun, wake: make(chan struct{}, 1), events: make(chan crm.Event, liveBuffer)}
	visitor.streams[sub] = true
	return sub, func() { h.unsubscribe(key, sub) }, nil
}

func (h *liveHub) unsubscribe(key visitorKey, sub *liveSub) {
	h.mu.Lock()
	defer h.mu.Unlock()
	visitor := h.visitors[key]
	delete(visitor.streams, sub)
	if len(visitor.streams) > 0 {
		return
	}
	delete(h.visitors, key)
	delete(h.chats, visitor.chatID)
	if len(h.visitors) == 0 {
		h.stop()
	}
}

// learn says whose chat it is. Who has a stream open from before their first message hears of the chat by this.
func (h *liveHub) learn(key visitorKey, chatID string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	visitor := h.visitors[key]
	if visitor == nil || visitor.chatID == chatID {
		return
	}
	visitor.chatID = chatID
	h.chats[chatID] = key
	h.wake(visitor)
}

// follow runs while there are streams. When it was too slow for the events, or can't have them, it begins again; every
// beginning wakes all streams, because nobody knows what was missed.
func (h *liveHub) follow(ctx context.Context, begun func()) {
	defer begun()
	for ctx.Err() == nil {
		err := h.followOnce(ctx, begun)
		begun()
		if err != nil && ctx.Err() == nil {
			h.log.Warn("live chats can't be followed for the moment", "error", err)
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		}
	}
}

func (h *liveHub) followOnce(ctx context.Context, begun func()) error {
	events, leave, err := h.tail.Follow(ctx)
	if err != nil {
		return err
	}
	defer leave()
	begun()
	h.wakeAll()
	for {
		select {
		case <-ctx.Done():
			return nil
		case event, ok := <-events:
			if !ok {
				return nil
			}
			if event.ChatID != "" {
				h.tell(ctx, event)
			}
		}
	}
}

func (h *liveHub) tell(ctx context.Context, event crm.Event) {
	if !h.pass(event) && event.Type == crm.TalkCreated {
		h.born(ctx, event.ChatID)
	}
}

// pass gives the event to the streams of its chat; false if there are none.
func (h *liveHub) pass(event crm.Event) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	key, known := h.chats[event.ChatID]
	if !known {
		return false
	}
	if event.Type == crm.RunChanged {
		return true // what a bot is about is nothing to show
	}
	if event.Type != crm.TeamTyping && event.Type != crm.MessageStatusChanged && event.Type != crm.MessageSpent {
		h.wake(h.visitors[key])
		return true
	}
	for sub := range h.visitors[key].streams {
		select {
		case sub.events <- event:
		default:
			sub.missed.Store(true)
			sub.rouse()
		}
	}
	return true
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
func (h *liveHub) wake(visitor *liveVisitor) {
	for sub := range visitor.streams {
		sub.rouse()
	}
}

func (s *liveSub) rouse() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (h *liveHub) wakeAll() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, visitor := range h.visitors {
		for sub := range visitor.streams {
			sub.missed.Store(true)
			sub.rouse()
		}
	}
}
