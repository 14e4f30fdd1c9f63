package db

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"salesbot/crm"
)

// PendingReplies are messages of people of ours that their channels' providers have not got yet, oldest first. Messages
// of runs are not among them: their conversations deliver those.
func (s *Store) PendingReplies(ctx context.Context, limit int) ([]crm.Message, error) {
	var messages []crm.Message
	waiting := []crm.MessageStatus{crm.MessageSending, crm.MessageCalling}
	err := s.read.NewSelect().Model(&messages).Where("status IN (?)", bun.List(waiting)).Where("run_id = 0").
		Where("direction = ?", crm.DirectionOut).Order("seq").Limit(int64(limit)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the replies that wait: %w", err)
	}
	return messages, nil
}

// Alone runs fn in one process of all that share the database, if no other runs it now; ran says whether it did.
func (s *Store) Alone(ctx context.Context, name string, fn func(ctx context.Context) error) (ran bool, err error) {
	held, release, err := s.tryLock(ctx, name)
	if err != nil || !held {
		return false, err
	}
	defer release()
	return true, fn(ctx)
}
