package db

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"salesbot/bot"
	"salesbot/crm"
)

// What goes with a card, a bot, a channel or a place in a pipeline when it is deleted: nothing that belonged to it may
// go on by itself.

// leadRuns, botRuns and contactRuns choose the runs that end with a lead, a bot, a contact. A contact takes along what
// is about it alone and what talks in its chats.
func leadRuns(id int64) func(*bun.SelectQuery) *bun.SelectQuery {
	return RunFilter{LeadID: id}.narrow
}

func botRuns(id int64) func(*bun.SelectQuery) *bun.SelectQuery { return RunFilter{BotID: id}.narrow }

func contactRuns(id int64) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("(chat_id IN (SELECT id FROM chats WHERE contact_id = ?) OR (lead_id = 0 AND contact_id = ?))", id, id)
	}
}

// silence stops the runs for good: from this commit on they change and say nothing, and what they wrote and did not
// hand over yet is never sent.
func (tx *Tx) silence(ctx context.Context, actor crm.Actor, which func(*bun.SelectQuery) *bun.SelectQuery, reason string) error {
	var runs []crm.Run
	if err := which(tx.NewSelect().Model(&runs)).Where("ended_at IS NULL").Order("id").Scan(ctx); err != nil {
		return fmt.Errorf("look for runs to stop: %w", err)
	}
	for _, run := range runs {
		if _, err := tx.controlRun(ctx, actor, run.ID, bot.Control{Command: bot.CommandStop, Reason: reason}); err != nil {
			return err
		}
		if err := tx.failUnsent(ctx, run); err != nil {
			return err
		}
	}
	return nil
}

// closeTasks completes what is still to be done about a card that is gone.
func (tx *Tx) closeTasks(ctx context.Context, actor crm.Actor, card crm.Entity, reason string) error {
	var tasks []crm.Task
	err := tx.NewSelect().Model(&tasks).Where("entity_type = ?", card.Type).Where("entity_id = ?", card.ID).Where("is_completed = ?", false).Order("id").Scan(ctx)
	if err != nil {
		return fmt.Errorf("look for the tasks of %s %d: %w", card.Type, card.ID, err)
	}
	for _, task := range tasks {
		if _, err := tx.UpdateTask(ctx, actor, task.ID, TaskEdit{IsCompleted: new(true), Result: &reason}); err != nil {
			return err
		}
	}
	return nil
}

// dropTriggers takes triggers away that stand at a place which is gone.
func (tx *Tx) dropTriggers(ctx context.Context, actor crm.Actor, at func(*bun.SelectQuery) *bun.SelectQuery) error {
	var triggers []crm.Trigger
	if err := at(tx.NewSelect().Model(&triggers)).Order("id").Scan(ctx); err != nil {
		return fmt.Errorf("look for triggers: %w", err)
	}
	for _, t := range triggers {
		if err := tx.DeleteTrigger(ctx, actor, t.BotID, t.ID); err != nil {
			return err
		}
	}
	return nil
}
