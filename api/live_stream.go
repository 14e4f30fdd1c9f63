package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"salesbot/crm"
)

const (
	// liveBeat is how often a silent stream says that it lives; the widget gives up after two beats.
	liveBeat = 15 * time.Second
	// typingShown is how long the sign stays.
	typingShown = 6 * time.Second
	// changeOverlap is how far before the last look a stream looks for changes that it may have missed: longer than a
	// transaction takes from its time to its commit, and than a client from its catching up to its stream.
	changeOverlap = time.Minute
)

// liveStream is one open event stream.
type liveStream struct {
	*liveChat
	call liveCall
	out  sse
	// after is the number of the last message that was sent, read the team's mark that was.
	after, read int64
	// resumes says that the visitor knows the messages up to after, looked when the stream was last up to date.
	resumes bool
	looked  time.Time
}

// stream sends the visitor's news as server-sent events: message, typing and read. It begins after the message that
// ?after or Last-Event-ID names, or with what comes from now on. It subscribes before it reads, and reads by the
// messages' numbers, so that nothing falls between catching up and listening.
func (l *liveChat) stream(call liveCall) error {
	s := &liveStream{liveChat: l, call: call, out: sse{w: call.Response(), control: http.NewResponseController(call.Response())}}
	if err := s.begin(); err != nil {
		return err
	}
	sub, end, err := l.hub.subscribe(call.key())
	if err != nil {
		return err
	}
	defer end()
	header := call.Response().Header()
	header.Set("Content-Type", "text/event-stream")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Accel-Buffering", "no") // nginx would hold events back
	call.Response().WriteHeader(http.StatusOK)
	select {
	case <-sub.begun:
		s.follow(sub)
	case <-call.Request().Context().Done():
	}
	return nil
}

// begin finds out where the stream starts.
func (s *liveStream) begin() error {
	from := s.call.Request().Header.Get("Last-Event-ID")
	if from == "" {
		from = s.call.QueryParam("after")
	}
	if from == "" {
		return s.fromNow()
	}
	n, err := strconv.ParseInt(from, 10, 64)
	if err != nil || n < 0 {
		return crm.FieldError("after", "expected the number of a message, got %q", from)
	}
	s.after, s.resumes = n, true
	return nil
}

func (s *liveStream) fromNow() error {
	ctx := s.call.Request().Context()
	chat, err := s.Store.VisitorChat(ctx, s.call.channel.ID, s.call.visitor.ID)
	if err != nil || chat == nil {
		return err
	}
	newest, err := s.Store.MessagesBefore(ctx, chat.ID, 0, 1)
	if len(newest) > 0 {
		s.after = newest[0].Seq
	}
	return err
}

// follow ends when the visitor goes, when the server stops, or when the database fails: the widget then comes again.
func (s *liveStream) follow(sub *liveSub) {
	ctx := s.call.Request().Context()
	beat := time.NewTicker(liveBeat)
	defer beat.Stop()
	s.looked = s.Store.Now()
	if s.resumes {
		sub.missed.Store(true)
	}
	err := s.catchUp(ctx, sub)
	if err == nil {
		// Only now: whoever has heard it misses nothing from here on, not even who is typing.
		err = s.out.write(": hello\n\n")
	}
	for err == nil {
		select {
		case <-sub.wake:
			err = s.catchUp(ctx, sub)
		case event := <-sub.events:
			err = s.pass(ctx, event)
		case <-beat.C:
			err = s.out.write(": beat\n\n")
		case <-ctx.Done():
			return
		case <-s.closing:
			return
		}
	}
}

// catchUp sends the messages, the changes of known ones, and the read mark that the visitor has not got.
func (s *liveStream) catchUp(ctx context.Context, sub *liveSub) error {
	chat, err := s.Store.VisitorChat(ctx, s.call.channel.ID, s.call.visitor.ID)
	if err != nil || chat == nil {
		return err
	}
	s.hub.learn(s.call.key(), chat.ID)
	if sub.missed.Swap(false) {
		if err := s.changes(ctx, *chat); err != nil {
			return err
		}
	}
	for {
		messages, err := s.Store.MessagesAfter(ctx, chat.ID, s.after, livePage)
		if err != nil {
			return err
		}
		if err := s.messages(ctx, *chat, messages); err != nil {
			return err
		}
		if len(messages) < livePage {
			break
		}
	}
	if chat.TeamReadSeq <= s.read {
		return nil
	}
	s.read = chat.TeamReadSeq
	return s.send("", "read", map[string]int64{"seq": s.read})
}

// changes sends those of the newest messages again that have changed while the stream may not have heard of it.
func (s *liveStream) changes(ctx context.Context, chat crm.Chat) error {
	since := s.looked.Add(-changeOverlap)
	s.looked = s.Store.Now()
	known, err := s.Store.MessagesBefore(ctx, chat.ID, s.after+1, livePage)
	if err != nil {
		return err
	}
	changed := slices.DeleteFunc(known, func(m crm.Message) bool { return !m.UpdatedAt.After(m.CreatedAt) || m.UpdatedAt.Before(since) })
	shown, err := s.show(ctx, s.call, chat, changed)
	if err != nil {
		return err
	}
	for _, message := range shown {
		if err := s.send("", "message", message); err != nil {
			return err
		}
	}
	return nil
}

func (s *liveStream) messages(ctx context.Context, chat crm.Chat, messages []crm.Message) error {
	shown, err := s.show(ctx, s.call, chat, messages)
	if err != nil {
		return err
	}
	for _, message := range shown {
		if err := s.send(strconv.FormatInt(message.Seq, 10), "message", message); err != nil {
			return err
		}
		s.after = message.Seq
	}
	return nil
}

// pass sends an event of which the numbers of messages tell nothing.
func (s *liveStream) pass(ctx context.Context, event crm.Event) error {
	if event.Type == crm.TeamTyping {
		return s.typing(ctx, event)
	}
	return s.changed(ctx, event)
}

// changed sends a message again that the visitor has got already. It has no id, so that Last-Event-ID never goes back.
func (s *liveStream) changed(ctx context.Context, event crm.Event) error {
	if event.EntityID > s.after {
		return nil
	}
	chat, err := s.Store.VisitorChat(ctx, s.call.channel.ID, s.call.visitor.ID)
	if err != nil || chat == nil {
		return err
	}
	messages, err := s.Store.MessagesAfter(ctx, chat.ID, event.EntityID-1, 1)
	if err != nil || len(messages) == 0 {
		return err
	}
	shown, err := s.show(ctx, s.call, *chat, messages)
	if err != nil {
		return err
	}
	return s.send("", "message", shown[0])
}

type liveTyping struct {
	From    string `json:"from"`
	Name    string `json:"name"`
	UntilMS int64  `json:"until_ms"`
}

func (s *liveStream) typing(ctx context.Context, event crm.Event) error {
	name, err := s.authorName(ctx, s.call, event.ActorKind, event.ActorID, map[int64]string{})
	if err != nil {
		return err
	}
	return s.send("", "typing", liveTyping{From: liveFrom(event.ActorKind), Name: name, UntilMS: time.Now().Add(typingShown).UnixMilli()})
}

// send writes one event; messages carry their number as the event's id, from which a browser resumes.
func (s *liveStream) send(id, event string, data any) error {
	body, err := json.Marshal(data)
	if err != nil {
		return err
	}
	if id != "" {
		id = "id: " + id + "\n"
	}
	return s.out.write(fmt.Sprintf("%sevent: %s\ndata: %s\n\n", id, event, body))
}
