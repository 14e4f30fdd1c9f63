package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"salesbot/bot"
	"salesbot/crm"
)

// Accepted is what became of something that a channel heard.
type Accepted struct {
	Chat    crm.Chat
	Message crm.Message
	// Repeated says that it was known already and nothing changed.
	Repeated bool
}

// Accept takes what a channel heard, in one transaction: contact, chat, talk and lead are found or made, the message
// is written under the provider's id, its event is recorded, bots that it concerns get mail. When Accept returns
// without an error the provider may forget the delivery. A repeated delivery changes nothing.
//
// makesLeads is the channel kind's capability. Errors of code Invalid name the field.
func (s *Store) Accept(ctx context.Context, channel crm.Channel, makesLeads bool, in crm.Inbound) (Accepted, error) {
	if err := checkInbound(in); err != nil {
		return Accepted{}, err
	}
	var accepted Accepted
	take := func(ctx context.Context, tx *Tx) (err error) {
		accepted, err = tx.accept(ctx, channel, makesLeads, in)
		return err
	}
	err := s.Change(ctx, take)
	if duplicateKey(err) {
		// Another delivery made the chat or the message between our look and our write; now it is there to be found.
		err = s.Change(ctx, take)
	}
	return accepted, err
}

func checkInbound(in crm.Inbound) error {
	switch {
	case in.ChatID == "":
		return crm.FieldError("chat_id", "the channel did not say whose message it is")
	case in.Kind == crm.InMessage && in.MessageID == "" && in.ClientID == "":
		return crm.FieldError("client_id", "a message needs an id, so that a resend is recognised")
	case utf8.RuneCountInString(in.Text) > crm.MaxMessageText:
		return crm.FieldError("text", "at most %d characters", crm.MaxMessageText)
	case in.Kind == crm.InMessage && strings.TrimSpace(in.Text) == "" && in.Button == "" && len(in.Files) == 0:
		return crm.FieldError("text", "a message needs a text or a file")
	}
	return nil
}

// duplicateKey: unique_violation (PostgreSQL, appendix A). SQLite has one writer, so its look and write are one.
func duplicateKey(err error) bool {
	var pqErr *pq.Error
	return errors.As(err, &pqErr) && pqErr.Code == "23505"
}

func (tx *Tx) accept(ctx context.Context, channel crm.Channel, makesLeads bool, in crm.Inbound) (Accepted, error) {
	chat, err := tx.findChat(ctx, channel.ID, in.ChatID)
	if err != nil {
		return Accepted{}, err
	}
	if chat.ID == "" && in.Kind != crm.InMessage {
		return Accepted{Repeated: true}, nil // news of a chat that we never had
	}
	switch in.Kind {
	case crm.InMessage, crm.InEcho:
		return tx.acceptMessage(ctx, channel, makesLeads, chat, in)
	case crm.InEdit:
		return Accepted{Chat: chat}, tx.acceptEdit(ctx, chat, in)
	case crm.InStatus:
		return Accepted{Chat: chat}, tx.acceptStatus(ctx, chat, in)
	case crm.InRead:
		return Accepted{Chat: chat}, tx.acceptRead(ctx, chat, in)
	case crm.InBlocked, crm.InBack:
		return Accepted{Chat: chat}, tx.setBlocked(ctx, chat, in.Kind == crm.InBlocked)
	}
	return Accepted{}, crm.FieldError("kind", "%q is nothing that a channel says", in.Kind)
}

// findChat locks the chat, so that its messages get their numbers in the order in which they are committed.
func (tx *Tx) findChat(ctx context.Context, channelID int64, externalID string) (crm.Chat, error) {
	var chat crm.Chat
	err := tx.lock(tx.NewSelect().Model(&chat).Where("channel_id = ?", channelID).Where("external_id = ?", externalID)).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return crm.Chat{}, nil
	}
	if err != nil {
		return chat, fmt.Errorf("read the chat: %w", err)
	}
	return chat, nil
}

func (tx *Tx) acceptMessage(ctx context.Context, channel crm.Channel, makesLeads bool, chat crm.Chat, in crm.Inbound) (Accepted, error) {
	if chat.ID != "" {
		known, ok, err := tx.knownMessage(ctx, chat.ID, in)
		if err != nil || ok {
			return Accepted{Chat: chat, Message: known, Repeated: ok}, err
		}
	}
	chat, err := tx.welcome(ctx, channel, makesLeads, chat, in)
	if err != nil {
		return Accepted{}, err
	}
	talk, err := tx.openTalk(ctx, chat)
	if err != nil {
		return Accepted{}, err
	}
	if in.Text, err = tx.words(ctx, chat, in); err != nil {
		return Accepted{}, err
	}
	message := inboundMessage(chat, talk, in)
	if err := tx.insertMessage(ctx, &message, chat); err != nil {
		return Accepted{}, err
	}
	if in.Kind == crm.InEcho {
		return Accepted{Chat: chat, Message: message}, tx.ManagerWrote(ctx, chat, heard(message, channel.Kind))
	}
	return Accepted{Chat: chat, Message: message}, tx.tellBots(ctx, channel.Kind, chat, message)
}

func (tx *Tx) knownMessage(ctx context.Context, chatID string, in crm.Inbound) (crm.Message, bool, error) {
	var known crm.Message
	q := tx.NewSelect().Model(&known).Where("chat_id = ?", chatID)
	if in.ClientID != "" {
		q = q.Where("client_id = ?", in.ClientID)
	} else {
		q = q.Where("external_id = ?", in.MessageID)
	}
	err := q.Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return known, false, nil
	}
	if err != nil {
		return known, false, fmt.Errorf("look for the message: %w", err)
	}
	return known, true, nil
}

func inboundMessage(chat crm.Chat, talk crm.Talk, in crm.Inbound) crm.Message {
	m := crm.Message{ID: uuid.NewString(), ChatID: chat.ID, TalkID: talk.ID, Direction: crm.DirectionIn, AuthorKind: crm.ByClient, AuthorID: chat.ContactID,
		ExternalID: in.MessageID, ClientID: in.ClientID, Text: in.Text, Button: in.Button, Files: in.Files, Status: crm.MessageReceived}
	if in.Kind == crm.InEcho {
		m.Direction, m.AuthorKind, m.AuthorID, m.Status = crm.DirectionOut, crm.ByUser, 0, crm.MessageSent
	}
	return m
}

// heard is the message as a conversation sees it.
func heard(m crm.Message, channelKind string) bot.Message {
	message := bot.Message{ID: m.ID, ChatID: m.ChatID, ChannelKind: channelKind, Text: m.Text, Button: m.Button}
	for _, f := range m.Files {
		message.Attachments = append(message.Attachments, bot.Attachment{ID: f.ID, Type: f.Type, Name: f.Name, URL: f.URL, Size: f.Size, MIME: f.MIME})
	}
	return message
}
