package db

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"salesbot/crm"
)

// inOrder puts triggers into the order of crm.Trigger.Before.
func inOrder(q *bun.SelectQuery) *bun.SelectQuery {
	return q.OrderExpr("CASE trigger.kind WHEN ? THEN ? WHEN ? THEN ? ELSE 0 END", crm.TriggerMessage, crm.TriggerMessage.Rank(),
		crm.TriggerNoBot, crm.TriggerNoBot.Rank()).Order("trigger.priority", "trigger.id")
}

// TriggerChange is what UpdateTrigger changes; nil and 0 leave things as they are.
type TriggerChange struct {
	// Before and After name the trigger, of whichever bot, beside which it moves. At most one of them is given.
	Before, After int64
	Alongside     *bool
}

// UpdateTrigger moves a trigger in the order in which triggers are asked, and says whether it stands alongside others.
func (tx *Tx) UpdateTrigger(ctx context.Context, actor crm.Actor, botID, id int64, change TriggerChange) (crm.Trigger, error) {
	var all []crm.Trigger
	if err := tx.lock(tx.NewSelect().Model(&all).Order("priority", "id")).Scan(ctx); err != nil {
		return crm.Trigger{}, fmt.Errorf("read triggers: %w", err)
	}
	at := slices.IndexFunc(all, func(t crm.Trigger) bool { return t.ID == id && t.BotID == botID })
	if at < 0 {
		return crm.Trigger{}, crm.Errorf(crm.NotFound, "bot %d has no trigger %d", botID, id)
	}
	t := all[at]
	set(&t.Alongside, change.Alongside)
	if err := tx.checkTrigger(ctx, t); err != nil {
		return t, err
	}
	all[at] = t
	if err := move(all, at, change); err != nil {
		return t, err
	}
	for i, one := range all {
		one.Priority = int64(i + 1)
		if one.ID == id {
			t = one
		}
		_, err := tx.NewUpdate().Model(&one).WherePK().Column("priority", "alongside").Where("(priority <> ? OR alongside <> ?)", one.Priority, one.Alongside).Exec(ctx)
		if err != nil {
			return t, fmt.Errorf("order the triggers: %w", err)
		}
	}
	return t, tx.event(ctx, actor, crm.BotChangedEvent{BotID: botID, After: crm.BotPart{TriggerID: id}})
}

// move puts the trigger at that place right before or after another one.
func move(all []crm.Trigger, at int, change TriggerChange) error {
	field, anchor := "before", change.Before
	if change.After != 0 {
		field, anchor = "after", change.After
	}
	if anchor == 0 {
		return nil
	}
	to := slices.IndexFunc(all, func(t crm.Trigger) bool { return t.ID == anchor })
	switch {
	case change.Before != 0 && change.After != 0:
		return crm.FieldError("after", "a trigger moves before one or after one, not both")
	case to < 0:
		return crm.FieldError(field, "there is no trigger %d", anchor)
	case to == at:
		return crm.FieldError(field, "a trigger can't stand beside itself")
	}
	if field == "after" {
		to++
	}
	t := all[at]
	if to > at {
		to--
		copy(all[at:to], all[at+1:to+1])
	} else {
		copy(all[to+1:at+1], all[to:at])
	}
	all[to] = t
	return nil
}

// Collision is another bot's trigger that the same event may match, where only one bot is launched.
type Collision struct {
	crm.Trigger

	BotName string
	// First says that it goes before the one with which it collides.
	First bool
}

// Collisions are those of the given triggers, by trigger, each list in the order of the triggers. Bots that are switched
// off launch nothing and collide with nobody.
func (s *Store) Collisions(ctx context.Context, triggers []crm.Trigger) (map[int64][]Collision, error) {
	var rows []struct {
		crm.Trigger `bun:",extend"`

		BotName string
	}
	err := inOrder(s.read.NewSelect().TableExpr("triggers AS trigger").ColumnExpr("trigger.*, bots.name AS bot_name")).
		Join("JOIN bots ON bots.id = trigger.bot_id").Where("bots.is_active = ?", true).Where("bots.deleted_at IS NULL").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("read triggers: %w", err)
	}
	all := map[int64][]Collision{}
	for _, t := range triggers {
		for _, row := range rows {
			if t.Collides(row.Trigger) {
				all[t.ID] = append(all[t.ID], Collision{Trigger: row.Trigger, BotName: row.BotName, First: row.Before(t)})
			}
		}
	}
	return all, nil
}

// passOver notes, for the lead, which bots an event did not launch because another one's trigger went first. What is
// meant to stand back, a bot for when no other is running, is not passed over.
func (tx *Tx) passOver(ctx context.Context, first crm.Trigger, lost []crm.Trigger, leadID int64, chatID string) error {
	noted := []int64{first.BotID}
	for _, t := range lost {
		if slices.Contains(noted, t.BotID) || !t.Collides(first) {
			continue
		}
		noted = append(noted, t.BotID)
		if err := tx.botPassedOver(ctx, t, first, leadID, chatID); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) botPassedOver(ctx context.Context, lost, first crm.Trigger, leadID int64, chatID string) error {
	var bots []crm.Bot
	err := tx.NewSelect().Model(&bots).Column("id", "name").Where("id IN (?)", bun.List([]int64{lost.BotID, first.BotID})).Scan(ctx)
	if err != nil {
		return fmt.Errorf("read the bots' names: %w", err)
	}
	names := map[int64]string{}
	for _, b := range bots {
		names[b.ID] = b.Name
	}
	side := func(t crm.Trigger) crm.BotPart {
		return crm.BotPart{ID: t.BotID, Name: names[t.BotID], TriggerID: t.ID}
	}
	return tx.event(ctx, crm.Actor{Kind: crm.BySystem}, crm.BotPassedOverEvent{Bot: side(lost), Launched: side(first), LeadID: leadID, ChatID: chatID})
}
