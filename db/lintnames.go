package db

import (
	"context"
	"fmt"

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
	} {
		if err := read(); err != nil {
			return names, fmt.Errorf("read what a bot may name: %w", err)
		}
	}
	return names, nil
}
