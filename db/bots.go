package db

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"salesbot/bot"
	"salesbot/crm"
)

// maxBotName is in characters.
const maxBotName = 100

// BotFilter narrows a list of bots; empty fields do not.
type BotFilter struct {
	IDs    []int64
	Active *bool
}

// Bots lists the bots by id, without their drafts, with the cursor of the next page.
func (s *Store) Bots(ctx context.Context, filter BotFilter, paging Paging) ([]crm.Bot, string, error) {
	narrow := func(q *bun.SelectQuery) *bun.SelectQuery {
		q = whereIn(q.ExcludeColumn("draft").Where("deleted_at IS NULL"), "id", filter.IDs)
		if filter.Active != nil {
			q = q.Where("is_active = ?", *filter.Active)
		}
		return q
	}
	return pageByID(ctx, s.read, paging, false, narrow, func(b crm.Bot) int64 { return b.ID })
}

// Bot finds a bot with its draft.
func (s *Store) Bot(ctx context.Context, id int64) (crm.Bot, error) {
	var b crm.Bot
	err := s.read.NewSelect().Model(&b).Where("id = ?", id).Where("deleted_at IS NULL").Scan(ctx)
	return b, found(err, "bot", id)
}

func (tx *Tx) lockBot(ctx context.Context, id int64) (crm.Bot, error) {
	var b crm.Bot
	err := tx.lock(tx.NewSelect().Model(&b).Where("id = ?", id).Where("deleted_at IS NULL")).Scan(ctx)
	return b, found(err, "bot", id)
}

// CreateBot makes an active bot with a draft; an empty draft is a document without steps. The draft has to be a
// readable document, but need not be one that could be published.
func (tx *Tx) CreateBot(ctx context.Context, actor crm.Actor, name string, draft json.RawMessage) (crm.Bot, error) {
	b := crm.Bot{Name: strings.TrimSpace(name), Draft: draft, Revision: 1, IsActive: true, CreatedBy: actor.UserID(), UpdatedBy: actor.UserID(),
		CreatedAt: tx.Now, UpdatedAt: tx.Now}
	if len(draft) == 0 {
		var err error
		if b.Draft, err = json.Marshal(bot.Document{Schema: bot.DocumentSchema, Name: b.Name, Steps: []bot.Step{}}); err != nil {
			return b, fmt.Errorf("write an empty document: %w", err)
		}
	}
	if err := checkBot(b); err != nil {
		return b, err
	}
	if _, err := tx.NewInsert().Model(&b).Exec(ctx); err != nil {
		return b, fmt.Errorf("add bot: %w", err)
	}
	if err := tx.keepDrawn(ctx, b.Draft); err != nil {
		return b, err
	}
	return b, tx.event(ctx, actor, crm.BotChangedEvent{BotID: b.ID, After: crm.BotPart{Name: b.Name}})
}

// FreeBotName is the name if no bot has it, or else the first of "name 2", "name 3", … that none has.
func (tx *Tx) FreeBotName(ctx context.Context, name string) (string, error) {
	var taken []string
	err := tx.NewSelect().Model((*crm.Bot)(nil)).Column("name").Where("deleted_at IS NULL").Scan(ctx, &taken)
	if err != nil {
		return "", fmt.Errorf("read the bots' names: %w", err)
	}
	free := name
	for number := 2; slices.Contains(taken, free); number++ {
		free = fmt.Sprintf("%s %d", name, number)
	}
	return free, nil
}

// BotChange is what UpdateBot changes; nil leaves a field as it is.
type BotChange struct {
	Name  *string
	Draft json.RawMessage
	// Revision is the one that the edit of the draft began from.
	Revision *int64
	IsActive *bool
}

// UpdateBot changes a bot. A draft that somebody else has saved since the edit began is a Conflict. A bot that is
// switched off launches no more; its runs that are under way go on.
func (tx *Tx) UpdateBot(ctx context.Context, actor crm.Actor, id int64, change BotChange) (crm.Bot, error) {
	b, err := tx.lockBot(ctx, id)
	if err != nil {
		return b, err
	}
	set(&b.Name, change.Name)
	set(&b.IsActive, change.IsActive)
	if len(change.Draft) > 0 {
		if change.Revision == nil {
			return b, crm.FieldError("revision", "say from which revision the edit began")
		}
		if *change.Revision != b.Revision {
			return b, crm.Errorf(crm.Conflict, "somebody saved revision %d of this bot since; your edit began from revision %d", b.Revision, *change.Revision)
		}
		b.Draft = change.Draft
		b.Revision++
	}
	if err := checkBot(b); err != nil {
		return b, err
	}
	b.UpdatedBy, b.UpdatedAt = actor.UserID(), tx.Now
	if _, err := tx.NewUpdate().Model(&b).WherePK().Exec(ctx); err != nil {
		return b, fmt.Errorf("update bot %d: %w", id, err)
	}
	if err := tx.keepDrawn(ctx, b.Draft); err != nil {
		return b, err
	}
	return b, tx.event(ctx, actor, crm.BotChangedEvent{BotID: id, After: crm.BotPart{Name: b.Name, Revision: b.Revision, IsActive: &b.IsActive}})
}

// DeleteBot takes the bot away and stops its runs. Its versions stay for the traces of past runs.
func (tx *Tx) DeleteBot(ctx context.Context, actor crm.Actor, id int64) error {
	if _, err := tx.lockBot(ctx, id); err != nil {
		return err
	}
	_, err := tx.NewUpdate().Model((*crm.Bot)(nil)).Set("deleted_at = ?", tx.Now).Set("is_active = ?", false).Where("id = ?", id).Exec(ctx)
	if err != nil {
		return fmt.Errorf("delete bot %d: %w", id, err)
	}
	if _, err := tx.NewDelete().Model((*crm.Trigger)(nil)).Where("bot_id = ?", id).Exec(ctx); err != nil {
		return fmt.Errorf("delete the triggers of bot %d: %w", id, err)
	}
	if err := tx.silence(ctx, actor, botRuns(id), "the bot was deleted"); err != nil {
		return err
	}
	return tx.event(ctx, actor, crm.BotChangedEvent{BotID: id, After: crm.BotPart{Deleted: true}})
}

func checkBot(b crm.Bot) error {
	if n := utf8.RuneCountInString(b.Name); n == 0 || n > maxBotName {
		return crm.FieldError("name", "must have 1 to %d characters", maxBotName)
	}
	if _, err := bot.Parse(b.Draft); err != nil {
		return crm.FieldError("document", "%s", strings.TrimPrefix(err.Error(), "bot document: "))
	}
	return nil
}

// BotNames are the names of these bots, also of deleted ones.
func (s *Store) BotNames(ctx context.Context, ids []int64) (map[int64]string, error) {
	var bots []crm.Bot
	names := map[int64]string{}
	if len(ids) == 0 {
		return names, nil
	}
	if err := s.read.NewSelect().Model(&bots).Column("id", "name").Where("id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read bots: %w", err)
	}
	for _, b := range bots {
		names[b.ID] = b.Name
	}
	return names, nil
}

// AliveRunsOf counts the runs of each of these bots that have not ended.
func (s *Store) AliveRunsOf(ctx context.Context, botIDs []int64) (map[int64]int64, error) {
	counts := map[int64]int64{}
	if len(botIDs) == 0 {
		return counts, nil
	}
	var rows []struct{ BotID, N int64 }
	err := s.read.NewSelect().Model((*crm.Run)(nil)).Column("bot_id").ColumnExpr("count(*) AS n").Where("bot_id IN (?)", bun.List(botIDs)).
		Where("ended_at IS NULL").Group("bot_id").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("count runs: %w", err)
	}
	for _, row := range rows {
		counts[row.BotID] = row.N
	}
	return counts, nil
}
