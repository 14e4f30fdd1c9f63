package api

import (
	"context"
	"net/http"

	"salesbot/crm"
	"salesbot/db"
)

const chatsTag = "Chats"

func (s *Server) chatRoutes() {
	register(s, Operation{ID: "listChats", Method: http.MethodGet, Path: "/api/v4/chats", Tag: chatsTag, Role: crm.Manager, Summary: "List chats",
		Description: "The most recently used first."}, s.listChats)
	register(s, Operation{ID: "countUnread", Method: http.MethodGet, Path: "/api/v4/chats/unread", Tag: chatsTag, Role: crm.Manager, Summary: "Count unread messages",
		Description: "Of the clients' messages, in all chats."}, s.countUnread)
	register(s, Operation{ID: "getChat", Method: http.MethodGet, Path: "/api/v4/chats/{id}", Tag: chatsTag, Role: crm.Manager, Summary: "Get a chat"}, s.getChat)
	register(s, Operation{ID: "readChat", Method: http.MethodPatch, Path: "/api/v4/chats/{id}", Tag: chatsTag, Role: crm.Manager, Summary: "Mark a chat as read",
		Description: "Up to read_seq, or all of it with is_read."}, s.readChat)
	register(s, Operation{ID: "typeInChat", Method: http.MethodPost, Repeat: Harmless, Path: "/api/v4/chats/{id}/typing", Tag: chatsTag, Role: crm.Manager, Summary: "Show the client that you are typing"}, s.typeInChat)
}

type chatJSON struct {
	ID            string      `json:"id"`
	ChannelID     int64       `json:"channel_id"`
	ChannelKind   string      `json:"channel_kind"`
	ChannelName   string      `json:"channel_name"`
	ContactID     int64       `json:"contact_id"`
	LeadID        int64       `json:"lead_id"`
	Profile       crm.Profile `json:"profile"`
	TakenOverBy   int64       `json:"taken_over_by"`
	Blocked       bool        `json:"blocked"`
	ClientReadSeq int64       `json:"client_read_seq"`
	TeamReadSeq   int64       `json:"team_read_seq"`
	UnreadCount   int64       `json:"unread_count"`
	LastMessageAt *int64      `json:"last_message_at"`
	CreatedAt     int64       `json:"created_at"`
	UpdatedAt     int64       `json:"updated_at"`
	Links         Links       `json:"_links"`
}

type chatsEmbedded struct {
	Chats []chatJSON `json:"chats"`
}

// byUUID is the parameter of what is known by a UUID.
type byUUID struct {
	ID string `path:"id"`
}

// showChats adds to chats their channels and how many messages wait to be read.
func (s *Server) showChats(ctx context.Context, chats []crm.Chat) ([]chatJSON, error) {
	ids, channelIDs := make([]string, len(chats)), make([]int64, len(chats))
	for i, c := range chats {
		ids[i], channelIDs[i] = c.ID, c.ChannelID
	}
	channels, err := s.Store.ChannelsByID(ctx, channelIDs)
	if err != nil {
		return nil, err
	}
	unread, err := s.Store.Unread(ctx, ids)
	if err != nil {
		return nil, err
	}
	return showAll(ctx, chats, func(ctx context.Context, c crm.Chat) chatJSON {
		channel := channels[c.ChannelID]
		return chatJSON{ID: c.ID, ChannelID: c.ChannelID, ChannelKind: channel.Kind, ChannelName: channel.Name, ContactID: c.ContactID, LeadID: c.LeadID,
			Profile: c.Profile, TakenOverBy: c.TakenOverBy, Blocked: c.Blocked, ClientReadSeq: c.ClientReadSeq, TeamReadSeq: c.TeamReadSeq,
			UnreadCount: unread[c.ID], LastMessageAt: unixOrNil(c.LastMessageAt), CreatedAt: unix(c.CreatedAt), UpdatedAt: unix(c.UpdatedAt),
			Links: selfLink(ctx, "/chats/"+c.ID)}
	}), nil
}

type listChatsParams struct {
	Paging

	LeadIDs    []int64 `query:"filter[lead_id][]"`
	ContactIDs []int64 `query:"filter[contact_id][]"`
	ChannelIDs []int64 `query:"filter[channel_id][]"`
}

func (s *Server) listChats(ctx context.Context, p listChatsParams, _ None) (Collection[chatsEmbedded], error) {
	list, next, err := s.Store.Chats(ctx, db.ChatFilter{LeadIDs: p.LeadIDs, ContactIDs: p.ContactIDs, ChannelIDs: p.ChannelIDs}, p.store())
	if err != nil {
		return Collection[chatsEmbedded]{}, err
	}
	shown, err := s.showChats(ctx, list)
	return collection(ctx, p.Paging, len(shown), next, chatsEmbedded{Chats: shown}), err
}

func (s *Server) showChat(ctx context.Context, chat crm.Chat) (chatJSON, error) {
	shown, err := s.showChats(ctx, []crm.Chat{chat})
	if err != nil {
		return chatJSON{}, err
	}
	return shown[0], nil
}

func (s *Server) getChat(ctx context.Context, p byUUID, _ None) (chatJSON, error) {
	chat, err := s.Store.Chat(ctx, p.ID)
	if err != nil {
		return chatJSON{}, err
	}
	return s.showChat(ctx, chat)
}

type unreadJSON struct {
	UnreadCount int64 `json:"unread_count"`
}

func (s *Server) countUnread(ctx context.Context, _ None, _ None) (unreadJSON, error) {
	count, err := s.Store.UnreadCount(ctx)
	return unreadJSON{UnreadCount: count}, err
}

type chatPatch struct {
	ReadSeq int64 `json:"read_seq,omitempty"`
	IsRead  bool  `json:"is_read,omitempty"`
}

func (s *Server) readChat(ctx context.Context, p byUUID, body chatPatch) (chatJSON, error) {
	if !body.IsRead && body.ReadSeq <= 0 {
		return chatJSON{}, crm.FieldError("read_seq", "say up to which message's seq, or is_read for all")
	}
	if body.IsRead {
		body.ReadSeq = 0
	}
	var chat crm.Chat
	err := s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		chat, err = tx.TeamRead(ctx, actorOf(ctx), p.ID, body.ReadSeq)
		return err
	})
	if err != nil {
		return chatJSON{}, err
	}
	return s.showChat(ctx, chat)
}

func (s *Server) typeInChat(ctx context.Context, p byUUID, _ None) (None, error) {
	chat, err := s.Store.Chat(ctx, p.ID)
	if err != nil {
		return None{}, err
	}
	actor := crm.Actor{Kind: crm.ByUser, ID: callerOf(ctx).UserID}
	return None{}, s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) error { return tx.Typing(ctx, actor, chat) })
}
