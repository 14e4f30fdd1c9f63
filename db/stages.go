package db

import (
	"context"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"salesbot/crm"
)

// firstStageID is added to a stage's key to make its id, so that an id is never that of won or lost.
const firstStageID = 1000

// The places and colours of the system stages (Kommo API v4, pipelines).
const (
	sortIncoming, sortWon, sortLost = 10, 10000, 11000
	sortStep                        = 10

	colorIncoming, colorWon, colorLost = "#c1c1c1", "#CCFF66", "#D5D8DB"
)

// Stages are a pipeline's stages in order.
func (s *Store) Stages(ctx context.Context, pipelineID int64) ([]crm.Stage, error) {
	return stagesOf(ctx, s.read, pipelineID)
}

// Stage is one stage of a pipeline.
func (s *Store) Stage(ctx context.Context, pipelineID, id int64) (crm.Stage, error) {
	return stageOf(ctx, s.read, pipelineID, id)
}

func stagesOf(ctx context.Context, q bun.IDB, pipelineIDs ...int64) ([]crm.Stage, error) {
	var stages []crm.Stage
	err := q.NewSelect().Model(&stages).Where("pipeline_id IN (?)", bun.List(pipelineIDs)).Order("pipeline_id", "sort", "key").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read stages: %w", err)
	}
	return stages, nil
}

func stageOf(ctx context.Context, q bun.IDB, pipelineID, id int64) (crm.Stage, error) {
	var stage crm.Stage
	err := q.NewSelect().Model(&stage).Where("pipeline_id = ?", pipelineID).Where("id = ?", id).Scan(ctx)
	return stage, found(err, fmt.Sprintf("in pipeline %d, stage", pipelineID), id)
}

// CreateStage adds an ordinary stage. Its place is made regular: stages stand ten apart.
func (tx *Tx) CreateStage(ctx context.Context, actor crm.Actor, stage crm.Stage) (crm.Stage, error) {
	if _, err := tx.lockPipeline(ctx, stage.PipelineID); err != nil {
		return stage, err
	}
	stages, err := stagesOf(ctx, tx, stage.PipelineID)
	if err != nil {
		return stage, err
	}
	if len(stages) >= crm.MaxStages {
		return stage, crm.FieldError("pipeline_id", "a pipeline has at most %d stages", crm.MaxStages)
	}
	stage.Type, stage.IsEditable = crm.StageNormal, true
	if stage.Color == "" {
		stage.Color = crm.StageColors[0]
	}
	if err := checkStage(stage); err != nil {
		return stage, err
	}
	if err := tx.insertStage(ctx, &stage); err != nil {
		return stage, err
	}
	if err := tx.spaceStages(ctx, stage.PipelineID); err != nil {
		return stage, err
	}
	if err := tx.pipelineChanged(ctx, actor, stage.PipelineID); err != nil {
		return stage, err
	}
	return stageOf(ctx, tx, stage.PipelineID, stage.ID)
}

func checkStage(stage crm.Stage) error {
	if name := strings.TrimSpace(stage.Name); name == "" || len([]rune(name)) > crm.MaxName {
		return crm.FieldError("name", "a stage needs a name of at most %d characters", crm.MaxName)
	}
	if stage.IsEditable && !crm.ValidStageColor(stage.Color) {
		return crm.FieldError("color", "%q is not one of the colours %s", stage.Color, strings.Join(crm.StageColors, " "))
	}
	return nil
}

// insertStage gives a stage without an id the one that follows from its key.
func (tx *Tx) insertStage(ctx context.Context, stage *crm.Stage) error {
	stage.Key = 0
	fixed := stage.ID == crm.StageWon || stage.ID == crm.StageLost
	if !fixed {
		stage.ID = 0
	}
	if _, err := tx.NewInsert().Model(stage).Exec(ctx); err != nil {
		return fmt.Errorf("add stage: %w", err)
	}
	if fixed {
		return nil
	}
	stage.ID = stage.Key + firstStageID
	_, err := tx.NewUpdate().Model(stage).Column("id").WherePK().Exec(ctx)
	return err
}

// spaceStages gives the ordinary stages the places 20, 30, … in the order that they have.
func (tx *Tx) spaceStages(ctx context.Context, pipelineID int64) error {
	stages, err := stagesOf(ctx, tx, pipelineID)
	if err != nil {
		return err
	}
	place := sortIncoming
	for _, stage := range stages {
		if stage.Type != crm.StageNormal || !stage.IsEditable {
			continue
		}
		place += sortStep
		if stage.Sort == place {
			continue
		}
		stage.Sort = place
		if _, err := tx.NewUpdate().Model(&stage).Column("sort").WherePK().Exec(ctx); err != nil {
			return fmt.Errorf("order stages: %w", err)
		}
	}
	return nil
}

// StageEdit changes what is not nil. Of a system stage only the name may change.
type StageEdit struct {
	Name  *string
	Sort  *int
	Color *string
}

// UpdateStage changes one stage of a pipeline.
func (tx *Tx) UpdateStage(ctx context.Context, actor crm.Actor, pipelineID, id int64, edit StageEdit) (crm.Stage, error) {
	if _, err := tx.lockPipeline(ctx, pipelineID); err != nil {
		return crm.Stage{}, err
	}
	stage, err := stageOf(ctx, tx, pipelineID, id)
	if err != nil {
		return stage, err
	}
	if !stage.IsEditable && (edit.Sort != nil && *edit.Sort != stage.Sort || edit.Color != nil && *edit.Color != stage.Color) {
		return stage, crm.FieldError("id", "stage %d belongs to the system; only its name can change", id)
	}
	set(&stage.Name, edit.Name)
	set(&stage.Sort, edit.Sort)
	set(&stage.Color, edit.Color)
	if err := checkStage(stage); err != nil {
		return stage, err
	}
	if _, err := tx.NewUpdate().Model(&stage).Column("name", "sort", "color").WherePK().Exec(ctx); err != nil {
		return stage, fmt.Errorf("change stage: %w", err)
	}
	if err := tx.spaceStages(ctx, pipelineID); err != nil {
		return stage, err
	}
	if err := tx.pipelineChanged(ctx, actor, pipelineID); err != nil {
		return stage, err
	}
	return stageOf(ctx, tx, pipelineID, id)
}

// DeleteStage deletes an ordinary stage; its leads move to the first ordinary stage that is left.
func (tx *Tx) DeleteStage(ctx context.Context, actor crm.Actor, pipelineID, id int64) error {
	if _, err := tx.lockPipeline(ctx, pipelineID); err != nil {
		return err
	}
	stage, err := stageOf(ctx, tx, pipelineID, id)
	if err != nil {
		return err
	}
	if !stage.IsEditable {
		return crm.Errorf(crm.Conflict, "stage %d belongs to the system and can't be deleted", id)
	}
	if err := tx.dropStage(ctx, actor, stage); err != nil {
		return err
	}
	return tx.pipelineChanged(ctx, actor, pipelineID)
}

// dropStage deletes the row after moving its leads.
func (tx *Tx) dropStage(ctx context.Context, actor crm.Actor, stage crm.Stage) error {
	first, err := firstStage(ctx, tx, stage.PipelineID, stage.ID)
	if crm.CodeOf(err) == crm.NotFound {
		return crm.Errorf(crm.Conflict, "a pipeline needs at least one ordinary stage; add another one first")
	}
	if err != nil {
		return err
	}
	var leads []crm.Lead
	err = tx.lock(tx.NewSelect().Model(&leads).Where("pipeline_id = ?", stage.PipelineID).Where("stage_id = ?", stage.ID)).Scan(ctx)
	if err != nil {
		return fmt.Errorf("read leads: %w", err)
	}
	for i := range leads {
		if err := tx.moveLead(ctx, actor, &leads[i], stage.PipelineID, first.ID); err != nil {
			return err
		}
	}
	if _, err := tx.NewDelete().Model(&stage).WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("delete stage: %w", err)
	}
	err = tx.dropTriggers(ctx, actor, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("pipeline_id = ?", stage.PipelineID).Where("stage_id = ?", stage.ID)
	})
	if err != nil {
		return err
	}
	return tx.spaceStages(ctx, stage.PipelineID)
}

// firstStage is the first ordinary stage of a pipeline, apart from one.
func firstStage(ctx context.Context, q bun.IDB, pipelineID, apartFrom int64) (crm.Stage, error) {
	var stage crm.Stage
	err := q.NewSelect().Model(&stage).Where("pipeline_id = ?", pipelineID).Where("type = ?", crm.StageNormal).
		Where("is_editable = ?", true).Where("id <> ?", apartFrom).Order("sort", "key").Limit(1).Scan(ctx)
	return stage, found(err, "an ordinary stage of pipeline", pipelineID)
}

// IncomingStage is where a new lead of a channel waits: the pipeline's incoming stage, or its first ordinary one.
// pipelineID 0 is the main pipeline.
func (tx *Tx) IncomingStage(ctx context.Context, pipelineID int64) (crm.Stage, error) {
	pipelineID, err := tx.pipelineOrMain(ctx, pipelineID)
	if err != nil {
		return crm.Stage{}, err
	}
	var stage crm.Stage
	err = tx.NewSelect().Model(&stage).Where("pipeline_id = ?", pipelineID).Where("type = ?", crm.StageIncoming).Limit(1).Scan(ctx)
	if err = found(err, "the incoming stage of pipeline", pipelineID); crm.CodeOf(err) == crm.NotFound {
		return firstStage(ctx, tx, pipelineID, 0)
	}
	return stage, err
}

func set[T any](field *T, value *T) {
	if value != nil {
		*field = *value
	}
}
