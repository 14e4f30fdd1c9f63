package db

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"salesbot/crm"
)

// LintNames are what a bot document may name, beside pipelines.
type LintNames struct {
	// Bots are those that are published.
	Bots []int64
	// Users and Channels are those that are active.
	Users    []int64
	Channels []crm.Channel
	Fields   []crm.CustomField
	// Secrets are their names.
	Secrets []string
	// Activities are the registered ones.
	Activities []crm.CustomActivity
}

// LintNames reads them all; an account has at most some hundreds of each.
func (s *Store) LintNames(ctx context.Context) (LintNames, error) {
	var names LintNames
	for _, read := range []func() error{
		func() error {
			return s.read.NewSelect().Model((*crm.Bot)(nil)).Column("id").Where("version_id <> 0").Where("deleted_at IS NULL").Scan(ctx, &names.Bots)
		},
		func() error {
			return s.read.NewSelect().Model((*crm.User)(nil)).Column("id").Where("is_active = ?", true).Scan(ctx, &names.Users)
		},
		func() error {
			return s.read.NewSelect().Model(&names.Channels).Column("id", "kind").Where("is_active = ?", true).Scan(ctx)
		},
		func() error {
			return s.read.NewSelect().Model(&names.Fields).Column("id", "entity_type", "code").Scan(ctx)
		},
		func() error {
			return s.read.NewSelect().Model((*crm.Secret)(nil)).Column("name").Scan(ctx, &names.Secrets)
		},
		func() error {
			return s.read.NewSelect().Model(&names.Activities).Scan(ctx)
		},
	} {
		if err := read(); err != nil {
			return names, fmt.Errorf("read what a bot may name: %w", err)
		}
	}
	return names, nil
}

// TriggersAtStages lists what launches published bots, and the given one, on leads that are moved.
func (s *Store) TriggersAtStages(ctx context.Context, botID int64) ([]crm.Trigger, error) {
	var triggers []crm.Trigger
	kinds := []crm.TriggerKind{crm.TriggerStageMoved, crm.TriggerStageEntered}
	err := s.read.NewSelect().Model(&triggers).Where("kind IN (?)", bun.List(kinds)).
		Where("(bot_id = ? OR bot_id IN (SELECT id FROM bots WHERE version_id <> 0 AND deleted_at IS NULL))", botID).Order("id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the triggers at stages: %w", err)
	}
	return triggers, nil
}
