package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"salesbot/crm"
)

// What the live chat and the channels' webhooks read: a visitor knows a channel and their own id, nothing else.

// ActiveChannel is the channel of that kind and id; one that is switched off does not exist.
func (s *Store) ActiveChannel(ctx context.Context, kind string, id int64) (crm.Channel, error) {
	var channel crm.Channel
	err := s.read.NewSelect().Model(&channel).Where("id = ?", id).Where("kind = ?", kind).Where("is_active = ?", true).Scan(ctx)
	return channel, found(err, kind+" channel", id)
}

// FirstChannel is the oldest active channel of a kind.
func (s *Store) FirstChannel(ctx context.Context, kind string) (crm.Channel, error) {
	var channel crm.Channel
	err := s.read.NewSelect().Model(&channel).Where("kind = ?", kind).Where("is_active = ?", true).Order("id").Limit(1).Scan(ctx)
	return channel, found(err, "an active channel of kind", kind)
}

// VisitorChat is the chat of one client of a channel, by the channel's id of the client; nil before the first message.
func (s *Store) VisitorChat(ctx context.Context, channelID int64, externalID string) (*crm.Chat, error) {
	var chat crm.Chat
	err := s.read.NewSelect().Model(&chat).Where("channel_id = ?", channelID).Where("external_id = ?", externalID).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil //nolint:nilnil // no chat yet is no error
	}
	if err != nil {
		return nil, fmt.Errorf("read the chat: %w", err)
	}
	return &chat, nil
}

// MessagesAfter are the oldest messages of a chat after a number. Within a chat numbers are given in the order of the
// commits, so who reads up to one has missed none before it.
func (s *Store) MessagesAfter(ctx context.Context, chatID string, after int64, limit int64) ([]crm.Message, error) {
	var messages []crm.Message
	err := s.read.NewSelect().Model(&messages).Where("chat_id = ?", chatID).Where("seq > ?", after).Order("seq").Limit(limit).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read messages: %w", err)
	}
	return messages, nil
}

// MessagesBefore are the newest messages of a chat before a number, or at all if it is 0, in their order.
func (s *Store) MessagesBefore(ctx context.Context, chatID string, before int64, limit int64) ([]crm.Message, error) {
	var messages []crm.Message
	q := s.read.NewSelect().Model(&messages).Where("chat_id = ?", chatID).Order("seq DESC").Limit(limit)
	if before > 0 {
		q = q.Where("seq < ?", before)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("read messages: %w", err)
	}
	slices.Reverse(messages)
	return messages, nil
}

// LastSeq is the number of the newest message of a chat; 0 without any.
func (tx *Tx) LastSeq(ctx context.Context, chatID string) (int64, error) {
	var last int64
	err := tx.NewSelect().Model((*crm.Message)(nil)).ColumnExpr("coalesce(max(seq), 0)").Where("chat_id = ?", chatID).Scan(ctx, &last)
	if err != nil {
		return 0, fmt.Errorf("read the newest message: %w", err)
	}
	return last, nil
}

// Typing tells those who follow the chat that the actor is typing in it.
func (tx *Tx) Typing(ctx context.Context, actor crm.Actor, chat crm.Chat) error {
	if actor.Kind == crm.ByClient {
		return tx.event(ctx, actor, crm.ClientTypingEvent{Chat: chat})
	}
	return tx.event(ctx, actor, crm.TeamTypingEvent{Chat: chat})
}

// UpdateVisitor takes what the client's page now tells about the client. What it does not tell stays. The contact gets the
// phone and the e-mail, and the name if nobody has given it one.
func (tx *Tx) UpdateVisitor(ctx context.Context, chat crm.Chat, profile crm.Profile) error {
	after := profile.Over(chat.Profile)
	if after == chat.Profile {
		return nil
	}
	by := crm.Actor{Kind: crm.ByClient, ID: chat.ContactID}
	before := chat.Profile
	chat.Profile, chat.UpdatedAt = after, tx.Now
	if _, err := tx.NewUpdate().Model(&chat).Column("profile", "updated_at").WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("change the visitor: %w", err)
	}
	if err := tx.nameVisitor(ctx, by, chat, before); err != nil {
		return err
	}
	if after.Phone != before.Phone || after.Email != before.Email {
		if err := tx.keepProfile(ctx, by, chat.ContactID, after); err != nil {
			return err
		}
	}
	return tx.event(ctx, by, crm.ChatChangedEvent{Chat: chat, After: crm.ChatPart{Profile: &after}})
}

func (tx *Tx) nameVisitor(ctx context.Context, by crm.Actor, chat crm.Chat, before crm.Profile) error {
	now, then := clientContact(chat.Profile, chat.ExternalID), clientContact(before, chat.ExternalID)
	name, first, last := short(now.Name), short(now.FirstName), short(now.LastName)
	contact, err := tx.Contact(ctx, chat.ContactID)
	if crm.CodeOf(err) == crm.NotFound {
		return nil // the contact was deleted; the chat goes on
	}
	if err != nil || contact.Name == name || contact.Name != short(then.Name) {
		return err
	}
	_, err = tx.UpdateContact(ctx, by, chat.ContactID, ContactEdit{Name: &name, FirstName: &first, LastName: &last})
	return err
}
