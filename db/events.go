package db

import (
	"context"
	"fmt"
	"math"

	"github.com/uptrace/bun"

	"salesbot/crm"
)

// EventCursor is a place in the order of events: everything up to it has been seen.
type EventCursor struct {
	// Tx is the transaction that wrote the event (PostgreSQL), 0 on SQLite.
	Tx int64
	ID int64
}

// After is the place behind an event.
func (c EventCursor) After(e crm.Event) EventCursor { return EventCursor{Tx: e.Tx, ID: e.ID} }

// EventsAfter are the events behind a place, in their order; the same question gives the same answer at any time.
//
// On PostgreSQL ids are given before the commit, so that an event may become visible after one with a larger id. The
// order is therefore by transaction, and only transactions are shown before which none is still open: what comes later
// is always behind. A transaction that writes for long, in whatever database of the server, holds the events back.
func (s *Store) EventsAfter(ctx context.Context, cursor EventCursor, limit int) ([]crm.Event, error) {
	var events []crm.Event
	q := s.read.NewSelect().Model(&events).Limit(int64(limit))
	if s.Postgres() {
		q = q.Where("(tx, id) > (?, ?)", cursor.Tx, cursor.ID).Where("tx < pg_snapshot_xmin(pg_current_snapshot())::text::bigint").Order("tx", "id")
	} else {
		q = q.Where("id > ?", cursor.ID).Order("id")
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("read events: %w", err)
	}
	return events, nil
}

// EventsEnd is the place behind everything that EventsAfter would show now.
func (s *Store) EventsEnd(ctx context.Context) (EventCursor, error) {
	var end EventCursor
	var err error
	if s.Postgres() {
		end.ID = math.MaxInt64
		err = s.read.NewSelect().ColumnExpr("pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1").Scan(ctx, &end.Tx)
	} else {
		err = s.read.NewSelect().Model((*crm.Event)(nil)).ColumnExpr("COALESCE(max(id), 0)").Scan(ctx, &end.ID)
	}
	if err != nil {
		return end, fmt.Errorf("read the end of the events: %w", err)
	}
	return end, nil
}

// EventFilter narrows the feed; empty fields do not.
type EventFilter struct {
	IDs         []int64
	Types       []crm.EventType
	EntityTypes []string
	EntityIDs   []int64
	// LeadIDs finds everything that concerns these leads: also their messages, tasks, notes and runs.
	LeadIDs []int64
	// CreatedBy are users; 0 stands for everybody who is none.
	CreatedBy []int64
	Created   Range
}

// Events is the feed, newest first, with the cursor of the next page.
func (s *Store) Events(ctx context.Context, filter EventFilter, paging Paging) ([]crm.Event, string, error) {
	narrow := func(q *bun.SelectQuery) *bun.SelectQuery {
		q = whereIn(whereIn(q, "id", filter.IDs), "type", filter.Types)
		q = whereIn(whereIn(q, "entity_type", filter.EntityTypes), "entity_id", filter.EntityIDs)
		q = whereIn(q, "lead_id", filter.LeadIDs)
		if len(filter.CreatedBy) > 0 {
			q = q.Where("(CASE WHEN actor_kind = ? THEN actor_id ELSE 0 END) IN (?)", crm.ByUser, bun.List(filter.CreatedBy))
		}
		return whereRange(q, "created_at", filter.Created)
	}
	return pageByID(ctx, s.read, paging, true, narrow, func(e crm.Event) int64 { return e.ID })
}

// Event finds one event of the feed.
func (s *Store) Event(ctx context.Context, id int64) (crm.Event, error) {
	var event crm.Event
	err := s.read.NewSelect().Model(&event).Where("id = ?", id).Scan(ctx)
	return event, found(err, "event", id)
}
