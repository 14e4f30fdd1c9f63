package db

import (
	"context"
	"fmt"

	"salesbot/crm"
)

// attend notes in the open talks of a chat that a person of ours answers the client there, or that the bots do again. A
// chat without an id stands for all chats of its lead or contact.
func (tx *Tx) attend(ctx context.Context, chat crm.Chat, person bool) error {
	chats := tx.NewSelect().Model((*crm.Chat)(nil)).Column("id")
	switch {
	case chat.ID != "":
		chats = chats.Where("id = ?", chat.ID)
	case chat.LeadID != 0:
		chats = chats.Where("lead_id = ?", chat.LeadID)
	default:
		chats = chats.Where("contact_id = ?", chat.ContactID)
	}
	_, err := tx.NewUpdate().Model((*crm.Talk)(nil)).Set("attended = ?", person).Set("updated_at = ?", tx.Now).
		Where("chat_id IN (?)", chats).Where("status <> ?", crm.TalkClosed).Where("attended <> ?", person).Exec(ctx)
	if err != nil {
		return fmt.Errorf("note who answers the client: %w", err)
	}
	return nil
}

// chatsOfRun is where a run talks: its chat, or all chats of what it is about.
func chatsOfRun(run crm.Run) crm.Chat {
	return crm.Chat{ID: run.ChatID, LeadID: run.LeadID, ContactID: run.ContactID}
}
