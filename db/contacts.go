package db

import (
	"context"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"salesbot/crm"
)

// Contact is one contact; a deleted one does not exist.
func (s *Store) Contact(ctx context.Context, id int64) (crm.Contact, error) {
	return contactOf(ctx, s.read, id)
}

// Contact is one contact as this transaction sees it.
func (tx *Tx) Contact(ctx context.Context, id int64) (crm.Contact, error) {
	return contactOf(ctx, tx, id)
}

func contactOf(ctx context.Context, q bun.IDB, id int64) (crm.Contact, error) {
	var contact crm.Contact
	err := q.NewSelect().Model(&contact).Where("id = ?", id).Where("deleted_at IS NULL").Scan(ctx)
	return contact, found(err, "contact", id)
}

func (tx *Tx) lockContact(ctx context.Context, id int64) (crm.Contact, error) {
	var contact crm.Contact
	err := tx.lock(tx.NewSelect().Model(&contact).Where("id = ?", id).Where("deleted_at IS NULL")).Scan(ctx)
	return contact, found(err, "contact", id)
}

// CreateContact adds a person. The name and its two parts make each other where they are missing, unless a client is
// the actor: what a channel calls a client need not be a name.
func (tx *Tx) CreateContact(ctx context.Context, actor crm.Actor, contact crm.Contact) (crm.Contact, error) {
	if actor.Kind == crm.ByClient {
		// What a channel says about a client is no reason to refuse the client's message.
		contact.Name, contact.FirstName, contact.LastName = short(contact.Name), short(contact.FirstName), short(contact.LastName)
	} else {
		contact = completeNames(contact)
	}
	if err := checkContact(contact); err != nil {
		return contact, err
	}
	if err := tx.needCompany(ctx, contact.CompanyID); err != nil {
		return contact, err
	}
	contact.ID, contact.DeletedAt, contact.UpdatedAt = 0, nil, tx.Now
	if contact.CreatedAt.IsZero() || contact.CreatedAt.After(tx.Now) {
		contact.CreatedAt = tx.Now
	}
	contact.CreatedBy, contact.UpdatedBy = actor.UserID(), actor.UserID()
	if _, err := tx.NewInsert().Model(&contact).Exec(ctx); err != nil {
		return contact, fmt.Errorf("add contact: %w", err)
	}
	card := crm.Entity{Type: crm.Contacts, ID: contact.ID}
	if err := tx.addTerms(ctx, card, termName, nameTerms(contact.Name)); err != nil {
		return contact, err
	}
	return contact, tx.event(ctx, actor, crm.ContactAddedEvent{ContactID: contact.ID})
}

func short(s string) string {
	if runes := []rune(s); len(runes) > crm.MaxName {
		return string(runes[:crm.MaxName])
	}
	return s
}

func completeNames(c crm.Contact) crm.Contact {
	c.Name, c.FirstName, c.LastName = strings.TrimSpace(c.Name), strings.TrimSpace(c.FirstName), strings.TrimSpace(c.LastName)
	if c.Name == "" {
		c.Name = strings.TrimSpace(c.FirstName + " " + c.LastName)
	} else if c.FirstName == "" && c.LastName == "" {
		first, last, _ := strings.Cut(c.Name, " ")
		c.FirstName, c.LastName = first, strings.TrimSpace(last)
	}
	return c
}

func checkContact(c crm.Contact) error {
	for field, name := range map[string]string{"name": c.Name, "first_name": c.FirstName, "last_name": c.LastName} {
		if len([]rune(name)) > crm.MaxName {
			return crm.FieldError(field, "is longer than %d characters", crm.MaxName)
		}
	}
	return nil
}

func (tx *Tx) needCompany(ctx context.Context, id int64) error {
	if id == 0 {
		return nil
	}
	_, err := companyOf(ctx, tx, id)
	return blame("company_id", err)
}

// ContactEdit changes what is not nil.
type ContactEdit struct {
	Name          *string
	FirstName     *string
	LastName      *string
	ResponsibleID *int64
	CompanyID     *int64
}

// UpdateContact changes a person.
func (tx *Tx) UpdateContact(ctx context.Context, actor crm.Actor, id int64, edit ContactEdit) (crm.Contact, error) {
	contact, err := tx.lockContact(ctx, id)
	if err != nil {
		return contact, err
	}
	before := contact
	contact = renamed(contact, edit)
	set(&contact.ResponsibleID, edit.ResponsibleID)
	set(&contact.CompanyID, edit.CompanyID)
	if err := checkContact(contact); err != nil {
		return contact, err
	}
	if contact.CompanyID != before.CompanyID {
		if err := tx.needCompany(ctx, contact.CompanyID); err != nil {
			return contact, err
		}
	}
	contact.UpdatedAt, contact.UpdatedBy = tx.Now, actor.UserID()
	if _, err := tx.NewUpdate().Model(&contact).WherePK().Exec(ctx); err != nil {
		return contact, fmt.Errorf("change contact %d: %w", id, err)
	}
	return contact, tx.contactChanges(ctx, actor, before, contact)
}

// renamed: a new whole name is taken apart, new parts make a new whole.
func renamed(c crm.Contact, edit ContactEdit) crm.Contact {
	parts := edit.FirstName != nil || edit.LastName != nil
	if edit.Name != nil && !parts {
		c.FirstName, c.LastName = "", ""
	}
	set(&c.Name, edit.Name)
	set(&c.FirstName, edit.FirstName)
	set(&c.LastName, edit.LastName)
	if parts && edit.Name == nil {
		c.Name = ""
	}
	return completeNames(c)
}

func (tx *Tx) contactChanges(ctx context.Context, actor crm.Actor, before, after crm.Contact) error {
	card := crm.Entity{Type: crm.Contacts, ID: after.ID}
	if before.ResponsibleID != after.ResponsibleID {
		err := tx.event(ctx, actor, crm.ResponsibleChangedEvent{Card: card, Before: before.ResponsibleID, After: after.ResponsibleID})
		if err != nil {
			return err
		}
	}
	if before.Name != after.Name {
		if err := tx.indexName(ctx, card, after.Name); err != nil {
			return err
		}
		err := tx.event(ctx, actor, crm.NameChangedEvent{Card: card, Before: before.Name, After: after.Name})
		if err != nil {
			return err
		}
	}
	if before.CompanyID != after.CompanyID || before.FirstName != after.FirstName || before.LastName != after.LastName {
		return tx.event(ctx, actor, crm.ContactChangedEvent{ContactID: after.ID,
			Before: crm.ContactPart{CompanyID: before.CompanyID}, After: crm.ContactPart{CompanyID: after.CompanyID}})
	}
	return nil
}

// DeleteContact hides a contact, takes it off its leads and stops the bots that talk with it.
func (tx *Tx) DeleteContact(ctx context.Context, actor crm.Actor, id int64) error {
	contact, err := tx.lockContact(ctx, id)
	if err != nil {
		return err
	}
	var ties []crm.LeadContact
	if err := tx.NewSelect().Model(&ties).Where("contact_id = ?", id).Scan(ctx); err != nil {
		return fmt.Errorf("read the leads of contact %d: %w", id, err)
	}
	for _, tie := range ties {
		if err := tx.UnlinkContact(ctx, actor, tie.LeadID, id); err != nil {
			return err
		}
	}
	contact.DeletedAt, contact.UpdatedAt, contact.UpdatedBy = &tx.Now, tx.Now, actor.UserID()
	if _, err := tx.NewUpdate().Model(&contact).Column("deleted_at", "updated_at", "updated_by").WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("delete contact %d: %w", id, err)
	}
	if err := tx.silence(ctx, actor, contactRuns(id), "the contact was deleted"); err != nil {
		return err
	}
	card := crm.Entity{Type: crm.Contacts, ID: id}
	if err := tx.closeTasks(ctx, actor, card, "the contact was deleted"); err != nil {
		return err
	}
	return tx.event(ctx, actor, crm.ContactDeletedEvent{ContactID: id})
}
