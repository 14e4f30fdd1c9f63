package api

import (
	"context"
	"net/http"
	"strconv"

	"salesbot/crm"
	"salesbot/db"
)

func (s *Server) messageRoutes() {
	register(s, Operation{ID: "listMessages", Method: http.MethodGet, Path: "/api/v4/chats/{id}/messages", Tag: chatsTag, Role: crm.Manager, Summary: "List a chat's messages",
		Description: "Oldest first: the newest page, or the one that ends before or begins after a message, named by its id or its seq."}, s.listMessages)
	register(s, Operation{ID: "sendMessage", Method: http.MethodPost, Repeat: Keyed, Path: "/api/v4/chats/{id}/messages", Tag: chatsTag, Role: crm.Manager, Status: http.StatusCreated,
		Summary: "Write to a client", Description: "A repeated client_id is the same message. Bots in the chat stop or pause as they are set to."}, s.sendMessage)
}

type messageJSON struct {
	ID        string        `json:"id"`
	Seq       int64         `json:"seq"`
	ChatID    string        `json:"chat_id"`
	TalkID    int64         `json:"talk_id"`
	ClientID  string        `json:"client_id"`
	Direction crm.Direction `json:"direction"`
	Author    authorJSON    `json:"author"`
	Text      string        `json:"text"`
	Buttons   []crm.Button  `json:"buttons"`
	// SpentAt is when the quick replies among the buttons lost their meaning: the bot no longer waits for the answer. Null
	// while they may be tapped, and where there are none.
	SpentAt *int64 `json:"spent_at"`
	// Chosen is the id of the quick reply by which the bot went on; empty if it went on otherwise.
	Chosen      string     `json:"chosen"`
	Attachments []crm.File `json:"attachments"`
	// Button is what the client tapped.
	Button    string            `json:"button"`
	Status    crm.MessageStatus `json:"status"`
	ErrorCode string            `json:"error_code"`
	Error     string            `json:"error"`
	RunID     int64             `json:"run_id"`
	CreatedAt int64             `json:"created_at"`
	UpdatedAt int64             `json:"updated_at"`
}

// authorJSON: the id is a user's, a contact's, or a run's for a bot.
type authorJSON struct {
	Kind crm.ActorKind `json:"kind"`
	ID   int64         `json:"id"`
	Name string        `json:"name"`
}

type messagesEmbedded struct {
	Messages []messageJSON `json:"messages"`
}

// authors are the names of those who wrote some messages.
type authors struct {
	users, bots map[int64]string
	client      string
}

func (s *Server) authorsOf(ctx context.Context, chat crm.Chat, messages []crm.Message) (authors, error) {
	var users, runs []int64
	for _, m := range messages {
		switch m.AuthorKind { //nolint:exhaustive // the system has no name, the client has the chat's
		case crm.ByUser:
			users = append(users, m.AuthorID)
		case crm.ByBot:
			runs = append(runs, m.AuthorID)
		}
	}
	names := authors{client: chat.Profile.Name}
	var err error
	if names.users, err = s.Store.UserNames(ctx, users); err != nil {
		return names, err
	}
	names.bots, err = s.Store.RunBots(ctx, runs)
	return names, err
}

func (a authors) of(m crm.Message) authorJSON {
	author := authorJSON{Kind: m.AuthorKind, ID: m.AuthorID}
	switch m.AuthorKind { //nolint:exhaustive // the system has no name
	case crm.ByUser:
		author.Name = a.users[m.AuthorID]
	case crm.ByBot:
		author.Name = a.bots[m.AuthorID]
	case crm.ByClient:
		author.Name = a.client
	}
	return author
}

func (s *Server) showMessages(ctx context.Context, chat crm.Chat, messages []crm.Message) ([]messageJSON, error) {
	names, err := s.authorsOf(ctx, chat, messages)
	if err != nil {
		return nil, err
	}
	return showAll(ctx, messages, func(ctx context.Context, m crm.Message) messageJSON {
		return messageJSON{ID: m.ID, Seq: m.Seq, ChatID: m.ChatID, TalkID: m.TalkID, ClientID: m.ClientID, Direction: m.Direction, Author: names.of(m), Text: m.Text,
			Buttons: append([]crm.Button{}, m.Buttons...), SpentAt: unixOrNil(m.SpentAt), Chosen: m.Chosen, Attachments: s.showFiles(ctx, m.Files), Button: m.Button, Status: m.Status, ErrorCode: m.ErrorCode,
			Error: m.Error, RunID: m.RunID, CreatedAt: unix(m.CreatedAt), UpdatedAt: unix(m.UpdatedAt)}
	}), nil
}

type listMessagesParams struct {
	byUUID

	Before string `query:"before"`
	After  string `query:"after"`
	Limit  int    `query:"limit" minimum:"1" maximum:"250"`
}

func (s *Server) listMessages(ctx context.Context, p listMessagesParams, _ None) (Collection[messagesEmbedded], error) {
	none := Collection[messagesEmbedded]{}
	if p.Limit == 0 {
		p.Limit = db.DefaultPage
	}
	if p.Limit < 0 || p.Limit > db.MaxPage {
		return none, crm.FieldError("limit", "must be 1 to %d", db.MaxPage)
	}
	chat, err := s.Store.Chat(ctx, p.ID)
	if err != nil {
		return none, err
	}
	messages, err := s.messagePage(ctx, p)
	if err != nil {
		return none, err
	}
	shown, err := s.showMessages(ctx, chat, messages)
	return whole(ctx, len(shown), messagesEmbedded{Messages: shown}), err
}

func (s *Server) messagePage(ctx context.Context, p listMessagesParams) ([]crm.Message, error) {
	if p.After != "" {
		seq, err := s.seqOf(ctx, p.ID, "after", p.After)
		if err != nil {
			return nil, err
		}
		return s.Store.MessagesAfter(ctx, p.ID, seq, int64(p.Limit))
	}
	seq, err := s.seqOf(ctx, p.ID, "before", p.Before)
	if err != nil {
		return nil, err
	}
	return s.Store.MessagesBefore(ctx, p.ID, seq, int64(p.Limit))
}

// seqOf reads a place in a chat: a seq, or a message's id.
func (s *Server) seqOf(ctx context.Context, chatID, field, value string) (int64, error) {
	if value == "" {
		return 0, nil
	}
	if seq, err := strconv.ParseInt(value, 10, 64); err == nil {
		return seq, nil
	}
	seq, err := s.Store.MessageSeq(ctx, chatID, value)
	if crm.CodeOf(err) == crm.NotFound {
		return 0, crm.FieldError(field, "the chat has no message %s", value)
	}
	return seq, err
}

type newMessage struct {
	// ClientID is made by the caller; a repeated one is the same message.
	ClientID    string     `json:"client_id,omitempty"`
	Text        string     `json:"text,omitempty"`
	Attachments []crm.File `json:"attachments,omitempty"`
}

func (s *Server) sendMessage(ctx context.Context, p byUUID, body newMessage) (messageJSON, error) {
	return s.write(ctx, db.ManagerMessage{ChatID: p.ID, ClientID: body.ClientID, Text: body.Text, Files: body.Attachments})
}

func (s *Server) write(ctx context.Context, out db.ManagerMessage) (messageJSON, error) {
	var m crm.Message
	err := s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		m, err = tx.WriteAsManager(ctx, actorOf(ctx), out, s.local)
		return err
	})
	if err != nil {
		return messageJSON{}, err
	}
	shown, err := s.showMessages(ctx, crm.Chat{}, []crm.Message{m})
	if err != nil {
		return messageJSON{}, err
	}
	return shown[0], nil
}
