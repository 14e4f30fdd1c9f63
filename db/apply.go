package db

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"salesbot/bot"
	"salesbot/crm"
)

// Targets are the cards that a change of a bot concerns. It fails if there are none, so that a change is never lost
// silently. An empty target is the lead, or the contact of a subject that has no lead.
func (tx *Tx) Targets(ctx context.Context, subject bot.Subject, chatID string, target crm.Target) ([]crm.Entity, error) {
	switch target {
	case "", crm.TargetLead:
		if subject.LeadID != 0 {
			return []crm.Entity{{Type: crm.Leads, ID: subject.LeadID}}, nil
		}
		if target == "" && subject.ContactID != 0 {
			return []crm.Entity{{Type: crm.Contacts, ID: subject.ContactID}}, nil
		}
	case crm.TargetMainContact, crm.TargetAllContacts:
		return tx.contactTargets(ctx, subject, target == crm.TargetAllContacts)
	case crm.TargetChatContact:
		id, err := contactOfChat(ctx, tx, chatID)
		if err != nil {
			return nil, err
		}
		if id != 0 {
			return []crm.Entity{{Type: crm.Contacts, ID: id}}, nil
		}
	case crm.TargetCompany:
		if id, err := companyOfSubject(ctx, tx, subject, chatID); err != nil || id != 0 {
			return []crm.Entity{{Type: crm.Companies, ID: id}}, err
		}
	default:
		return nil, crm.FieldError("target", "there is no target %q", target)
	}
	return nil, crm.FieldError("target", "there is no %s here", strings.ReplaceAll(string(target), "_", " "))
}

func (tx *Tx) contactTargets(ctx context.Context, subject bot.Subject, all bool) ([]crm.Entity, error) {
	if subject.LeadID == 0 && subject.ContactID != 0 {
		return []crm.Entity{{Type: crm.Contacts, ID: subject.ContactID}}, nil
	}
	ties, err := contactsOf(ctx, tx, []int64{subject.LeadID})
	if err != nil {
		return nil, err
	}
	if len(ties) == 0 {
		return nil, crm.FieldError("target", "the lead has no contact")
	}
	if !all {
		ties = ties[:1] // the main one comes first
	}
	cards := make([]crm.Entity, len(ties))
	for i, tie := range ties {
		cards[i] = crm.Entity{Type: crm.Contacts, ID: tie.ContactID}
	}
	return cards, nil
}

// contactOfChat is 0 without a chat.
func contactOfChat(ctx context.Context, q bun.IDB, chatID string) (int64, error) {
	if chatID == "" {
		return 0, nil
	}
	var id int64
	err := q.NewSelect().Model((*crm.Chat)(nil)).Column("contact_id").Where("id = ?", chatID).Scan(ctx, &id)
	return id, found(err, "chat", chatID)
}

// companyOfSubject is the lead's company, or without one the contact's; 0 if there is none.
func companyOfSubject(ctx context.Context, q bun.IDB, subject bot.Subject, chatID string) (int64, error) {
	return newFacts(q, subject, chatID).companyID(ctx)
}

// ApplyNote adds a note to every card of the target.
func (tx *Tx) ApplyNote(ctx context.Context, actor crm.Actor, subject bot.Subject, chatID string, in crm.NewNote) ([]crm.Note, error) {
	cards, err := tx.Targets(ctx, subject, chatID, in.Target)
	if err != nil {
		return nil, err
	}
	notes := make([]crm.Note, len(cards))
	for i, card := range cards {
		note := crm.Note{EntityType: card.Type, EntityID: card.ID, Params: map[string]any{"text": in.Text}}
		if notes[i], err = tx.AddNote(ctx, actor, note); err != nil {
			return nil, err
		}
	}
	return notes, nil
}

// ApplyTask adds a task to the lead, or to the contact of a subject without one.
func (tx *Tx) ApplyTask(ctx context.Context, actor crm.Actor, subject bot.Subject, chatID string, in crm.NewTask) (crm.Task, error) {
	cards, err := tx.Targets(ctx, subject, chatID, "")
	if err != nil {
		return crm.Task{}, err
	}
	const maxDue = 10 * 366 * 24 * 3600
	if in.DueSeconds < 0 || in.DueSeconds > maxDue {
		return crm.Task{}, crm.FieldError("due_seconds", "must be from 0 to %d (ten years)", maxDue)
	}
	return tx.AddTask(ctx, actor, crm.Task{
		Text: in.Text, TypeID: in.TypeID, EntityType: cards[0].Type, EntityID: cards[0].ID, ResponsibleID: in.ResponsibleID,
		CompleteTill: tx.Now.Add(time.Duration(in.DueSeconds) * time.Second), Duration: in.Duration,
	})
}

// ApplyStageChange moves the lead.
func (tx *Tx) ApplyStageChange(ctx context.Context, actor crm.Actor, subject bot.Subject, in crm.StageChange) (crm.Lead, error) {
	if subject.LeadID == 0 {
		return crm.Lead{}, crm.FieldError("stage_id", "there is no lead to move")
	}
	return tx.ChangeStage(ctx, actor, subject.LeadID, in.PipelineID, in.StageID)
}

// ApplyTags adds and removes tags on every card of the target.
func (tx *Tx) ApplyTags(ctx context.Context, actor crm.Actor, subject bot.Subject, chatID string, in crm.TagEdit) error {
	cards, err := tx.Targets(ctx, subject, chatID, in.Target)
	if err != nil {
		return err
	}
	for _, card := range cards {
		if err := tx.EditTags(ctx, actor, card, in.Add, in.Remove); err != nil {
			return err
		}
	}
	return nil
}

// ApplyField sets one field of every card of the target.
func (tx *Tx) ApplyField(ctx context.Context, actor crm.Actor, subject bot.Subject, chatID string, in crm.FieldEdit) error {
	cards, err := tx.Targets(ctx, subject, chatID, in.Target)
	if err != nil {
		return err
	}
	for _, card := range cards {
		if err := tx.applyField(ctx, actor, card, in); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) applyField(ctx context.Context, actor crm.Actor, card crm.Entity, in crm.FieldEdit) error {
	if field, ok := customField(in.Field); ok {
		field.Values, field.Append = []crm.Value{{Value: in.Value, EnumCode: in.EnumCode}}, in.Append
		return tx.SetFields(ctx, actor, card, []FieldInput{field})
	}
	var err error
	switch {
	case in.Field == "price" && card.Type == crm.Leads:
		var price int64
		if price, err = crm.ParsePrice(in.Value); err == nil {
			_, err = tx.UpdateLead(ctx, actor, card.ID, LeadEdit{Price: &price})
		}
	case in.Field == "first_name" && card.Type == crm.Contacts:
		_, err = tx.UpdateContact(ctx, actor, card.ID, ContactEdit{FirstName: &in.Value})
	case in.Field == "last_name" && card.Type == crm.Contacts:
		_, err = tx.UpdateContact(ctx, actor, card.ID, ContactEdit{LastName: &in.Value})
	case in.Field == "name":
		err = tx.applyCommon(ctx, actor, card, &in.Value, nil)
	case in.Field == "responsible_user_id":
		id, parseErr := strconv.ParseInt(strings.TrimSpace(in.Value), 10, 64)
		if parseErr != nil {
			return crm.FieldError("value", "%q is not a user's id", in.Value)
		}
		if err = tx.NeedUser(ctx, id); err == nil {
			err = tx.applyCommon(ctx, actor, card, nil, &id)
		}
	default:
		return crm.FieldError("field", "%s have no field %q", card.Type, in.Field)
	}
	return err
}

// applyCommon sets what every card has.
func (tx *Tx) applyCommon(ctx context.Context, actor crm.Actor, card crm.Entity, name *string, responsibleID *int64) error {
	var err error
	switch card.Type {
	case crm.Leads:
		_, err = tx.UpdateLead(ctx, actor, card.ID, LeadEdit{Name: name, ResponsibleID: responsibleID})
	case crm.Contacts:
		_, err = tx.UpdateContact(ctx, actor, card.ID, ContactEdit{Name: name, ResponsibleID: responsibleID})
	case crm.Companies:
		_, err = tx.UpdateCompany(ctx, actor, card.ID, CompanyEdit{Name: name, ResponsibleID: responsibleID})
	}
	return err
}

// NeedUser refuses a responsible user who does not exist or is switched off; 0 is nobody and fine.
func (tx *Tx) NeedUser(ctx context.Context, id int64) error {
	if id == 0 {
		return nil
	}
	active, err := tx.NewSelect().Model((*crm.User)(nil)).Where("id = ?", id).Where("is_active = ?", true).Exists(ctx)
	if err == nil && !active {
		return crm.FieldError("responsible_user_id", "there is no active user %d", id)
	}
	return err
}
