package db

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"salesbot/crm"
)

// ClientFile is a file that a client sent, with its content.
type ClientFile struct {
	bun.BaseModel `bun:"table:files"`

	// ID is a UUID.
	ID   string `bun:",pk"`
	Name string
	MIME string `bun:"mime"`
	// Type is picture, video, audio, voice or file.
	Type string
	// Size is in bytes.
	Size int64
	// ChatID is the chat, or for a file that came before the chat's first message the owner that KeepClientFile was given.
	ChatID    string
	Content   []byte
	CreatedAt time.Time
}

// File is the file as a message refers to it.
func (f ClientFile) File() crm.File {
	return crm.File{ID: f.ID, Type: f.Type, Name: f.Name, MIME: f.MIME, Size: f.Size}
}

// KeepClientFile keeps a file. One whose id is there already stays as it is.
func (s *Store) KeepClientFile(ctx context.Context, file ClientFile) error {
	return s.Change(ctx, func(ctx context.Context, tx *Tx) error {
		file.CreatedAt = tx.Now
		if _, err := tx.NewInsert().Model(&file).On("CONFLICT (id) DO NOTHING").Exec(ctx); err != nil {
			return fmt.Errorf("keep the file: %w", err)
		}
		return nil
	})
}

// HasClientFile says whether a file of that id is kept.
func (s *Store) HasClientFile(ctx context.Context, id string) (bool, error) {
	return s.read.NewSelect().Model((*ClientFile)(nil)).Where("id = ?", id).Exists(ctx)
}

// ClientFile is a file with its content.
func (s *Store) ClientFile(ctx context.Context, id string) (ClientFile, error) {
	var file ClientFile
	err := s.read.NewSelect().Model(&file).Where("id = ?", id).Scan(ctx)
	return file, found(err, "file", id)
}

// ClientFiles are the files of these ids, without their content, in the order of the ids. Those that are not owner's do
// not exist for owner; which one it was is in the error's field.
func (s *Store) ClientFiles(ctx context.Context, owner string, ids []string) ([]crm.File, error) {
	files := make([]crm.File, len(ids))
	for i, id := range ids {
		var file ClientFile
		err := s.read.NewSelect().Model(&file).ExcludeColumn("content").Where("id = ?", id).Where("chat_id = ?", owner).Scan(ctx)
		if err = found(err, "file", id); crm.CodeOf(err) == crm.NotFound {
			return nil, crm.FieldError(fmt.Sprintf("attachments.%d", i), "the file %q does not exist; upload it first", id)
		}
		if err != nil {
			return nil, err
		}
		files[i] = file.File()
	}
	return files, nil
}
