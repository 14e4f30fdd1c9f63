package db

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"salesbot/crm"
)

// MoveFiles moves the bytes that older versions kept inside the database out of it, one file at a time. It may be
// interrupted anywhere and called again, by several processes: a row holds its bytes until they lie outside for good.
func (s *Store) MoveFiles(ctx context.Context) error {
	if s.blobs == nil {
		return errNoBlobs
	}
	for moved := 0; ; moved++ {
		var row fileRow
		err := s.read.NewSelect().Model(&row).Where("blob = ''").Order("id").Limit(1).Scan(ctx)
		if errors.Is(err, sql.ErrNoRows) {
			if moved > 0 {
				s.log.Info("the files lie beside the database now", "moved", moved)
			}
			return nil
		}
		if err != nil {
			return fmt.Errorf("look for files in the database: %w", err)
		}
		if err := s.moveOut(ctx, row); err != nil {
			return fmt.Errorf("move file %s out of the database: %w", row.ID, err)
		}
	}
}

// moveOut names the blob as the row, so that a second try writes the same bytes over the first one's.
func (s *Store) moveOut(ctx context.Context, row fileRow) error {
	loose, err := s.looseVisitorFile(ctx, row)
	if err != nil {
		return err
	}
	content := newCounted(bytes.NewReader(row.Content), int64(len(row.Content)))
	if err := s.blobs.Put(ctx, row.ID, content); err != nil {
		return err
	}
	return s.Change(ctx, func(ctx context.Context, tx *Tx) error {
		_, err := tx.NewUpdate().Model((*fileRow)(nil)).Set("blob = ?", row.ID).Set("hash = ?", content.sum()).Set("loose = ?", loose).
			Set("content = ?", []byte{}).Where("id = ?", row.ID).Where("blob = ''").Exec(ctx)
		return err
	})
}

// looseVisitorFile says of a visitor's file whether no message of theirs names it. Of all other files from that time
// nobody wrote down who names them, so they are kept.
func (s *Store) looseVisitorFile(ctx context.Context, row fileRow) (bool, error) {
	channel, visitor, ok := strings.Cut(strings.TrimPrefix(row.ChatID, "visitor/"), "/")
	id, err := strconv.ParseInt(channel, 10, 64)
	if !ok || err != nil || !strings.HasPrefix(row.ChatID, "visitor/") {
		return false, nil //nolint:nilerr // it is no visitor's
	}
	named, err := s.read.NewSelect().Model((*crm.Message)(nil)).Where("chat_id IN (SELECT id FROM chats WHERE channel_id = ? AND external_id = ?)", id, visitor).
		Where("CAST(files AS TEXT) LIKE ?", "%"+row.ID+"%").Exists(ctx)
	return !named, err
}
