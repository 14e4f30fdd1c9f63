package db

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"salesbot/crm"
)

// botsThatName are the bots, with their ids and names, whose published version names something, or a version of theirs that
// a run goes by; by what they name. namesIn finds it in a document.
func botsThatName(ctx context.Context, from bun.IDB, namesIn func(document json.RawMessage) []string) (map[string][]crm.Bot, error) {
	var rows []struct {
		ID       int64
		Name     string
		Document json.RawMessage
	}
	err := from.NewSelect().TableExpr("bot_versions AS v").ColumnExpr("b.id, b.name, v.document").Join("JOIN bots AS b ON b.id = v.bot_id").
		Where("(b.deleted_at IS NULL AND b.version_id = v.id) OR v.id IN (SELECT version_id FROM runs WHERE ended_at IS NULL)").
		OrderExpr("b.id, v.id").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("look for bots that name it: %w", err)
	}
	users := map[string][]crm.Bot{}
	for _, row := range rows {
		for _, name := range namesIn(row.Document) {
			if !slices.ContainsFunc(users[name], func(b crm.Bot) bool { return b.ID == row.ID }) {
				users[name] = append(users[name], crm.Bot{ID: row.ID, Name: row.Name})
			}
		}
	}
	return users, nil
}

// usedBy refuses to take away what bots need.
func usedBy(what, name string, bots []crm.Bot) error {
	names := make([]string, len(bots))
	for i, b := range bots {
		names[i] = b.Name
	}
	return crm.Errorf(crm.Conflict, "The %s %s is used by %s; change and publish that first, or end its runs", what, name, strings.Join(names, ", "))
}
