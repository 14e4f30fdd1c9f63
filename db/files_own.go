package db

import (
	"context"
	"fmt"
	"regexp"

	"github.com/uptrace/bun"

	"salesbot/crm"
)

// VisitorOwner keeps a client's files apart from other clients', from before the chat exists. externalID is who they
// are on the channel.
func VisitorOwner(channelID int64, externalID string) string {
	return fmt.Sprintf("visitor/%d/%s", channelID, externalID)
}

// OwnFiles are the files of these ids in their order. Those that were not kept for the owner do not exist for them; which
// one it was is in the error's field.
func (s *Store) OwnFiles(ctx context.Context, owner string, ids []string) ([]crm.File, error) {
	files := make([]crm.File, len(ids))
	for i, id := range ids {
		file, err := s.File(ctx, id)
		if crm.CodeOf(err) == crm.NotFound || err == nil && file.Owner != owner {
			return nil, noSuchAttachment(i, id)
		}
		if err != nil {
			return nil, err
		}
		files[i] = file.File
	}
	return files, nil
}

func noSuchAttachment(i int, id string) error {
	return crm.FieldError(fmt.Sprintf("attachments.%d", i), "the file %q does not exist; upload it first", id)
}

// attach keeps the files that a message names from being collected. One that was collected a moment ago is a fault of
// the message, unless a bot wrote it: a bot can't upload again, and its delivery will say what is missing.
func (tx *Tx) attach(ctx context.Context, m *crm.Message) error {
	var ids []string
	for _, file := range m.Files {
		if file.ID != "" {
			ids = append(ids, file.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	if err := tx.keepNamed(ctx, ids); err != nil || m.AuthorKind == crm.ByBot {
		return err
	}
	for i, file := range m.Files {
		if file.ID == "" {
			continue
		}
		_, err := fileOf(ctx, tx, file.ID)
		if crm.CodeOf(err) == crm.NotFound {
			return noSuchAttachment(i, file.ID)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// keepNamed marks files as named, once and for good: messages and versions of bots are never deleted.
func (tx *Tx) keepNamed(ctx context.Context, ids []string) error {
	_, err := tx.NewUpdate().Model((*fileRow)(nil)).Set("loose = ?", false).Where("id IN (?)", bun.List(ids)).Where("loose").Where("NOT arriving").Exec(ctx)
	if err != nil {
		return fmt.Errorf("keep the files that are named: %w", err)
	}
	return nil
}

var uuidPattern = regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

// keepDrawn marks the files that a bot's document names, whatever kind of step it is that does.
func (tx *Tx) keepDrawn(ctx context.Context, draft []byte) error {
	ids := uuidPattern.FindAllString(string(draft), -1)
	if len(ids) == 0 {
		return nil
	}
	return tx.keepNamed(ctx, ids)
}
