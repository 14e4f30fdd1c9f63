package db

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"salesbot/crm"
)

// entityTag ties a tag to a card.
type entityTag struct {
	bun.BaseModel `bun:"table:entity_tags"`

	EntityType crm.EntityType `bun:",pk"`
	EntityID   int64          `bun:",pk"`
	TagID      int64          `bun:",pk"`
}

// The limits of tags: of one name in characters, and of tags on one card.
const (
	maxTagName  = 256
	maxCardTags = 500
)

// EnsureTag finds a tag by its name, whatever its case, or makes it.
func (tx *Tx) EnsureTag(ctx context.Context, tag crm.Tag) (crm.Tag, error) {
	tag.Name = strings.TrimSpace(tag.Name)
	tag.Fold = crm.Fold(tag.Name)
	if tag.Fold == "" || len([]rune(tag.Name)) > maxTagName {
		return tag, crm.FieldError("name", "a tag needs a name of at most %d characters", maxTagName)
	}
	tag.ID = 0
	// A row that another transaction makes meanwhile is found by the read that follows.
	if _, err := tx.NewInsert().Model(&tag).On("CONFLICT (entity_type, fold) DO NOTHING").Returning("NULL").Exec(ctx); err != nil {
		return tag, fmt.Errorf("add tag: %w", err)
	}
	var kept crm.Tag
	err := tx.NewSelect().Model(&kept).Where("entity_type = ?", tag.EntityType).Where("fold = ?", tag.Fold).Scan(ctx)
	return kept, found(err, "tag", tag.Name)
}

// EditTags adds tags to a card and takes others off, by name. What is there, or not, already is no error.
func (tx *Tx) EditTags(ctx context.Context, actor crm.Actor, card crm.Entity, add, remove []string) error {
	if len(add) == 0 && len(remove) == 0 {
		return nil
	}
	if err := tx.lockCard(ctx, card); err != nil {
		return err
	}
	had, err := tagsOf(ctx, tx, card.Type, []int64{card.ID})
	if err != nil {
		return err
	}
	changed, count := false, len(had[card.ID])
	for _, name := range add {
		if hasTag(had[card.ID], name) {
			continue
		}
		if count++; count > maxCardTags {
			return crm.FieldError("tags", "a card has at most %d tags", maxCardTags)
		}
		tag, err := tx.addTag(ctx, actor, card, name)
		if err != nil {
			return err
		}
		had[card.ID], changed = append(had[card.ID], tag), true
	}
	for _, tag := range had[card.ID] {
		if !slices.ContainsFunc(remove, func(name string) bool { return crm.Fold(name) == tag.Fold }) {
			continue
		}
		if err := tx.removeTag(ctx, actor, card, tag); err != nil {
			return err
		}
		changed = true
	}
	if !changed {
		return nil
	}
	return tx.touch(ctx, actor, card, "", nil)
}

func hasTag(tags []crm.Tag, name string) bool {
	return slices.ContainsFunc(tags, func(t crm.Tag) bool { return t.Fold == crm.Fold(name) })
}

// SetTags makes the card's tags exactly these.
func (tx *Tx) SetTags(ctx context.Context, actor crm.Actor, card crm.Entity, names []string) error {
	if err := tx.lockCard(ctx, card); err != nil {
		return err
	}
	had, err := tagsOf(ctx, tx, card.Type, []int64{card.ID})
	if err != nil {
		return err
	}
	var remove []string
	for _, tag := range had[card.ID] {
		if !slices.ContainsFunc(names, func(name string) bool { return crm.Fold(name) == tag.Fold }) {
			remove = append(remove, tag.Name)
		}
	}
	return tx.EditTags(ctx, actor, card, names, remove)
}

func (tx *Tx) addTag(ctx context.Context, actor crm.Actor, card crm.Entity, name string) (crm.Tag, error) {
	tag, err := tx.EnsureTag(ctx, crm.Tag{EntityType: card.Type, Name: name})
	if err != nil {
		return tag, err
	}
	tie := &entityTag{EntityType: card.Type, EntityID: card.ID, TagID: tag.ID}
	if _, err := tx.NewInsert().Model(tie).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
		return tag, fmt.Errorf("tag %s %d: %w", card.Type, card.ID, err)
	}
	return tag, tx.event(ctx, actor, crm.TagAddedEvent{Card: card, Tag: tag})
}

func (tx *Tx) removeTag(ctx context.Context, actor crm.Actor, card crm.Entity, tag crm.Tag) error {
	tie := &entityTag{EntityType: card.Type, EntityID: card.ID, TagID: tag.ID}
	if _, err := tx.NewDelete().Model(tie).WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("untag %s %d: %w", card.Type, card.ID, err)
	}
	return tx.event(ctx, actor, crm.TagDeletedEvent{Card: card, Tag: tag})
}

// TagsOf are the tags of several cards of one type, by card, each by name.
func (s *Store) TagsOf(ctx context.Context, kind crm.EntityType, ids []int64) (map[int64][]crm.Tag, error) {
	return tagsOf(ctx, s.read, kind, ids)
}

func tagsOf(ctx context.Context, q bun.IDB, kind crm.EntityType, ids []int64) (map[int64][]crm.Tag, error) {
	var rows []struct {
		crm.Tag  `bun:",extend"`
		EntityID int64
	}
	err := q.NewSelect().TableExpr("entity_tags AS et").Join("JOIN tags AS t ON t.id = et.tag_id").
		ColumnExpr("t.*, et.entity_id").Where("et.entity_type = ?", kind).Where("et.entity_id IN (?)", bun.List(ids)).
		OrderExpr("t.fold").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("read tags: %w", err)
	}
	tags := map[int64][]crm.Tag{}
	for _, row := range rows {
		tags[row.EntityID] = append(tags[row.EntityID], row.Tag)
	}
	return tags, nil
}

// TagFilter narrows a list of tags; empty fields do not.
type TagFilter struct {
	EntityType crm.EntityType
	IDs        []int64
	Names      []string
	// Query is the beginning of a name.
	Query string
}

// Tags lists the tags of one entity type.
func (s *Store) Tags(ctx context.Context, filter TagFilter, paging Paging) ([]crm.Tag, string, error) {
	o, err := newOrder(Sort{}, paging, "id")
	if err != nil {
		return nil, "", err
	}
	var tags []crm.Tag
	q := whereIn(s.read.NewSelect().Model(&tags).Where("entity_type = ?", filter.EntityType), "id", filter.IDs)
	folds := make([]string, len(filter.Names))
	for i, name := range filter.Names {
		folds[i] = crm.Fold(name)
	}
	q = whereIn(q, "fold", folds)
	if filter.Query != "" {
		q = q.Where("fold LIKE ? ESCAPE '\\'", likePrefix(crm.Fold(filter.Query)))
	}
	if q, err = o.apply(q); err != nil {
		return nil, "", err
	}
	if err := q.Scan(ctx); err != nil {
		return nil, "", fmt.Errorf("read tags: %w", err)
	}
	tags, next := cut(o, tags, func(t crm.Tag) (int64, int64) { return 0, t.ID })
	return tags, next, nil
}

// TagNames are the names of tags known by id, in the order of the ids.
func (tx *Tx) TagNames(ctx context.Context, kind crm.EntityType, ids []int64) ([]string, error) {
	names := make([]string, len(ids))
	for i, id := range ids {
		var tag crm.Tag
		err := tx.NewSelect().Model(&tag).Where("entity_type = ?", kind).Where("id = ?", id).Scan(ctx)
		if err := found(err, "tag", id); err != nil {
			return nil, blame("tags", err)
		}
		names[i] = tag.Name
	}
	return names, nil
}

func likePrefix(s string) string {
	return strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(s) + "%"
}
