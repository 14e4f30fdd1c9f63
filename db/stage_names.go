package db

import (
	"context"
	"fmt"

	"salesbot/bot"
	"salesbot/crm"
)

// FindStage turns the names of a stage change into ids. A stage without a pipeline is looked for in the lead's own.
// Names compare without case, accents and needless spaces.
func (tx *Tx) FindStage(ctx context.Context, subject bot.Subject, in crm.StageChange) (crm.StageChange, error) {
	if in.Pipeline != "" {
		id, err := tx.pipelineNamed(ctx, in.Pipeline)
		if err != nil {
			return in, err
		}
		in.PipelineID = id
	}
	if in.Stage == "" {
		return in, nil
	}
	if in.PipelineID == 0 {
		if subject.LeadID == 0 {
			return in, crm.FieldError("stage", "there is no lead to move")
		}
		lead, err := tx.Lead(ctx, subject.LeadID)
		if err != nil {
			return in, err
		}
		in.PipelineID = lead.PipelineID
	}
	stages, err := stagesOf(ctx, tx, in.PipelineID)
	if err != nil {
		return in, err
	}
	for _, stage := range stages {
		if bot.Fold(stage.Name) == bot.Fold(in.Stage) {
			in.StageID = stage.ID
			return in, nil
		}
	}
	return in, crm.FieldError("stage", "pipeline %d has no stage %q", in.PipelineID, in.Stage)
}

func (tx *Tx) pipelineNamed(ctx context.Context, name string) (int64, error) {
	var pipelines []crm.Pipeline
	if err := tx.NewSelect().Model(&pipelines).Order("sort", "id").Scan(ctx); err != nil {
		return 0, fmt.Errorf("read pipelines: %w", err)
	}
	for _, p := range pipelines {
		if bot.Fold(p.Name) == bot.Fold(name) {
			return p.ID, nil
		}
	}
	return 0, crm.FieldError("pipeline", "there is no pipeline %q", name)
}
