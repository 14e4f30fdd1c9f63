package db

import (
	"context"
	"database/sql"
	"errors"

	"salesbot/crm"
)

// nameOf is the name of the lead's stage, pipeline or source; nothing if it has none.
func (f *Facts) nameOf(ctx context.Context, lead crm.Lead, what string) ([]string, error) {
	q := f.q.NewSelect().Column("name")
	switch what {
	case "status":
		q = q.Model((*crm.Stage)(nil)).Where("pipeline_id = ?", lead.PipelineID).Where("id = ?", lead.StageID)
	case "pipeline":
		q = q.Model((*crm.Pipeline)(nil)).Where("id = ?", lead.PipelineID)
	default:
		q = q.Model((*crm.Source)(nil)).Where("id = ?", lead.SourceID)
	}
	var name string
	if err := q.Scan(ctx, &name); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	return one(name), nil
}
