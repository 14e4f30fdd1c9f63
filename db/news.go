package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"salesbot/bot"
	"salesbot/crm"
)

// News are what a channel tells about messages and chats that exist.

func (tx *Tx) acceptEdit(ctx context.Context, chat crm.Chat, in crm.Inbound) error {
	m, ok, err := tx.messageByExternalID(ctx, chat.ID, in.MessageID)
	if err != nil || !ok || m.Text == in.Text {
		return err
	}
	_, err = tx.NewUpdate().Model((*crm.Message)(nil)).Set("text = ?", in.Text).Set("updated_at = ?", tx.Now).Where("seq = ?", m.Seq).Exec(ctx)
	if err != nil {
		return fmt.Errorf("edit the message: %w", err)
	}
	return tx.event(ctx, crm.Actor{Kind: crm.ByClient, ID: chat.ContactID}, crm.MessageStatusChangedEvent{Message: m, LeadID: chat.LeadID})
}

// acceptStatus takes a delivery report. Reports come in any order and more than once: a message never goes back from
// read to delivered. A late failure is news for the run that sent it.
func (tx *Tx) acceptStatus(ctx context.Context, chat crm.Chat, in crm.Inbound) error {
	m, ok, err := tx.messageByExternalID(ctx, chat.ID, in.MessageID)
	if err != nil || !ok || statusRank[in.Status] <= statusRank[m.Status] {
		return err
	}
	m.Status, m.ErrorCode, m.Error = in.Status, in.ErrorCode, in.Error
	if err := tx.updateStatus(ctx, m, chat.LeadID); err != nil {
		return err
	}
	if in.Status != crm.MessageFailed || m.RunID == 0 {
		return nil
	}
	return tx.post(ctx, chatSubject(chat), bot.SignalReceipt, bot.Receipt{Kind: bot.ReceiptFailed, MessageID: m.ID, ChatID: chat.ID, RunID: m.RunID, Error: in.Error})
}

// statusRank orders the states of an outbound message; a report moves it only upwards.
var statusRank = map[crm.MessageStatus]int{crm.MessageSending: 1, crm.MessageCalling: 1, crm.MessageUnknown: 2, crm.MessageSent: 3,
	crm.MessageDelivered: 4, crm.MessageRead: 5, crm.MessageFailed: 6, crm.MessageReceived: 9}

func (tx *Tx) updateStatus(ctx context.Context, m crm.Message, leadID int64) error {
	_, err := tx.updateStatusIf(ctx, m, leadID, func(q *bun.UpdateQuery) *bun.UpdateQuery { return q })
	return err
}

// updateStatusIf changes nothing, and says so, if the row is not as the conditions want it.
func (tx *Tx) updateStatusIf(ctx context.Context, m crm.Message, leadID int64, when func(*bun.UpdateQuery) *bun.UpdateQuery) (bool, error) {
	m.UpdatedAt = tx.Now
	update := tx.NewUpdate().Model(&m).WherePK().Column("status", "error_code", "error", "external_id", "parts_sent", "called_by", "updated_at")
	changed, err := affected(when(update).Exec(ctx))
	if err != nil {
		return false, fmt.Errorf("update message %s: %w", m.ID, err)
	}
	if !changed {
		return false, nil
	}
	return true, tx.event(ctx, crm.Actor{Kind: crm.BySystem}, crm.MessageStatusChangedEvent{Message: m, LeadID: leadID})
}

func (tx *Tx) messageByExternalID(ctx context.Context, chatID, externalID string) (crm.Message, bool, error) {
	var m crm.Message
	err := tx.NewSelect().Model(&m).Where("chat_id = ?", chatID).Where("external_id = ?", externalID).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return m, false, nil
	}
	return m, err == nil, err
}

// acceptRead moves the client's read mark; MessageID is one of ours, or a channel's, id of the newest message read.
func (tx *Tx) acceptRead(ctx context.Context, chat crm.Chat, in crm.Inbound) error {
	var seq int64
	err := tx.NewSelect().Model((*crm.Message)(nil)).Column("seq").Where("chat_id = ?", chat.ID).
		Where("(id = ? OR external_id = ?)", in.MessageID, in.MessageID).Scan(ctx, &seq)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look for the message that was read: %w", err)
	}
	return tx.ClientRead(ctx, chat, seq)
}

// ClientRead notes that the client has read the chat up to a message. It never moves back.
func (tx *Tx) ClientRead(ctx context.Context, chat crm.Chat, seq int64) error {
	if seq <= chat.ClientReadSeq {
		return nil
	}
	_, err := tx.NewUpdate().Model((*crm.Chat)(nil)).Set("client_read_seq = ?", seq).Where("id = ?", chat.ID).Where("client_read_seq < ?", seq).Exec(ctx)
	if err != nil {
		return fmt.Errorf("note what was read: %w", err)
	}
	return tx.event(ctx, crm.Actor{Kind: crm.ByClient, ID: chat.ContactID}, crm.ChatChangedEvent{Chat: chat, After: crm.ChatPart{ClientReadSeq: &seq}})
}

func (tx *Tx) setBlocked(ctx context.Context, chat crm.Chat, blocked bool) error {
	if chat.Blocked == blocked {
		return nil
	}
	_, err := tx.NewUpdate().Model((*crm.Chat)(nil)).Set("blocked = ?", blocked).Set("updated_at = ?", tx.Now).Where("id = ?", chat.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("block the chat: %w", err)
	}
	return tx.event(ctx, crm.Actor{Kind: crm.ByClient, ID: chat.ContactID}, crm.ChatChangedEvent{Chat: chat, After: crm.ChatPart{Blocked: &blocked}})
}

// VideoSeen notes that the client opened or closed a video of ours and tells the run that sent it.
func (tx *Tx) VideoSeen(ctx context.Context, chat crm.Chat, messageID string, kind bot.ReceiptKind) error {
	var m crm.Message
	err := tx.NewSelect().Model(&m).Where("chat_id = ?", chat.ID).Where("id = ?", messageID).Where("direction = ?", crm.DirectionOut).Scan(ctx)
	if err := found(err, "message", messageID); err != nil {
		return err
	}
	var fact crm.Fact = crm.VideoOpenedEvent{Message: m, LeadID: chat.LeadID}
	if kind == bot.ReceiptVideoClosed {
		fact = crm.VideoClosedEvent{Message: m, LeadID: chat.LeadID}
	}
	if err := tx.event(ctx, crm.Actor{Kind: crm.ByClient, ID: chat.ContactID}, fact); err != nil {
		return err
	}
	subject := chatSubject(chat)
	if runs, err := tx.AliveRuns(ctx, subject.WorkflowID()); err != nil || len(runs) == 0 {
		return err
	}
	return tx.post(ctx, subject, bot.SignalReceipt, bot.Receipt{Kind: kind, MessageID: m.ID, ChatID: chat.ID, RunID: m.RunID})
}
