package db

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"salesbot/crm"
)

// StageRef is one stage of one pipeline, as filters name it.
type StageRef struct{ PipelineID, StageID int64 }

// CardFilter narrows a list of leads, contacts or companies; empty fields do not. The last group is for leads only.
type CardFilter struct {
	IDs            []int64
	Names          []string
	CreatedBy      []int64
	UpdatedBy      []int64
	ResponsibleIDs []int64
	// TagIDs: the card has at least one of them.
	TagIDs    []int64
	CreatedAt Range
	UpdatedAt Range
	// NextTaskAt limits the deadline of the card's earliest open task.
	NextTaskAt Range
	// Query is what a person typed: words of a name, a phone number, an e-mail address.
	Query string

	PipelineIDs []int64
	Stages      []StageRef
	Price       NumberRange
	ClosedAt    Range
	OnlyDeleted bool
}

func (f CardFilter) apply(q *bun.SelectQuery, kind crm.EntityType) *bun.SelectQuery {
	if f.OnlyDeleted {
		q = q.Where("deleted_at IS NOT NULL")
	} else {
		q = q.Where("deleted_at IS NULL")
	}
	q = whereIn(whereIn(q, "id", f.IDs), "name", f.Names)
	q = whereIn(whereIn(whereIn(q, "created_by", f.CreatedBy), "updated_by", f.UpdatedBy), "responsible_id", f.ResponsibleIDs)
	q = whereRange(whereRange(q, "created_at", f.CreatedAt), "updated_at", f.UpdatedAt)
	if len(f.TagIDs) > 0 {
		q = q.Where("id IN (SELECT entity_id FROM entity_tags WHERE entity_type = ? AND tag_id IN (?))", kind, bun.List(f.TagIDs))
	}
	if f.NextTaskAt != (Range{}) {
		due := q.NewSelect().Table("tasks").Column("entity_id").Where("entity_type = ?", kind).Where("is_completed = ?", false).Group("entity_id")
		if !f.NextTaskAt.From.IsZero() {
			due = due.Having("min(complete_till) >= ?", f.NextTaskAt.From.UTC())
		}
		if !f.NextTaskAt.To.IsZero() {
			due = due.Having("min(complete_till) <= ?", f.NextTaskAt.To.UTC())
		}
		q = q.Where("id IN (?)", due)
	}
	return search(q, kind, f.Query)
}

func (f CardFilter) applyLeads(q *bun.SelectQuery) *bun.SelectQuery {
	q = whereRange(whereNumber(whereIn(q, "pipeline_id", f.PipelineIDs), "price", f.Price), "closed_at", f.ClosedAt)
	if len(f.Stages) == 0 {
		return q
	}
	return q.WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
		for _, stage := range f.Stages {
			q = q.WhereOr("pipeline_id = ? AND stage_id = ?", stage.PipelineID, stage.StageID)
		}
		return q
	})
}

// Leads lists leads, ordered by id, created_at or updated_at, with the cursor of the next page.
func (s *Store) Leads(ctx context.Context, filter CardFilter, sort Sort, paging Paging) ([]crm.Lead, string, error) {
	return cards(ctx, s.read, crm.Leads, filter, sort, paging, func(l crm.Lead) (int64, time.Time, time.Time) { return l.ID, l.CreatedAt, l.UpdatedAt })
}

// Contacts lists contacts as Leads lists leads.
func (s *Store) Contacts(ctx context.Context, filter CardFilter, sort Sort, paging Paging) ([]crm.Contact, string, error) {
	return cards(ctx, s.read, crm.Contacts, filter, sort, paging, func(c crm.Contact) (int64, time.Time, time.Time) { return c.ID, c.CreatedAt, c.UpdatedAt })
}

// Companies lists companies as Leads lists leads.
func (s *Store) Companies(ctx context.Context, filter CardFilter, sort Sort, paging Paging) ([]crm.Company, string, error) {
	return cards(ctx, s.read, crm.Companies, filter, sort, paging, func(c crm.Company) (int64, time.Time, time.Time) { return c.ID, c.CreatedAt, c.UpdatedAt })
}

func cards[T any](ctx context.Context, from bun.IDB, kind crm.EntityType, filter CardFilter, sort Sort, paging Paging, key func(T) (id int64, created, updated time.Time)) ([]T, string, error) {
	o, err := newOrder(sort, paging, "id", "created_at", "updated_at")
	if err != nil {
		return nil, "", err
	}
	var rows []T
	q := filter.apply(from.NewSelect().Model(&rows), kind)
	if kind == crm.Leads {
		q = filter.applyLeads(q)
	}
	if q, err = o.apply(q); err != nil {
		return nil, "", err
	}
	if err := q.Scan(ctx); err != nil {
		return nil, "", fmt.Errorf("read %s: %w", kind, err)
	}
	rows, next := cut(o, rows, func(row T) (int64, int64) {
		id, created, updated := key(row)
		if o.By == "created_at" {
			return created.UnixMicro(), id
		}
		return updated.UnixMicro(), id
	})
	return rows, next, nil
}
