package db

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"salesbot/crm"
)

// PublishBot makes the draft of that revision the version that new runs get. Runs that are under way keep theirs. A
// draft that was saved since its revision was checked is a Conflict; one that is published already is that version.
func (tx *Tx) PublishBot(ctx context.Context, actor crm.Actor, id, revision int64) (crm.BotVersion, error) {
	b, err := tx.lockBot(ctx, id)
	if err != nil {
		return crm.BotVersion{}, err
	}
	if b.Revision != revision {
		return crm.BotVersion{}, crm.Errorf(crm.Conflict, "somebody saved revision %d of this bot since; look at it and publish again", b.Revision)
	}
	var last crm.BotVersion
	err = tx.NewSelect().Model(&last).Where("bot_id = ?", id).Order("number DESC").Limit(1).Scan(ctx)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return last, fmt.Errorf("read the last version of bot %d: %w", id, err)
	}
	if last.ID != 0 && bytes.Equal(last.Document, b.Draft) {
		return last, nil // a second click, or a request that was sent again
	}
	version := crm.BotVersion{BotID: id, Number: last.Number + 1, Document: b.Draft, CreatedBy: actor.UserID(), CreatedAt: tx.Now}
	if _, err := tx.NewInsert().Model(&version).Exec(ctx); err != nil {
		return version, fmt.Errorf("publish bot %d: %w", id, err)
	}
	_, err = tx.NewUpdate().Model((*crm.Bot)(nil)).Set("version_id = ?", version.ID).Set("updated_at = ?", tx.Now).Where("id = ?", id).Exec(ctx)
	if err != nil {
		return version, fmt.Errorf("publish bot %d: %w", id, err)
	}
	return version, tx.event(ctx, actor, crm.BotChangedEvent{BotID: id, After: crm.BotPart{Version: version.Number}})
}

// Versions lists a bot's versions, newest first and without their documents, with the cursor of the next page.
func (s *Store) Versions(ctx context.Context, botID int64, paging Paging) ([]crm.BotVersion, string, error) {
	narrow := func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.ExcludeColumn("document").Where("bot_id = ?", botID)
	}
	return pageByID(ctx, s.read, paging, true, narrow, func(v crm.BotVersion) int64 { return v.ID })
}

// VersionByNumber finds a bot's version with its document.
func (s *Store) VersionByNumber(ctx context.Context, botID int64, number int) (crm.BotVersion, error) {
	var version crm.BotVersion
	err := s.read.NewSelect().Model(&version).Where("bot_id = ?", botID).Where("number = ?", number).Scan(ctx)
	return version, found(err, "version", number)
}

// VersionNumbers are the numbers of these versions by their ids.
func (s *Store) VersionNumbers(ctx context.Context, ids []int64) (map[int64]int, error) {
	numbers := map[int64]int{}
	if len(ids) == 0 {
		return numbers, nil
	}
	var versions []crm.BotVersion
	if err := s.read.NewSelect().Model(&versions).Column("id", "number").Where("id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read versions: %w", err)
	}
	for _, v := range versions {
		numbers[v.ID] = v.Number
	}
	return numbers, nil
}
