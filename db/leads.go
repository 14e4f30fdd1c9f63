package db

import (
	"context"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"salesbot/crm"
)

// Lead is one lead; a deleted one does not exist.
func (s *Store) Lead(ctx context.Context, id int64) (crm.Lead, error) { return leadOf(ctx, s.read, id) }

// Lead is one lead as this transaction sees it.
func (tx *Tx) Lead(ctx context.Context, id int64) (crm.Lead, error) { return leadOf(ctx, tx, id) }

// HasLead says whether there is any lead.
func (s *Store) HasLead(ctx context.Context) (bool, error) {
	found, err := s.read.NewSelect().Model((*crm.Lead)(nil)).Where("deleted_at IS NULL").Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("look for a lead: %w", err)
	}
	return found, nil
}

func leadOf(ctx context.Context, q bun.IDB, id int64) (crm.Lead, error) {
	var lead crm.Lead
	err := q.NewSelect().Model(&lead).Where("id = ?", id).Where("deleted_at IS NULL").Scan(ctx)
	return lead, found(err, "lead", id)
}

// hasLead says whether there is such a lead.
func (tx *Tx) hasLead(ctx context.Context, id int64) (bool, error) {
	return tx.NewSelect().Model((*crm.Lead)(nil)).Where("id = ?", id).Where("deleted_at IS NULL").Exists(ctx)
}

func (tx *Tx) lockLead(ctx context.Context, id int64) (crm.Lead, error) {
	var lead crm.Lead
	err := tx.lock(tx.NewSelect().Model(&lead).Where("id = ?", id).Where("deleted_at IS NULL")).Scan(ctx)
	return lead, found(err, "lead", id)
}

// CreateLead adds a lead. Without a stage it stands at the first ordinary stage of its pipeline, without a pipeline in
// the stage's or the main one, without a name it is called after its number. A CreatedAt in the past is kept.
func (tx *Tx) CreateLead(ctx context.Context, actor crm.Actor, lead crm.Lead) (crm.Lead, error) {
	var err error
	lead.Name = strings.TrimSpace(lead.Name)
	if lead.PipelineID, lead.StageID, err = tx.place(ctx, lead.PipelineID, lead.StageID); err != nil {
		return lead, err
	}
	if err := checkLead(lead); err != nil {
		return lead, err
	}
	lead.ID, lead.DeletedAt, lead.UpdatedAt = 0, nil, tx.Now
	if lead.CreatedAt.IsZero() || lead.CreatedAt.After(tx.Now) {
		lead.CreatedAt = tx.Now
	}
	lead.CreatedBy, lead.UpdatedBy = actor.UserID(), actor.UserID()
	if lead.Closed() && lead.ClosedAt == nil {
		lead.ClosedAt = &tx.Now
	}
	if !lead.Closed() {
		lead.ClosedAt = nil
	}
	if _, err := tx.NewInsert().Model(&lead).Exec(ctx); err != nil {
		return lead, fmt.Errorf("add lead: %w", err)
	}
	if lead.Name == "" {
		lead.Name = fmt.Sprintf("Lead #%d", lead.ID)
		if _, err := tx.NewUpdate().Model(&lead).Column("name").WherePK().Exec(ctx); err != nil {
			return lead, fmt.Errorf("name lead: %w", err)
		}
	}
	if err := tx.addTerms(ctx, crm.Entity{Type: crm.Leads, ID: lead.ID}, termName, nameTerms(lead.Name)); err != nil {
		return lead, err
	}
	return lead, tx.event(ctx, actor, crm.LeadAddedEvent{Lead: lead})
}

// place checks a pipeline and a stage, or chooses them, and keeps both from being deleted meanwhile.
func (tx *Tx) place(ctx context.Context, pipelineID, stageID int64) (int64, int64, error) {
	var err error
	if pipelineID == 0 && stageID > firstStageID {
		err = tx.NewSelect().Model((*crm.Stage)(nil)).Column("pipeline_id").Where("id = ?", stageID).Scan(ctx, &pipelineID)
		err = blame("status_id", found(err, "stage", stageID))
	} else {
		pipelineID, err = tx.pipelineOrMain(ctx, pipelineID)
	}
	if err != nil {
		return 0, 0, err
	}
	if err := tx.holdPipeline(ctx, pipelineID); err != nil {
		return 0, 0, blame("pipeline_id", err)
	}
	if stageID == 0 {
		stage, err := firstStage(ctx, tx, pipelineID, 0)
		return pipelineID, stage.ID, err
	}
	_, err = stageOf(ctx, tx, pipelineID, stageID)
	return pipelineID, stageID, blame("status_id", err)
}

// holdPipeline lets others hold it too, but nobody lock it until this transaction ends.
func (tx *Tx) holdPipeline(ctx context.Context, id int64) error {
	q := tx.NewSelect().Model((*crm.Pipeline)(nil)).Column("id").Where("id = ?", id)
	if tx.store.Postgres() {
		q = q.For("KEY SHARE")
	}
	return found(q.Scan(ctx, &id), "pipeline", id)
}

// blame turns "does not exist" into a fault of the request's field.
func blame(field string, err error) error {
	if crm.CodeOf(err) == crm.NotFound {
		return crm.FieldError(field, "%s", err)
	}
	return err
}

func checkLead(lead crm.Lead) error {
	if len([]rune(lead.Name)) > crm.MaxName {
		return crm.FieldError("name", "is longer than %d characters", crm.MaxName)
	}
	if lead.Price < 0 {
		return crm.FieldError("price", "must not be negative")
	}
	return nil
}

// LeadEdit changes what is not nil. A pipeline without a stage means its first ordinary stage.
type LeadEdit struct {
	Name          *string
	Price         *int64
	PipelineID    *int64
	StageID       *int64
	ResponsibleID *int64
	SourceID      *int64
}

// UpdateLead changes a lead and records each change as an event of its own.
func (tx *Tx) UpdateLead(ctx context.Context, actor crm.Actor, id int64, edit LeadEdit) (crm.Lead, error) {
	lead, err := tx.lockLead(ctx, id)
	if err != nil {
		return lead, err
	}
	before := lead
	set(&lead.Name, edit.Name)
	set(&lead.Price, edit.Price)
	set(&lead.ResponsibleID, edit.ResponsibleID)
	set(&lead.SourceID, edit.SourceID)
	if strings.TrimSpace(lead.Name) == "" {
		return lead, crm.FieldError("name", "a lead needs a name")
	}
	if err := checkLead(lead); err != nil {
		return lead, err
	}
	lead.UpdatedAt, lead.UpdatedBy = tx.Now, actor.UserID()
	if _, err := tx.NewUpdate().Model(&lead).Column("name", "price", "responsible_id", "source_id", "updated_at", "updated_by").WherePK().Exec(ctx); err != nil {
		return lead, fmt.Errorf("change lead %d: %w", id, err)
	}
	if before.Name != lead.Name {
		if err := tx.indexName(ctx, crm.Entity{Type: crm.Leads, ID: id}, lead.Name); err != nil {
			return lead, err
		}
	}
	if err := tx.leadChanges(ctx, actor, before, lead); err != nil {
		return lead, err
	}
	if edit.PipelineID == nil && edit.StageID == nil {
		return lead, nil
	}
	err = tx.moveByEdit(ctx, actor, &lead, edit)
	return lead, err
}

// moveByEdit: a stage alone stays in the lead's pipeline if that has it.
func (tx *Tx) moveByEdit(ctx context.Context, actor crm.Actor, lead *crm.Lead, edit LeadEdit) error {
	pipelineID, stageID := lead.PipelineID, int64(0)
	set(&stageID, edit.StageID)
	if edit.PipelineID != nil {
		pipelineID = *edit.PipelineID
	} else if stageID > firstStageID {
		pipelineID = 0
	}
	if stageID == 0 && pipelineID == lead.PipelineID {
		return nil
	}
	pipelineID, stageID, err := tx.place(ctx, pipelineID, stageID)
	if err != nil {
		return err
	}
	return tx.moveLead(ctx, actor, lead, pipelineID, stageID)
}

func (tx *Tx) leadChanges(ctx context.Context, actor crm.Actor, before, after crm.Lead) error {
	card := crm.Entity{Type: crm.Leads, ID: after.ID}
	for _, c := range []struct {
		changed bool
		fact    crm.Fact
	}{
		{before.Name != after.Name, crm.NameChangedEvent{Card: card, Before: before.Name, After: after.Name}},
		{before.Price != after.Price, crm.SaleChangedEvent{LeadID: card.ID, Before: before.Price, After: after.Price}},
		{before.ResponsibleID != after.ResponsibleID, crm.ResponsibleChangedEvent{Card: card, Before: before.ResponsibleID, After: after.ResponsibleID}},
		{before.SourceID != after.SourceID, crm.LeadChangedEvent{LeadID: card.ID, Before: crm.LeadPart{SourceID: before.SourceID}, After: crm.LeadPart{SourceID: after.SourceID}}},
	} {
		if !c.changed {
			continue
		}
		if err := tx.event(ctx, actor, c.fact); err != nil {
			return err
		}
	}
	return nil
}

// ChangeStage moves a lead. Moving it to where it is changes nothing and tells nobody.
func (tx *Tx) ChangeStage(ctx context.Context, actor crm.Actor, leadID, pipelineID, stageID int64) (crm.Lead, error) {
	lead, err := tx.lockLead(ctx, leadID)
	if err != nil {
		return lead, err
	}
	if pipelineID == 0 && stageID <= firstStageID {
		pipelineID = lead.PipelineID
	}
	if pipelineID, stageID, err = tx.place(ctx, pipelineID, stageID); err != nil {
		return lead, err
	}
	err = tx.moveLead(ctx, actor, &lead, pipelineID, stageID)
	return lead, err
}

// moveLead writes the move; the place is known to exist.
func (tx *Tx) moveLead(ctx context.Context, actor crm.Actor, lead *crm.Lead, pipelineID, stageID int64) error {
	before := crm.StagePart{ID: lead.StageID, PipelineID: lead.PipelineID}
	after := crm.StagePart{ID: stageID, PipelineID: pipelineID}
	if before == after {
		return nil
	}
	lead.PipelineID, lead.StageID, lead.UpdatedAt, lead.UpdatedBy = pipelineID, stageID, tx.Now, actor.UserID()
	if !lead.Closed() {
		lead.ClosedAt = nil
	} else if lead.ClosedAt == nil {
		lead.ClosedAt = &tx.Now
	}
	_, err := tx.NewUpdate().Model(lead).Column("pipeline_id", "stage_id", "closed_at", "updated_at", "updated_by").WherePK().Exec(ctx)
	if err != nil {
		return fmt.Errorf("move lead %d: %w", lead.ID, err)
	}
	return tx.event(ctx, actor, crm.LeadStatusChangedEvent{LeadID: lead.ID, Before: before, After: after})
}

// DeleteLead hides a lead and stops its bots; its history stays.
func (tx *Tx) DeleteLead(ctx context.Context, actor crm.Actor, id int64) error {
	lead, err := tx.lockLead(ctx, id)
	if err != nil {
		return err
	}
	lead.DeletedAt, lead.UpdatedAt, lead.UpdatedBy = &tx.Now, tx.Now, actor.UserID()
	if _, err := tx.NewUpdate().Model(&lead).Column("deleted_at", "updated_at", "updated_by").WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("delete lead %d: %w", id, err)
	}
	if err := tx.silence(ctx, actor, leadRuns(id), "the lead was deleted"); err != nil {
		return err
	}
	if err := tx.closeTasks(ctx, actor, crm.Entity{Type: crm.Leads, ID: id}, "the lead was deleted"); err != nil {
		return err
	}
	return tx.event(ctx, actor, crm.LeadDeletedEvent{Lead: lead})
}
