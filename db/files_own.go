package db

import (
	"context"
	"fmt"

	"salesbot/crm"
)

// KeepFile keeps a file under an id that the caller has made of where it came from, so that a repeated delivery finds it
// again. One that is there already stays as it is.
func (s *Store) KeepFile(ctx context.Context, file crm.File, chatID string, content []byte) error {
	row := &fileRow{ID: file.ID, Name: cleanName(file.Name), Mime: file.MIME, Type: file.Type, Size: int64(len(content)), ChatID: chatID, Content: content}
	return s.Change(ctx, func(ctx context.Context, tx *Tx) error {
		row.CreatedAt = tx.Now
		if _, err := tx.NewInsert().Model(row).On("CONFLICT (id) DO NOTHING").Exec(ctx); err != nil {
			return fmt.Errorf("keep the file: %w", err)
		}
		return nil
	})
}

// OwnFiles are the files of these ids in their order. Those that were not kept for the owner do not exist for them; which
// one it was is in the error's field.
func (s *Store) OwnFiles(ctx context.Context, owner string, ids []string) ([]crm.File, error) {
	files := make([]crm.File, len(ids))
	for i, id := range ids {
		file, err := s.File(ctx, id)
		if crm.CodeOf(err) == crm.NotFound || err == nil && file.ChatID != owner {
			return nil, crm.FieldError(fmt.Sprintf("attachments.%d", i), "the file %q does not exist; upload it first", id)
		}
		if err != nil {
			return nil, err
		}
		files[i] = file.File
	}
	return files, nil
}
