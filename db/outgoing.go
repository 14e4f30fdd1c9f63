package db

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"salesbot/bot"
	"salesbot/crm"
)

// insertMessage writes a message with its event and moves the chat, its talk and its lead along.
func (tx *Tx) insertMessage(ctx context.Context, m *crm.Message, chat crm.Chat) error {
	m.CreatedAt, m.UpdatedAt = tx.Now, tx.Now
	if _, err := tx.NewInsert().Model(m).Exec(ctx); err != nil {
		return fmt.Errorf("write the message: %w", err)
	}
	if err := tx.attach(ctx, m); err != nil {
		return err
	}
	_, err := tx.NewUpdate().Model((*crm.Chat)(nil)).Set("last_message_at = ?", tx.Now).Set("updated_at = ?", tx.Now).Where("id = ?", chat.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("touch the chat: %w", err)
	}
	answered := m.Direction == crm.DirectionOut
	_, err = tx.NewUpdate().Model((*crm.Talk)(nil)).Set("is_answered = ?", answered).Set("updated_at = ?", tx.Now).Where("id = ?", m.TalkID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("touch the talk: %w", err)
	}
	if chat.LeadID != 0 {
		if _, err := tx.NewUpdate().Model((*crm.Lead)(nil)).Set("last_message_at = ?", tx.Now).Where("id = ?", chat.LeadID).Exec(ctx); err != nil {
			return fmt.Errorf("touch the lead: %w", err)
		}
	}
	by := crm.Actor{Kind: m.AuthorKind, ID: m.AuthorID}
	if answered {
		return tx.event(ctx, by, crm.MessageOutEvent{Message: *m, LeadID: chat.LeadID})
	}
	return tx.event(ctx, by, crm.MessageInEvent{Message: *m, LeadID: chat.LeadID})
}

// WriteMessages writes what a run sends, a row a chat, and says which rows a provider must be called for. local says
// of a channel kind that its messages have arrived when they are committed. A lead without a reachable chat is a Conflict.
func (tx *Tx) WriteMessages(ctx context.Context, e bot.Effect, out bot.Outgoing, local func(kind string) bool) ([]bot.Sent, error) {
	chats, err := tx.recipients(ctx, e, out)
	if err != nil {
		return nil, err
	}
	var sent []bot.Sent
	for _, to := range chats {
		talk, err := tx.openTalk(ctx, to.Chat)
		if err != nil {
			return nil, err
		}
		m := outgoingMessage(e, out, to.Chat, talk)
		if local(to.Kind) {
			m.Status = crm.MessageSent
		}
		if err := tx.insertMessage(ctx, &m, to.Chat); err != nil {
			return nil, err
		}
		sent = append(sent, bot.Sent{MessageID: m.ID, ChatID: m.ChatID, External: !local(to.Kind)})
	}
	return sent, nil
}

func outgoingMessage(e bot.Effect, out bot.Outgoing, chat crm.Chat, talk crm.Talk) crm.Message {
	m := crm.Message{ID: uuid.NewString(), ChatID: chat.ID, TalkID: talk.ID, Direction: crm.DirectionOut, AuthorKind: crm.ByBot, AuthorID: e.Key.RunID,
		Text: out.Text, Status: crm.MessageSending, RunID: e.Key.RunID}
	for _, b := range out.Buttons {
		m.Buttons = append(m.Buttons, crm.Button{ID: b.ID, Text: b.Text, URL: b.URL})
	}
	if m.Asks() {
		m.Visit = e.Key.Visit
	}
	for _, a := range out.Attachments {
		m.Files = append(m.Files, crm.File{ID: a.ID, Type: a.Type, Name: a.Name, MIME: a.MIME, URL: a.URL, Size: a.Size})
	}
	return m
}

// recipient is a chat with its channel's kind.
type recipient struct {
	crm.Chat `bun:",extend"`

	Kind string
}

// recipients are the chats that a message goes to. On PostgreSQL they are locked, in the order of their ids so that two
// runs can't wait for each other.
func (tx *Tx) recipients(ctx context.Context, e bot.Effect, out bot.Outgoing) ([]recipient, error) {
	chats, err := tx.reachable(ctx, e, out)
	if err != nil {
		return nil, err
	}
	if out.Primary || out.To == "" || out.To == bot.ToChat {
		chats = onePerContact(chats)
	}
	if len(chats) == 0 {
		return nil, crm.Errorf(crm.Conflict, "there is no chat to write to: the client has none, or blocked it")
	}
	if tx.store.Postgres() {
		ids := make([]string, len(chats))
		for i, chat := range chats {
			ids[i] = chat.ID
		}
		if _, err := tx.NewSelect().Model((*crm.Chat)(nil)).Column("id").Where("id IN (?)", bun.List(ids)).Order("id").For("UPDATE").Exec(ctx); err != nil {
			return nil, fmt.Errorf("lock the chats: %w", err)
		}
	}
	return chats, nil
}

// reachable are the chats that the message may go to, the most recent first.
func (tx *Tx) reachable(ctx context.Context, e bot.Effect, out bot.Outgoing) ([]recipient, error) {
	q := tx.NewSelect().TableExpr("chats").ColumnExpr("chats.*, channels.kind").Join("JOIN channels ON channels.id = chats.channel_id").
		Where("chats.blocked = ?", false).OrderExpr("chats.last_message_at DESC, chats.id")
	if len(out.ChannelIDs) > 0 {
		q = q.Where("chats.channel_id IN (?)", bun.List(out.ChannelIDs))
	}
	switch {
	case (out.To == "" || out.To == bot.ToChat) && e.ChatID != "":
		q = q.Where("chats.id = ?", e.ChatID)
	case e.Subject.LeadID == 0:
		q = q.Where("chats.contact_id = ?", e.Subject.ContactID)
	default:
		q = q.Join("JOIN lead_contacts ON lead_contacts.contact_id = chats.contact_id").Where("lead_contacts.lead_id = ?", e.Subject.LeadID)
		if out.To != bot.ToAllContacts {
			q = q.Where("lead_contacts.is_main = ?", true)
		}
	}
	var chats []recipient
	if err := q.Scan(ctx, &chats); err != nil {
		return nil, fmt.Errorf("look for the client's chats: %w", err)
	}
	return chats, nil
}

// onePerContact keeps each contact's most recent chat.
func onePerContact(chats []recipient) []recipient {
	seen := map[int64]bool{}
	return slices.DeleteFunc(chats, func(chat recipient) bool {
		known := seen[chat.ContactID]
		seen[chat.ContactID] = true
		return known
	})
}
