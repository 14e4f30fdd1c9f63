package api

import (
	"context"
	"net/http"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
)

// postTyping tells the team that the visitor is typing. The widget says so every few seconds; more often is left out.
func (l *liveChat) postTyping(call liveCall) error {
	if l.limits.typing.check(call.visitor.ID) != nil {
		return call.NoContent(http.StatusNoContent)
	}
	return l.inChat(call, func(ctx context.Context, tx *db.Tx, chat crm.Chat) error {
		return tx.Typing(ctx, crm.Actor{Kind: crm.ByClient, ID: chat.ContactID}, chat)
	})
}

type liveRead struct {
	Seq int64 `json:"seq"`
}

// postRead notes up to which message the visitor has read. It can't be ahead of what there is to read.
func (l *liveChat) postRead(call liveCall) error {
	var body liveRead
	if err := decodeBody(call.Request(), &body); err != nil {
		return err
	}
	if body.Seq < 1 {
		return crm.FieldError("seq", "the number of a message")
	}
	return l.inChat(call, func(ctx context.Context, tx *db.Tx, chat crm.Chat) error {
		last, err := tx.LastSeq(ctx, chat.ID)
		if err != nil {
			return err
		}
		return tx.ClientRead(ctx, chat, min(body.Seq, last))
	})
}

type liveVideo struct {
	MessageID string `json:"message_id"`
	// Event is opened or closed.
	Event string `json:"event"`
}

// postVideo tells the run that sent a video that the visitor opened or closed it.
func (l *liveChat) postVideo(call liveCall) error {
	var body liveVideo
	if err := decodeBody(call.Request(), &body); err != nil {
		return err
	}
	kinds := map[string]bot.ReceiptKind{"opened": bot.ReceiptVideoOpened, "closed": bot.ReceiptVideoClosed}
	kind, ok := kinds[body.Event]
	if !ok {
		return crm.FieldError("event", "opened or closed")
	}
	if body.MessageID == "" {
		return crm.FieldError("message_id", "the id of the message with the video")
	}
	return l.inChat(call, func(ctx context.Context, tx *db.Tx, chat crm.Chat) error {
		return tx.VideoSeen(ctx, chat, body.MessageID, kind)
	})
}

// inChat makes a change in the visitor's chat and answers 204, also if there is no chat yet: then there is nothing that
// could have been read or typed into.
func (l *liveChat) inChat(call liveCall, do func(context.Context, *db.Tx, crm.Chat) error) error {
	ctx := call.Request().Context()
	chat, err := l.Store.VisitorChat(ctx, call.channel.ID, call.visitor.ID)
	if err != nil {
		return err
	}
	if chat != nil {
		err := l.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) error { return do(ctx, tx, *chat) })
		if err != nil {
			return err
		}
	}
	return call.NoContent(http.StatusNoContent)
}
