package db

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"salesbot/crm"
)

// maxLeadContacts is how many contacts one lead may have.
const maxLeadContacts = 100

// LinkContact ties a contact to a lead. The first one is the main one; main makes this one the main one.
func (tx *Tx) LinkContact(ctx context.Context, actor crm.Actor, leadID, contactID int64, main bool) error {
	if _, err := tx.lockLead(ctx, leadID); err != nil {
		return err
	}
	if _, err := contactOf(ctx, tx, contactID); err != nil {
		return blame("to_entity_id", err)
	}
	ties, err := contactsOf(ctx, tx, []int64{leadID})
	if err != nil {
		return err
	}
	tie, linked := crm.LeadContact{LeadID: leadID, ContactID: contactID, IsMain: main || len(ties) == 0}, false
	for _, other := range ties {
		linked = linked || other.ContactID == contactID
	}
	if linked && !main {
		return nil
	}
	if !linked && len(ties) >= maxLeadContacts {
		return crm.FieldError("to_entity_id", "a lead has at most %d contacts", maxLeadContacts)
	}
	if err := tx.writeTie(ctx, tie); err != nil || linked {
		return err
	}
	return tx.event(ctx, actor, crm.EntityLinkedEvent{Card: crm.Entity{Type: crm.Leads, ID: leadID}, To: crm.Entity{Type: crm.Contacts, ID: contactID}})
}

// writeTie takes the main mark from the others if this one gets it.
func (tx *Tx) writeTie(ctx context.Context, tie crm.LeadContact) error {
	if tie.IsMain {
		_, err := tx.NewUpdate().Model((*crm.LeadContact)(nil)).Set("is_main = ?", false).Where("lead_id = ?", tie.LeadID).Exec(ctx)
		if err != nil {
			return fmt.Errorf("change the main contact: %w", err)
		}
	}
	_, err := tx.NewInsert().Model(&tie).On("CONFLICT (lead_id, contact_id) DO UPDATE").Set("is_main = EXCLUDED.is_main").Exec(ctx)
	if err != nil {
		return fmt.Errorf("link contact %d to lead %d: %w", tie.ContactID, tie.LeadID, err)
	}
	return nil
}

// UnlinkContact takes a contact off a lead. If it was the main one, the oldest of the others becomes it.
func (tx *Tx) UnlinkContact(ctx context.Context, actor crm.Actor, leadID, contactID int64) error {
	result, err := tx.NewDelete().Model((*crm.LeadContact)(nil)).Where("lead_id = ?", leadID).Where("contact_id = ?", contactID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("unlink contact %d from lead %d: %w", contactID, leadID, err)
	}
	n, err := result.RowsAffected()
	if err != nil {
		return err
	}
	if n == 0 {
		return tx.needCards(ctx, crm.Entity{Type: crm.Leads, ID: leadID}, crm.Entity{Type: crm.Contacts, ID: contactID})
	}
	ties, err := contactsOf(ctx, tx, []int64{leadID})
	if err != nil {
		return err
	}
	if len(ties) > 0 && !ties[0].IsMain { // the main one comes first
		ties[0].IsMain = true
		if err := tx.writeTie(ctx, ties[0]); err != nil {
			return err
		}
	}
	return tx.event(ctx, actor, crm.EntityUnlinkedEvent{Card: crm.Entity{Type: crm.Leads, ID: leadID}, From: crm.Entity{Type: crm.Contacts, ID: contactID}})
}

// LinkCompany gives a lead or a contact to a company in place of the one that it had; 0 takes it off.
func (tx *Tx) LinkCompany(ctx context.Context, actor crm.Actor, card crm.Entity, companyID int64) error {
	if err := tx.needCompany(ctx, companyID); err != nil {
		return err
	}
	before, err := tx.companyOfCard(ctx, card)
	if err != nil || before == companyID {
		return err
	}
	if err := tx.touch(ctx, actor, card, "company_id", companyID); err != nil {
		return err
	}
	if before != 0 {
		if err := tx.event(ctx, actor, crm.EntityUnlinkedEvent{Card: card, From: crm.Entity{Type: crm.Companies, ID: before}}); err != nil {
			return err
		}
	}
	if companyID == 0 {
		return nil
	}
	return tx.event(ctx, actor, crm.EntityLinkedEvent{Card: card, To: crm.Entity{Type: crm.Companies, ID: companyID}})
}

// UnlinkCompany takes a company off a lead or a contact that has it.
func (tx *Tx) UnlinkCompany(ctx context.Context, actor crm.Actor, card crm.Entity, companyID int64) error {
	has, err := tx.companyOfCard(ctx, card)
	if err != nil {
		return err
	}
	if has != companyID {
		return tx.needCards(ctx, crm.Entity{Type: crm.Companies, ID: companyID})
	}
	return tx.LinkCompany(ctx, actor, card, 0)
}

// needCards refuses to find nothing linked where there is nothing that could be.
func (tx *Tx) needCards(ctx context.Context, cards ...crm.Entity) error {
	for _, card := range cards {
		if err := tx.lockCard(ctx, card); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) companyOfCard(ctx context.Context, card crm.Entity) (int64, error) {
	switch card.Type {
	case crm.Leads:
		lead, err := tx.lockLead(ctx, card.ID)
		return lead.CompanyID, err
	case crm.Contacts:
		contact, err := tx.lockContact(ctx, card.ID)
		return contact.CompanyID, err
	}
	return 0, crm.FieldError("to_entity_type", "a company can't be linked to %s", card.Type)
}

// lockCard keeps other transactions from changing what hangs on the card meanwhile; it fails if there is no such card.
func (tx *Tx) lockCard(ctx context.Context, card crm.Entity) error {
	if !card.Type.Valid() {
		return crm.FieldError("entity_type", "must be leads, contacts or companies")
	}
	var id int64
	err := tx.lock(tx.NewSelect().Table(string(card.Type)).Column("id").Where("id = ?", card.ID).Where("deleted_at IS NULL")).Scan(ctx, &id)
	return found(err, string(card.Type), card.ID)
}

// touch writes who changed a card and when, and one column beside, unless it is "".
func (tx *Tx) touch(ctx context.Context, actor crm.Actor, card crm.Entity, column string, value any) error {
	q := tx.NewUpdate().Table(string(card.Type)).Set("updated_at = ?", tx.Now).Set("updated_by = ?", actor.UserID()).Where("id = ?", card.ID)
	if column != "" {
		q = q.Set("? = ?", bun.Ident(column), value)
	}
	if _, err := q.Exec(ctx); err != nil {
		return fmt.Errorf("change %s %d: %w", card.Type, card.ID, err)
	}
	return nil
}

// ContactsOf are the contacts of several leads, each lead's main one first.
func (s *Store) ContactsOf(ctx context.Context, leadIDs []int64) ([]crm.LeadContact, error) {
	return contactsOf(ctx, s.read, leadIDs)
}

func contactsOf(ctx context.Context, q bun.IDB, leadIDs []int64) ([]crm.LeadContact, error) {
	var ties []crm.LeadContact
	err := q.NewSelect().Model(&ties).Where("lead_id IN (?)", bun.List(leadIDs)).OrderExpr("lead_id, is_main DESC, contact_id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the contacts of leads: %w", err)
	}
	return ties, nil
}

// LeadsOfContacts are the ties of several contacts to their leads, newest lead first.
func (s *Store) LeadsOfContacts(ctx context.Context, contactIDs []int64) ([]crm.LeadContact, error) {
	var ties []crm.LeadContact
	err := s.read.NewSelect().Model(&ties).Where("contact_id IN (?)", bun.List(contactIDs)).
		Where("lead_id IN (SELECT id FROM leads WHERE deleted_at IS NULL)").OrderExpr("contact_id, lead_id DESC").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the leads of contacts: %w", err)
	}
	return ties, nil
}

// OfCompanies are the ids of the leads or contacts of several companies, by company.
func (s *Store) OfCompanies(ctx context.Context, kind crm.EntityType, companyIDs []int64) (map[int64][]int64, error) {
	var rows []struct{ ID, CompanyID int64 }
	err := s.read.NewSelect().Table(string(kind)).Column("id", "company_id").Where("company_id IN (?)", bun.List(companyIDs)).
		Where("deleted_at IS NULL").Order("id").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("read the %s of companies: %w", kind, err)
	}
	byCompany := map[int64][]int64{}
	for _, row := range rows {
		byCompany[row.CompanyID] = append(byCompany[row.CompanyID], row.ID)
	}
	return byCompany, nil
}
