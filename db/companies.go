package db

import (
	"context"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"salesbot/crm"
)

// Company is one company; a deleted one does not exist.
func (s *Store) Company(ctx context.Context, id int64) (crm.Company, error) {
	return companyOf(ctx, s.read, id)
}

func companyOf(ctx context.Context, q bun.IDB, id int64) (crm.Company, error) {
	var company crm.Company
	err := q.NewSelect().Model(&company).Where("id = ?", id).Where("deleted_at IS NULL").Scan(ctx)
	return company, found(err, "company", id)
}

func (tx *Tx) lockCompany(ctx context.Context, id int64) (crm.Company, error) {
	var company crm.Company
	err := tx.lock(tx.NewSelect().Model(&company).Where("id = ?", id).Where("deleted_at IS NULL")).Scan(ctx)
	return company, found(err, "company", id)
}

func checkCompany(c crm.Company) error {
	if name := strings.TrimSpace(c.Name); name == "" || len([]rune(name)) > crm.MaxName {
		return crm.FieldError("name", "a company needs a name of at most %d characters", crm.MaxName)
	}
	return nil
}

// CreateCompany adds an organisation.
func (tx *Tx) CreateCompany(ctx context.Context, actor crm.Actor, company crm.Company) (crm.Company, error) {
	if err := checkCompany(company); err != nil {
		return company, err
	}
	company.ID, company.DeletedAt, company.UpdatedAt = 0, nil, tx.Now
	if company.CreatedAt.IsZero() || company.CreatedAt.After(tx.Now) {
		company.CreatedAt = tx.Now
	}
	company.CreatedBy, company.UpdatedBy = actor.UserID(), actor.UserID()
	if _, err := tx.NewInsert().Model(&company).Exec(ctx); err != nil {
		return company, fmt.Errorf("add company: %w", err)
	}
	card := crm.Entity{Type: crm.Companies, ID: company.ID}
	if err := tx.addTerms(ctx, card, termName, nameTerms(company.Name)); err != nil {
		return company, err
	}
	return company, tx.event(ctx, actor, crm.CompanyAddedEvent{CompanyID: company.ID})
}

// CompanyEdit changes what is not nil.
type CompanyEdit struct {
	Name          *string
	ResponsibleID *int64
}

// UpdateCompany changes an organisation.
func (tx *Tx) UpdateCompany(ctx context.Context, actor crm.Actor, id int64, edit CompanyEdit) (crm.Company, error) {
	company, err := tx.lockCompany(ctx, id)
	if err != nil {
		return company, err
	}
	before, card := company, crm.Entity{Type: crm.Companies, ID: id}
	set(&company.Name, edit.Name)
	set(&company.ResponsibleID, edit.ResponsibleID)
	if err := checkCompany(company); err != nil {
		return company, err
	}
	company.UpdatedAt, company.UpdatedBy = tx.Now, actor.UserID()
	if _, err := tx.NewUpdate().Model(&company).WherePK().Exec(ctx); err != nil {
		return company, fmt.Errorf("change company %d: %w", id, err)
	}
	if before.Name != company.Name {
		if err := tx.indexName(ctx, card, company.Name); err != nil {
			return company, err
		}
		err := tx.event(ctx, actor, crm.NameChangedEvent{Card: card, Before: before.Name, After: company.Name})
		if err != nil {
			return company, err
		}
	}
	if before.ResponsibleID == company.ResponsibleID {
		return company, nil
	}
	return company, tx.event(ctx, actor, crm.ResponsibleChangedEvent{Card: card, Before: before.ResponsibleID, After: company.ResponsibleID})
}

// DeleteCompany hides a company and takes it off its leads and contacts.
func (tx *Tx) DeleteCompany(ctx context.Context, actor crm.Actor, id int64) error {
	company, err := tx.lockCompany(ctx, id)
	if err != nil {
		return err
	}
	for _, table := range []string{"leads", "contacts"} {
		if _, err := tx.NewUpdate().Table(table).Set("company_id = 0").Where("company_id = ?", id).Exec(ctx); err != nil {
			return fmt.Errorf("take company %d off its %s: %w", id, table, err)
		}
	}
	company.DeletedAt, company.UpdatedAt, company.UpdatedBy = &tx.Now, tx.Now, actor.UserID()
	if _, err := tx.NewUpdate().Model(&company).Column("deleted_at", "updated_at", "updated_by").WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("delete company %d: %w", id, err)
	}
	card := crm.Entity{Type: crm.Companies, ID: id}
	if err := tx.closeTasks(ctx, actor, card, "the company was deleted"); err != nil {
		return err
	}
	return tx.event(ctx, actor, crm.CompanyDeletedEvent{CompanyID: id})
}
