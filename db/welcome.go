package db

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"salesbot/bot"
	"salesbot/crm"
)

// welcome finds or makes whom the message is from: the chat, its contact and, if the channel makes leads, an open lead.
// A client whose lead was closed or deleted gets a new one.
func (tx *Tx) welcome(ctx context.Context, channel crm.Channel, makesLeads bool, chat crm.Chat, in crm.Inbound) (crm.Chat, error) {
	by := crm.Actor{Kind: crm.ByClient}
	if chat.ID == "" {
		contact, err := tx.CreateContact(ctx, by, clientContact(in.Profile, in.ChatID))
		if err != nil {
			return chat, err
		}
		chat = crm.Chat{ID: uuid.NewString(), ChannelID: channel.ID, ExternalID: in.ChatID, ContactID: contact.ID, Profile: in.Profile, CreatedAt: tx.Now, UpdatedAt: tx.Now}
		if _, err := tx.NewInsert().Model(&chat).Exec(ctx); err != nil {
			return chat, fmt.Errorf("make the chat: %w", err)
		}
		if err := tx.keepProfile(ctx, by, contact.ID, in.Profile); err != nil {
			return chat, err
		}
	}
	if !makesLeads || channel.PipelineID == 0 {
		return tx.leaveDeletedLead(ctx, chat)
	}
	open, err := tx.hasOpenLead(ctx, chat)
	if err != nil || open {
		return chat, err
	}
	return tx.newLead(ctx, by, channel, chat)
}

// clientContact is whom a profile tells of. Without a name the contact is called by what there is until somebody knows
// better, but nobody is greeted by that: the first name stays empty.
func clientContact(p crm.Profile, externalID string) crm.Contact {
	contact := completeNames(crm.Contact{Name: p.Name, FirstName: p.FirstName, LastName: p.LastName})
	brief := externalID
	if len(brief) > 8 {
		brief = brief[:8]
	}
	contact.Name = cmp.Or(contact.Name, p.Username, p.Phone, p.Email, "Visitor "+brief)
	return contact
}

// keepProfile puts the phone and the e-mail that a channel tells into the contact's fields.
func (tx *Tx) keepProfile(ctx context.Context, by crm.Actor, contactID int64, p crm.Profile) error {
	for code, value := range map[string]string{crm.CodePhone: p.Phone, crm.CodeEmail: p.Email} {
		if value == "" {
			continue
		}
		if err := tx.SetContactField(ctx, by, contactID, code, value); err != nil && crm.CodeOf(err) != crm.Invalid {
			return err
		}
	}
	return nil
}

func (tx *Tx) hasOpenLead(ctx context.Context, chat crm.Chat) (bool, error) {
	if chat.LeadID == 0 {
		return false, nil
	}
	var lead crm.Lead
	err := tx.NewSelect().Model(&lead).Where("id = ?", chat.LeadID).Where("deleted_at IS NULL").Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read the chat's lead: %w", err)
	}
	return !lead.Closed(), nil
}

// leaveDeletedLead: a chat whose lead was deleted, on a channel that makes no other, is about its contact again.
func (tx *Tx) leaveDeletedLead(ctx context.Context, chat crm.Chat) (crm.Chat, error) {
	if chat.LeadID == 0 {
		return chat, nil
	}
	there, err := tx.hasLead(ctx, chat.LeadID)
	if err != nil || there {
		return chat, err
	}
	return tx.giveChat(ctx, chat, 0)
}

// giveChat gives the chat, with its open talk, to a lead; 0 is to none. A take-over belongs to the lead that was taken
// over: it ends, and with it the runs that were to go on afterwards, for the client has come with something else.
func (tx *Tx) giveChat(ctx context.Context, chat crm.Chat, leadID int64) (crm.Chat, error) {
	old := chat.LeadID
	chat.LeadID, chat.TakenOverBy = leadID, 0
	if _, err := tx.NewUpdate().Model(&chat).WherePK().Column("lead_id", "taken_over_by").Exec(ctx); err != nil {
		return chat, fmt.Errorf("give the chat to lead %d: %w", leadID, err)
	}
	_, err := tx.NewUpdate().Model((*crm.Talk)(nil)).Set("lead_id = ?", leadID).Where("chat_id = ?", chat.ID).Where("status <> ?", crm.TalkClosed).Exec(ctx)
	if err != nil || old == 0 {
		return chat, err
	}
	held := func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("lead_id = ?", old).Where("chat_id = ?", chat.ID).Where("hold = ?", bot.CommandTakeOver)
	}
	return chat, tx.silence(ctx, crm.Actor{Kind: crm.BySystem}, held, "the client came back with a new lead")
}

// newLead makes the lead in the pipeline's incoming stage and gives the chat to it.
func (tx *Tx) newLead(ctx context.Context, by crm.Actor, channel crm.Channel, chat crm.Chat) (crm.Chat, error) {
	stage, err := tx.IncomingStage(ctx, channel.PipelineID)
	if crm.CodeOf(err) == crm.NotFound { // the channel's pipeline is gone; its clients are not
		stage, err = tx.IncomingStage(ctx, 0)
	}
	if err != nil {
		return chat, err
	}
	var contact crm.Contact
	if err := found(tx.NewSelect().Model(&contact).Where("id = ?", chat.ContactID).Scan(ctx), "contact", chat.ContactID); err != nil {
		return chat, err
	}
	lead, err := tx.CreateLead(ctx, by, crm.Lead{Name: contact.Name, PipelineID: stage.PipelineID, StageID: stage.ID, SourceID: channel.SourceID, ResponsibleID: contact.ResponsibleID})
	if err != nil {
		return chat, err
	}
	if err := tx.LinkContact(ctx, by, lead.ID, chat.ContactID, true); err != nil {
		return chat, err
	}
	return tx.giveChat(ctx, chat, lead.ID)
}

// openTalk finds the chat's open talk or begins one.
func (tx *Tx) openTalk(ctx context.Context, chat crm.Chat) (crm.Talk, error) {
	var talk crm.Talk
	err := tx.NewSelect().Model(&talk).Where("chat_id = ?", chat.ID).Where("status <> ?", crm.TalkClosed).Scan(ctx)
	if err == nil || !errors.Is(err, sql.ErrNoRows) {
		return talk, err
	}
	talk = crm.Talk{ChatID: chat.ID, ContactID: chat.ContactID, LeadID: chat.LeadID, Status: crm.TalkInWork, CreatedAt: tx.Now, UpdatedAt: tx.Now}
	if _, err := tx.NewInsert().Model(&talk).Exec(ctx); err != nil {
		return talk, fmt.Errorf("begin the talk: %w", err)
	}
	return talk, tx.event(ctx, crm.Actor{Kind: crm.ByClient, ID: chat.ContactID}, crm.TalkCreatedEvent{Talk: talk})
}
