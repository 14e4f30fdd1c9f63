package db

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"salesbot/crm"
)

// TalkFilter narrows a list of talks; empty fields do not.
type TalkFilter struct {
	ContactIDs, LeadIDs []int64
	ChatID              string
	OnlyInWork          bool
}

// Talks lists talks, newest first, with the cursor of the next page.
func (s *Store) Talks(ctx context.Context, filter TalkFilter, paging Paging) ([]crm.Talk, string, error) {
	narrow := func(q *bun.SelectQuery) *bun.SelectQuery {
		q = whereIn(whereIn(q, "contact_id", filter.ContactIDs), "lead_id", filter.LeadIDs)
		if filter.ChatID != "" {
			q = q.Where("chat_id = ?", filter.ChatID)
		}
		if filter.OnlyInWork {
			q = q.Where("status <> ?", crm.TalkClosed)
		}
		return q
	}
	return pageByID(ctx, s.read, paging, true, narrow, func(t crm.Talk) int64 { return t.ID })
}

// Talk finds a talk.
func (s *Store) Talk(ctx context.Context, id int64) (crm.Talk, error) {
	var talk crm.Talk
	err := s.read.NewSelect().Model(&talk).Where("id = ?", id).Scan(ctx)
	return talk, found(err, "talk", id)
}

// CloseTalk ends a talk; the client's next message begins a new one. One that is closed already is Unprocessable.
func (tx *Tx) CloseTalk(ctx context.Context, actor crm.Actor, id int64) (crm.Talk, error) {
	var talk crm.Talk
	err := tx.lock(tx.NewSelect().Model(&talk).Where("id = ?", id)).Scan(ctx)
	if err := found(err, "talk", id); err != nil {
		return talk, err
	}
	if talk.Status == crm.TalkClosed {
		return talk, crm.Errorf(crm.Unprocessable, "Talk is closed")
	}
	talk.Status, talk.ClosedAt, talk.UpdatedAt = crm.TalkClosed, &tx.Now, tx.Now
	if _, err := tx.NewUpdate().Model(&talk).WherePK().Exec(ctx); err != nil {
		return talk, fmt.Errorf("close talk %d: %w", id, err)
	}
	return talk, tx.event(ctx, actor, crm.TalkWasClosedEvent{Talk: talk})
}
