package db

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"salesbot/crm"
)

// maxSourceID is the longest external id of a source in characters (Kommo chats API: printable ASCII).
const maxSourceID = 40

// maxSourceName is in characters.
const maxSourceName = 255

// Sources lists sources by id, with the cursor of the next page; externalIDs, if any, narrow the list.
func (s *Store) Sources(ctx context.Context, externalIDs []string, paging Paging) ([]crm.Source, string, error) {
	narrow := func(q *bun.SelectQuery) *bun.SelectQuery { return whereIn(q, "external_id", externalIDs) }
	return pageByID(ctx, s.read, paging, false, narrow, func(source crm.Source) int64 { return source.ID })
}

// Source finds a source.
func (s *Store) Source(ctx context.Context, id int64) (crm.Source, error) {
	var source crm.Source
	err := s.read.NewSelect().Model(&source).Where("id = ?", id).Scan(ctx)
	return source, found(err, "source", id)
}

// SaveSource adds the source, or changes the one with its id. Kind and external id together are unique.
func (tx *Tx) SaveSource(ctx context.Context, source crm.Source) (crm.Source, error) {
	source.Name = strings.TrimSpace(source.Name)
	if err := tx.checkSource(ctx, source); err != nil {
		return source, err
	}
	if source.ID != 0 {
		result, err := tx.NewUpdate().Model(&source).WherePK().Column("name", "external_id", "pipeline_id").Exec(ctx)
		if err != nil {
			return source, fmt.Errorf("update source %d: %w", source.ID, err)
		}
		return source, touched(result, "source", source.ID)
	}
	source.CreatedAt = tx.Now
	if _, err := tx.NewInsert().Model(&source).Exec(ctx); err != nil {
		return source, fmt.Errorf("add source: %w", err)
	}
	return source, nil
}

func (tx *Tx) checkSource(ctx context.Context, source crm.Source) error {
	if n := utf8.RuneCountInString(source.Name); n == 0 || n > maxSourceName {
		return crm.FieldError("name", "must have 1 to %d characters", maxSourceName)
	}
	if n := len(source.ExternalID); n == 0 || n > maxSourceID {
		return crm.FieldError("external_id", "must have 1 to %d characters", maxSourceID)
	}
	for _, r := range source.ExternalID {
		if r < ' ' || r > '~' {
			return crm.FieldError("external_id", "may hold printable ASCII only")
		}
	}
	taken, err := tx.NewSelect().Model((*crm.Source)(nil)).Where("kind = ?", source.Kind).Where("external_id = ?", source.ExternalID).
		Where("id <> ?", source.ID).Exists(ctx)
	if err != nil {
		return fmt.Errorf("look for the source: %w", err)
	}
	if taken {
		return crm.FieldError("external_id", "another source has this id")
	}
	if source.PipelineID == 0 {
		return nil
	}
	return blame("pipeline_id", tx.holdPipeline(ctx, source.PipelineID))
}

// DeleteSource takes a source away; one that a channel uses is a Conflict.
func (tx *Tx) DeleteSource(ctx context.Context, id int64) error {
	used, err := tx.NewSelect().Model((*crm.Channel)(nil)).Where("source_id = ?", id).Exists(ctx)
	if err != nil {
		return fmt.Errorf("look for the source's channel: %w", err)
	}
	if used {
		return crm.Errorf(crm.Conflict, "source %d belongs to a channel", id)
	}
	result, err := tx.NewDelete().Model((*crm.Source)(nil)).Where("id = ?", id).Exec(ctx)
	if err != nil {
		return fmt.Errorf("delete source %d: %w", id, err)
	}
	return touched(result, "source", id)
}
