package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"salesbot/crm"
)

// CloseOpenTalk closes a chat's open talk; without one it changes nothing.
func (tx *Tx) CloseOpenTalk(ctx context.Context, actor crm.Actor, chatID string) error {
	var id int64
	err := tx.lock(tx.NewSelect().Model((*crm.Talk)(nil)).Column("id").Where("chat_id = ?", chatID).Where("status <> ?", crm.TalkClosed)).Scan(ctx, &id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the talk of chat %s: %w", chatID, err)
	}
	_, err = tx.CloseTalk(ctx, actor, id)
	return err
}
