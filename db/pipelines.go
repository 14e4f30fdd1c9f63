package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"salesbot/crm"
)

// Pipelines are all pipelines in order.
func (s *Store) Pipelines(ctx context.Context) ([]crm.Pipeline, error) {
	var pipelines []crm.Pipeline
	if err := s.read.NewSelect().Model(&pipelines).Order("sort", "id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("read pipelines: %w", err)
	}
	return pipelines, nil
}

// StagesOf are the stages of several pipelines, each in order.
func (s *Store) StagesOf(ctx context.Context, pipelineIDs []int64) (map[int64][]crm.Stage, error) {
	stages, err := stagesOf(ctx, s.read, pipelineIDs...)
	if err != nil {
		return nil, err
	}
	byPipeline := map[int64][]crm.Stage{}
	for _, stage := range stages {
		byPipeline[stage.PipelineID] = append(byPipeline[stage.PipelineID], stage)
	}
	return byPipeline, nil
}

// Pipeline is one pipeline.
func (s *Store) Pipeline(ctx context.Context, id int64) (crm.Pipeline, error) {
	return pipelineOf(ctx, s.read, id)
}

func pipelineOf(ctx context.Context, q bun.IDB, id int64) (crm.Pipeline, error) {
	var p crm.Pipeline
	err := q.NewSelect().Model(&p).Where("id = ?", id).Scan(ctx)
	return p, found(err, "pipeline", id)
}

// lockPipeline keeps other transactions from changing the same pipeline's stages meanwhile.
func (tx *Tx) lockPipeline(ctx context.Context, id int64) (crm.Pipeline, error) {
	var p crm.Pipeline
	err := tx.lock(tx.NewSelect().Model(&p).Where("id = ?", id)).Scan(ctx)
	return p, found(err, "pipeline", id)
}

func (tx *Tx) pipelineOrMain(ctx context.Context, id int64) (int64, error) {
	if id != 0 {
		return id, nil
	}
	p, err := tx.MainPipeline(ctx)
	return p.ID, err
}

// CreatePipeline adds a pipeline with the given ordinary stages beside the system ones, in their order. A stage with
// the id of won or lost only names that one. Without an ordinary stage it gets one.
func (tx *Tx) CreatePipeline(ctx context.Context, actor crm.Actor, p crm.Pipeline, stages []crm.Stage) (crm.Pipeline, error) {
	if err := checkPipeline(p); err != nil {
		return p, err
	}
	count, err := tx.NewSelect().Model((*crm.Pipeline)(nil)).Count(ctx)
	if err != nil {
		return p, fmt.Errorf("count pipelines: %w", err)
	}
	if count >= crm.MaxPipelines {
		return p, crm.Errorf(crm.Invalid, "there may be at most %d pipelines", crm.MaxPipelines)
	}
	p.ID, p.CreatedAt, p.UpdatedAt = 0, tx.Now, tx.Now
	p.IsMain = p.IsMain || count == 0
	if _, err := tx.NewInsert().Model(&p).Exec(ctx); err != nil {
		return p, fmt.Errorf("add pipeline: %w", err)
	}
	if err := tx.insertStages(ctx, p, stages); err != nil {
		return p, err
	}
	if err := tx.onlyMain(ctx, p); err != nil {
		return p, err
	}
	return p, tx.pipelineChanged(ctx, actor, p.ID)
}

func checkPipeline(p crm.Pipeline) error {
	if name := strings.TrimSpace(p.Name); name == "" || len([]rune(name)) > crm.MaxName {
		return crm.FieldError("name", "a pipeline needs a name of at most %d characters", crm.MaxName)
	}
	return nil
}

// insertStages makes the system stages around the given ones.
func (tx *Tx) insertStages(ctx context.Context, p crm.Pipeline, given []crm.Stage) error {
	won := crm.Stage{ID: crm.StageWon, Name: "Closed - won", Sort: sortWon, Color: colorWon}
	lost := crm.Stage{ID: crm.StageLost, Name: "Closed - lost", Sort: sortLost, Color: colorLost}
	var rows []crm.Stage
	if p.IsUnsortedOn {
		rows = append(rows, incomingStage())
	}
	for i, stage := range given {
		switch stage.ID {
		case crm.StageWon:
			won.Name = stage.Name
		case crm.StageLost:
			lost.Name = stage.Name
		default:
			stage.Type, stage.IsEditable, stage.Sort = crm.StageNormal, true, sortIncoming+sortStep*(i+1)
			if stage.Color == "" {
				stage.Color = crm.StageColors[i%len(crm.StageColors)]
			}
			rows = append(rows, stage)
		}
	}
	if len(rows) == 0 || len(rows) == 1 && p.IsUnsortedOn {
		rows = append(rows, crm.Stage{Name: "New", Sort: sortIncoming + sortStep, Color: crm.StageColors[0], IsEditable: true})
	}
	rows = append(rows, won, lost)
	if len(rows) > crm.MaxStages {
		return crm.FieldError("_embedded.statuses", "a pipeline has at most %d stages", crm.MaxStages)
	}
	for i := range rows {
		rows[i].PipelineID = p.ID
		if err := checkStage(rows[i]); err != nil {
			return err
		}
		if err := tx.insertStage(ctx, &rows[i]); err != nil {
			return err
		}
	}
	return tx.spaceStages(ctx, p.ID)
}

func incomingStage() crm.Stage {
	return crm.Stage{Name: "Incoming leads", Sort: sortIncoming, Color: colorIncoming, Type: crm.StageIncoming}
}

// onlyMain takes the mark from the other pipelines if p has it.
func (tx *Tx) onlyMain(ctx context.Context, p crm.Pipeline) error {
	if !p.IsMain {
		return nil
	}
	_, err := tx.NewUpdate().Model((*crm.Pipeline)(nil)).Set("is_main = ?", false).Where("id <> ?", p.ID).Where("is_main = ?", true).Exec(ctx)
	return err
}

func (tx *Tx) pipelineChanged(ctx context.Context, actor crm.Actor, id int64) error {
	return tx.event(ctx, actor, crm.PipelineChangedEvent{PipelineID: id})
}

// PipelineEdit changes what is not nil.
type PipelineEdit struct {
	Name         *string
	Sort         *int
	IsMain       *bool
	IsUnsortedOn *bool
	IsArchive    *bool
}

// UpdatePipeline changes a pipeline. Without its incoming stage, that stage's leads move to the first ordinary one.
func (tx *Tx) UpdatePipeline(ctx context.Context, actor crm.Actor, id int64, edit PipelineEdit) (crm.Pipeline, error) {
	p, err := tx.lockPipeline(ctx, id)
	if err != nil {
		return p, err
	}
	if p.IsMain && edit.IsMain != nil && !*edit.IsMain {
		return p, crm.FieldError("is_main", "one pipeline has to be the main one; make another one main instead")
	}
	hadIncoming := p.IsUnsortedOn
	set(&p.Name, edit.Name)
	set(&p.Sort, edit.Sort)
	set(&p.IsMain, edit.IsMain)
	set(&p.IsUnsortedOn, edit.IsUnsortedOn)
	set(&p.IsArchive, edit.IsArchive)
	if err := checkPipeline(p); err != nil {
		return p, err
	}
	p.UpdatedAt = tx.Now
	if _, err := tx.NewUpdate().Model(&p).WherePK().Exec(ctx); err != nil {
		return p, fmt.Errorf("change pipeline: %w", err)
	}
	if err := tx.onlyMain(ctx, p); err != nil {
		return p, err
	}
	if hadIncoming != p.IsUnsortedOn {
		if err := tx.switchIncoming(ctx, actor, p); err != nil {
			return p, err
		}
	}
	return p, tx.pipelineChanged(ctx, actor, id)
}

func (tx *Tx) switchIncoming(ctx context.Context, actor crm.Actor, p crm.Pipeline) error {
	if p.IsUnsortedOn {
		stage := incomingStage()
		stage.PipelineID = p.ID
		return tx.insertStage(ctx, &stage)
	}
	var stage crm.Stage
	err := tx.NewSelect().Model(&stage).Where("pipeline_id = ?", p.ID).Where("type = ?", crm.StageIncoming).Scan(ctx)
	if err := found(err, "the incoming stage of pipeline", p.ID); err != nil {
		return err
	}
	return tx.dropStage(ctx, actor, stage)
}

// DeletePipeline deletes a pipeline that has no leads and is not the last one. Its channels and sources go to the main one.
func (tx *Tx) DeletePipeline(ctx context.Context, actor crm.Actor, id int64) error {
	p, err := tx.lockPipeline(ctx, id)
	if err != nil {
		return err
	}
	leads, err := tx.NewSelect().Model((*crm.Lead)(nil)).Where("pipeline_id = ?", id).Where("deleted_at IS NULL").Count(ctx)
	if err != nil {
		return fmt.Errorf("count leads: %w", err)
	}
	if leads > 0 {
		return crm.Errorf(crm.Conflict, "pipeline %d has %d leads; move or delete them first", id, leads)
	}
	var next crm.Pipeline
	err = tx.NewSelect().Model(&next).Where("id <> ?", id).Order("sort", "id").Limit(1).Scan(ctx)
	if err = found(err, "another pipeline than", id); crm.CodeOf(err) == crm.NotFound {
		return crm.Errorf(crm.Conflict, "the last pipeline can't be deleted")
	} else if err != nil {
		return err
	}
	if _, err := tx.NewDelete().Model((*crm.Stage)(nil)).Where("pipeline_id = ?", id).Exec(ctx); err != nil {
		return fmt.Errorf("delete stages: %w", err)
	}
	if _, err := tx.NewDelete().Model(&p).WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("delete pipeline: %w", err)
	}
	if p.IsMain {
		next.IsMain = true
		if _, err := tx.NewUpdate().Model(&next).Column("is_main").WherePK().Exec(ctx); err != nil {
			return fmt.Errorf("choose the main pipeline: %w", err)
		}
	}
	err = tx.dropTriggers(ctx, actor, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("pipeline_id = ?", id) })
	if err != nil {
		return err
	}
	if err := tx.leaveDeleted(ctx, actor); err != nil {
		return err
	}
	return tx.pipelineChanged(ctx, actor, id)
}

// leaveDeleted gives the channels and the sources of a pipeline that is gone to the main one.
func (tx *Tx) leaveDeleted(ctx context.Context, actor crm.Actor) error {
	main, err := tx.MainPipeline(ctx)
	if err != nil {
		return err
	}
	gone := "pipeline_id <> 0 AND pipeline_id NOT IN (SELECT id FROM pipelines)"
	_, err = tx.NewUpdate().Model((*crm.Source)(nil)).Set("pipeline_id = ?", main.ID).Where(gone).Exec(ctx)
	if err != nil {
		return fmt.Errorf("move the sources of deleted pipelines: %w", err)
	}
	var channels []crm.Channel
	err = tx.NewUpdate().Model((*crm.Channel)(nil)).Set("pipeline_id = ?", main.ID).Set("updated_at = ?", tx.Now).
		Where(gone).Returning("id, name, is_active").Scan(ctx, &channels)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("move the channels of deleted pipelines: %w", err)
	}
	for _, channel := range channels {
		if err := tx.event(ctx, actor, crm.ChannelChangedEvent{Channel: channel}); err != nil {
			return err
		}
	}
	return nil
}

// MainPipeline is the account's main pipeline; every account has one.
func (tx *Tx) MainPipeline(ctx context.Context) (crm.Pipeline, error) {
	var p crm.Pipeline
	err := tx.NewSelect().Model(&p).Where("is_main = ?", true).Limit(1).Scan(ctx)
	return p, found(err, "the main pipeline", "")
}
