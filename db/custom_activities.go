package db

import (
	"context"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"salesbot/bot"
	"salesbot/crm"
)

// MaxCustomActivities is the most that an account keeps.
const MaxCustomActivities = 200

// CustomActivities lists the registered activities by name.
func (s *Store) CustomActivities(ctx context.Context) ([]crm.CustomActivity, error) {
	var list []crm.CustomActivity
	if err := s.read.NewSelect().Model(&list).Order("name").Scan(ctx); err != nil {
		return nil, fmt.Errorf("read custom activities: %w", err)
	}
	return list, nil
}

// CustomActivity is the one of that name.
func (s *Store) CustomActivity(ctx context.Context, name string) (crm.CustomActivity, error) {
	return customActivity(ctx, s.read, name)
}

// CustomActivity is the one of that name.
func (tx *Tx) CustomActivity(ctx context.Context, name string) (crm.CustomActivity, error) {
	return customActivity(ctx, tx, name)
}

func customActivity(ctx context.Context, from bun.IDB, name string) (crm.CustomActivity, error) {
	var one crm.CustomActivity
	err := from.NewSelect().Model(&one).Where("name = ?", name).Scan(ctx)
	return one, found(err, "activity", name)
}

// PutCustomActivity registers an activity, or changes one.
func (tx *Tx) PutCustomActivity(ctx context.Context, actor crm.Actor, a crm.CustomActivity) (crm.CustomActivity, error) {
	if err := checkActivity(a); err != nil {
		return a, err
	}
	others, err := tx.NewSelect().Model((*crm.CustomActivity)(nil)).Where("name <> ?", a.Name).Count(ctx)
	if err != nil {
		return a, fmt.Errorf("count custom activities: %w", err)
	}
	if others >= MaxCustomActivities {
		return a, crm.Errorf(crm.Unprocessable, "There are %d activities already; delete one that no bot uses", MaxCustomActivities)
	}
	a.UpdatedBy, a.CreatedAt, a.UpdatedAt = actor.UserID(), tx.Now, tx.Now
	insert := tx.NewInsert().Model(&a).On("CONFLICT (name) DO UPDATE")
	for _, column := range []string{"title", "help", "task_queue", "input_schema", "output_schema", "updated_by", "updated_at"} {
		insert = insert.Set("? = EXCLUDED.?", bun.Ident(column), bun.Ident(column))
	}
	if _, err := insert.Exec(ctx); err != nil {
		return a, fmt.Errorf("register the activity %s: %w", a.Name, err)
	}
	return tx.CustomActivity(ctx, a.Name)
}

func checkActivity(a crm.CustomActivity) error {
	faults := []error{crm.CheckActivityName(a.Name)}
	if a.TaskQueue == bot.TaskQueue {
		faults = append(faults, crm.FieldError("task_queue", "must be a queue of your own: the product's workers poll %s, and know no other activities than theirs", bot.TaskQueue))
	}
	if _, err := bot.CompileSchema(a.InputSchema); err != nil {
		faults = append(faults, crm.FieldError("input_schema", "must be a JSON Schema: %s", err))
	}
	if _, err := bot.CompileSchema(a.OutputSchema); err != nil {
		faults = append(faults, crm.FieldError("output_schema", "must be a JSON Schema: %s", err))
	}
	return errors.Join(faults...)
}

// DeleteCustomActivity takes a registration away; a Conflict that names the bots, if any that is published or under way uses it.
func (tx *Tx) DeleteCustomActivity(ctx context.Context, name string) error {
	users, err := botsThatName(ctx, tx, bot.ActivityNames)
	if err != nil {
		return err
	}
	if bots := users[name]; len(bots) > 0 {
		return usedBy("activity", name, bots)
	}
	result, err := tx.NewDelete().Model((*crm.CustomActivity)(nil)).Where("name = ?", name).Exec(ctx)
	if err != nil {
		return fmt.Errorf("delete the activity %s: %w", name, err)
	}
	return touched(result, "activity", name)
}

// ActivityUsers are the bots whose published version, or a run that is under way, names an activity; by its name.
func (s *Store) ActivityUsers(ctx context.Context) (map[string][]crm.Bot, error) {
	return botsThatName(ctx, s.read, bot.ActivityNames)
}
