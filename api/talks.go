package api

import (
	"context"
	"fmt"
	"net/http"

	"salesbot/crm"
	"salesbot/db"
)

func (s *Server) talkRoutes() {
	const tag = "Talks"
	register(s, Operation{ID: "listTalks", Method: http.MethodGet, Path: "/api/v4/talks", Tag: tag, Role: crm.Manager, Summary: "List talks", Description: "Newest first."}, s.listTalks)
	register(s, Operation{ID: "getTalk", Method: http.MethodGet, Path: "/api/v4/talks/{id}", Tag: tag, Role: crm.Manager, Summary: "Get a talk"}, s.getTalk)
	register(s, Operation{ID: "closeTalk", Method: http.MethodPost, Repeat: Keyed, Path: "/api/v4/talks/{id}/close", Tag: tag, Role: crm.Manager, Status: http.StatusAccepted,
		Summary: "Close a talk", Description: "422 if it is closed already."}, s.closeTalk)
	register(s, Operation{ID: "listTalkMessages", Method: http.MethodGet, Path: "/api/v4/talks/{id}/messages", Tag: tag, Role: crm.Manager, Summary: "List a talk's messages",
		Description: "Oldest first."}, s.listTalkMessages)
	register(s, Operation{ID: "sendTalkMessage", Method: http.MethodPost, Repeat: Keyed, Path: "/api/v4/talks/{id}/send_message", Tag: tag, Role: crm.Manager, Status: http.StatusAccepted,
		Summary: "Write to the client of a talk", Description: "422 if the talk is closed."}, s.sendTalkMessage)
}

type talkJSON struct {
	TalkID     int64          `json:"talk_id"`
	ChatID     string         `json:"chat_id"`
	ContactID  int64          `json:"contact_id"`
	EntityID   int64          `json:"entity_id"`
	EntityType string         `json:"entity_type"`
	Status     crm.TalkStatus `json:"status"`
	IsInWork   bool           `json:"is_in_work"`
	IsRead     bool           `json:"is_read"`
	IsAnswered bool           `json:"is_answered"`
	Origin     string         `json:"origin"`
	AccountID  int64          `json:"account_id"`
	CreatedAt  int64          `json:"created_at"`
	UpdatedAt  int64          `json:"updated_at"`
	ClosedAt   *int64         `json:"closed_at"`
	Links      Links          `json:"_links"`
}

type talksEmbedded struct {
	Talks []talkJSON `json:"talks"`
}

func (s *Server) showTalks(ctx context.Context, talks []crm.Talk) ([]talkJSON, error) {
	ids := make([]string, len(talks))
	for i, t := range talks {
		ids[i] = t.ChatID
	}
	unread, err := s.Store.Unread(ctx, ids)
	if err != nil {
		return nil, err
	}
	kinds, err := s.Store.ChatKinds(ctx, ids)
	if err != nil {
		return nil, err
	}
	return showAll(ctx, talks, func(ctx context.Context, t crm.Talk) talkJSON {
		shown := talkJSON{TalkID: t.ID, ChatID: t.ChatID, ContactID: t.ContactID, Status: t.Status, IsInWork: t.Status != crm.TalkClosed, IsRead: unread[t.ChatID] == 0,
			IsAnswered: t.IsAnswered, Origin: kinds[t.ChatID], AccountID: accountID, CreatedAt: unix(t.CreatedAt), UpdatedAt: unix(t.UpdatedAt),
			ClosedAt: unixOrNil(t.ClosedAt), Links: selfLink(ctx, fmt.Sprintf("/talks/%d", t.ID))}
		if t.LeadID != 0 {
			shown.EntityID, shown.EntityType = t.LeadID, "lead"
		}
		return shown
	}), nil
}

type listTalksParams struct {
	Paging

	ContactIDs []int64 `query:"filter[contact_id][]"`
	LeadIDs    []int64 `query:"filter[lead_id][]"`
	ChatID     string  `query:"filter[chat_id]"`
	OnlyInWork bool    `query:"filter[only_in_work]"`
}

func (s *Server) listTalks(ctx context.Context, p listTalksParams, _ None) (Collection[talksEmbedded], error) {
	list, next, err := s.Store.Talks(ctx, db.TalkFilter{ContactIDs: p.ContactIDs, LeadIDs: p.LeadIDs, ChatID: p.ChatID, OnlyInWork: p.OnlyInWork}, p.store())
	if err != nil {
		return Collection[talksEmbedded]{}, err
	}
	shown, err := s.showTalks(ctx, list)
	return collection(ctx, p.Paging, len(shown), next, talksEmbedded{Talks: shown}), err
}

func (s *Server) showTalk(ctx context.Context, talk crm.Talk, err error) (talkJSON, error) {
	if err != nil {
		return talkJSON{}, err
	}
	shown, err := s.showTalks(ctx, []crm.Talk{talk})
	if err != nil {
		return talkJSON{}, err
	}
	return shown[0], nil
}

func (s *Server) getTalk(ctx context.Context, p byID, _ None) (talkJSON, error) {
	talk, err := s.Store.Talk(ctx, p.ID)
	return s.showTalk(ctx, talk, err)
}

func (s *Server) closeTalk(ctx context.Context, p byID, _ None) (talkJSON, error) {
	var talk crm.Talk
	err := s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		talk, err = tx.CloseTalk(ctx, actorOf(ctx), p.ID)
		return err
	})
	return s.showTalk(ctx, talk, err)
}

type talkMessagesParams struct {
	byID
	Paging

	From seconds `query:"filter[created_at][from]"`
	To   seconds `query:"filter[created_at][to]"`
}

func (s *Server) listTalkMessages(ctx context.Context, p talkMessagesParams, _ None) (Collection[messagesEmbedded], error) {
	none := Collection[messagesEmbedded]{}
	talk, err := s.Store.Talk(ctx, p.ID)
	if err != nil {
		return none, err
	}
	chat, err := s.Store.Chat(ctx, talk.ChatID)
	if err != nil {
		return none, err
	}
	list, next, err := s.Store.MessagesOfTalk(ctx, talk.ID, span(p.From, p.To), p.store())
	if err != nil {
		return none, err
	}
	shown, err := s.showMessages(ctx, chat, list)
	return collection(ctx, p.Paging, len(shown), next, messagesEmbedded{Messages: shown}), err
}

type talkMessage struct {
	Text string `json:"text"`
	// Attachment is a file's id.
	Attachment string `json:"attachment,omitempty"`
}

type sentJSON struct {
	ID string `json:"id"`
}

func (s *Server) sendTalkMessage(ctx context.Context, p byID, body talkMessage) (sentJSON, error) {
	talk, err := s.Store.Talk(ctx, p.ID)
	if err != nil {
		return sentJSON{}, err
	}
	if talk.Status == crm.TalkClosed {
		return sentJSON{}, crm.Errorf(crm.Unprocessable, "Talk is closed")
	}
	out := db.ManagerMessage{ChatID: talk.ChatID, Text: body.Text}
	if body.Attachment != "" {
		out.Files = []crm.File{{ID: body.Attachment}}
	}
	m, err := s.write(ctx, out)
	return sentJSON{ID: m.ID}, err
}
