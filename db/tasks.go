package db

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"salesbot/crm"
)

// Task is one task.
func (s *Store) Task(ctx context.Context, id int64) (crm.Task, error) {
	var task crm.Task
	err := s.read.NewSelect().Model(&task).Where("id = ?", id).Scan(ctx)
	return task, found(err, "task", id)
}

// AddTask adds a task to a card, or to none. Without a responsible user it is the card's.
func (tx *Tx) AddTask(ctx context.Context, actor crm.Actor, task crm.Task) (crm.Task, error) {
	if task.TypeID == 0 {
		task.TypeID = crm.TaskFollowUp
	}
	if err := checkTask(task); err != nil {
		return task, err
	}
	responsible, err := tx.responsibleFor(ctx, crm.Entity{Type: task.EntityType, ID: task.EntityID})
	if err != nil {
		return task, blame("entity_id", err)
	}
	if task.ResponsibleID == 0 {
		task.ResponsibleID = responsible
	}
	if task.ResponsibleID == 0 {
		task.ResponsibleID = actor.UserID()
	}
	task.ID, task.CompleteTill = 0, task.CompleteTill.UTC()
	task.CreatedAt, task.UpdatedAt, task.CreatedBy, task.UpdatedBy = tx.Now, tx.Now, actor.UserID(), actor.UserID()
	if _, err := tx.NewInsert().Model(&task).Exec(ctx); err != nil {
		return task, fmt.Errorf("add task: %w", err)
	}
	return task, tx.event(ctx, actor, crm.TaskAddedEvent{Task: task})
}

func checkTask(task crm.Task) error {
	if strings.TrimSpace(task.Text) == "" || len([]rune(task.Text)) > crm.MaxTaskText {
		return crm.FieldError("text", "a task needs a text of at most %d characters", crm.MaxTaskText)
	}
	if task.CompleteTill.IsZero() {
		return crm.FieldError("complete_till", "a task needs a deadline")
	}
	if task.Duration < 0 {
		return crm.FieldError("duration", "must not be negative")
	}
	if task.TypeID != crm.TaskFollowUp && task.TypeID != crm.TaskMeeting {
		return crm.FieldError("task_type_id", "there is no task type %d", task.TypeID)
	}
	if task.EntityID != 0 && !task.EntityType.Valid() {
		return crm.FieldError("entity_type", "must be leads, contacts or companies")
	}
	return nil
}

// responsibleFor is the card's responsible user; it fails if there is no such card. No card, no user.
func (tx *Tx) responsibleFor(ctx context.Context, card crm.Entity) (int64, error) {
	if card.ID == 0 {
		return 0, nil
	}
	var id int64
	err := tx.NewSelect().Table(string(card.Type)).Column("responsible_id").Where("id = ?", card.ID).Where("deleted_at IS NULL").Scan(ctx, &id)
	return id, found(err, string(card.Type), card.ID)
}

// TaskEdit changes what is not nil.
type TaskEdit struct {
	Text          *string
	TypeID        *int64
	EntityType    *crm.EntityType
	EntityID      *int64
	ResponsibleID *int64
	CompleteTill  *time.Time
	Duration      *int64
	IsCompleted   *bool
	Result        *string
}

// UpdateTask changes a task, or completes it.
func (tx *Tx) UpdateTask(ctx context.Context, actor crm.Actor, id int64, edit TaskEdit) (crm.Task, error) {
	var task crm.Task
	if err := tx.lock(tx.NewSelect().Model(&task).Where("id = ?", id)).Scan(ctx); err != nil {
		return task, found(err, "task", id)
	}
	before := task
	set(&task.Text, edit.Text)
	set(&task.TypeID, edit.TypeID)
	set(&task.EntityType, edit.EntityType)
	set(&task.EntityID, edit.EntityID)
	set(&task.ResponsibleID, edit.ResponsibleID)
	set(&task.CompleteTill, edit.CompleteTill)
	set(&task.Duration, edit.Duration)
	set(&task.IsCompleted, edit.IsCompleted)
	set(&task.Result, edit.Result)
	if err := checkTask(task); err != nil {
		return task, err
	}
	if task.EntityID != before.EntityID || task.EntityType != before.EntityType {
		if _, err := tx.responsibleFor(ctx, crm.Entity{Type: task.EntityType, ID: task.EntityID}); err != nil {
			return task, blame("entity_id", err)
		}
	}
	task.CompleteTill, task.UpdatedAt, task.UpdatedBy = task.CompleteTill.UTC(), tx.Now, actor.UserID()
	if _, err := tx.NewUpdate().Model(&task).WherePK().Exec(ctx); err != nil {
		return task, fmt.Errorf("change task %d: %w", id, err)
	}
	if task.IsCompleted && !before.IsCompleted {
		return task, tx.event(ctx, actor, crm.TaskCompletedEvent{Before: before, After: task})
	}
	return task, tx.event(ctx, actor, crm.TaskChangedEvent{Before: before, After: task})
}

// DeleteTask deletes a task.
func (tx *Tx) DeleteTask(ctx context.Context, actor crm.Actor, id int64) error {
	var task crm.Task
	if err := tx.lock(tx.NewSelect().Model(&task).Where("id = ?", id)).Scan(ctx); err != nil {
		return found(err, "task", id)
	}
	if _, err := tx.NewDelete().Model(&task).WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("delete task %d: %w", id, err)
	}
	return tx.event(ctx, actor, crm.TaskDeletedEvent{Task: task})
}

// TaskFilter narrows a list of tasks; empty fields do not.
type TaskFilter struct {
	IDs            []int64
	TypeIDs        []int64
	ResponsibleIDs []int64
	EntityType     crm.EntityType
	EntityIDs      []int64
	IsCompleted    *bool
	UpdatedAt      Range
	CompleteTill   Range
}

// Tasks lists tasks, ordered by id, created_at, updated_at or complete_till.
func (s *Store) Tasks(ctx context.Context, filter TaskFilter, sort Sort, paging Paging) ([]crm.Task, string, error) {
	o, err := newOrder(sort, paging, "id", "created_at", "updated_at", "complete_till")
	if err != nil {
		return nil, "", err
	}
	var tasks []crm.Task
	q := s.read.NewSelect().Model(&tasks)
	q = whereIn(whereIn(whereIn(q, "id", filter.IDs), "type_id", filter.TypeIDs), "responsible_id", filter.ResponsibleIDs)
	q = whereRange(whereRange(whereIn(q, "entity_id", filter.EntityIDs), "updated_at", filter.UpdatedAt), "complete_till", filter.CompleteTill)
	if filter.EntityType != "" {
		q = q.Where("entity_type = ?", filter.EntityType)
	}
	if filter.IsCompleted != nil {
		q = q.Where("is_completed = ?", *filter.IsCompleted)
	}
	if q, err = o.apply(q); err != nil {
		return nil, "", err
	}
	if err := q.Scan(ctx); err != nil {
		return nil, "", fmt.Errorf("read tasks: %w", err)
	}
	tasks, next := cut(o, tasks, func(t crm.Task) (int64, int64) {
		return map[string]time.Time{"created_at": t.CreatedAt, "updated_at": t.UpdatedAt, "complete_till": t.CompleteTill}[o.By].UnixMicro(), t.ID
	})
	return tasks, next, nil
}

// NextTasks are the earliest open tasks of several cards of one type, by card.
func (s *Store) NextTasks(ctx context.Context, kind crm.EntityType, ids []int64) (map[int64]crm.Task, error) {
	var tasks []crm.Task
	err := s.read.NewSelect().Model(&tasks).Where("entity_type = ?", kind).Where("entity_id IN (?)", bun.List(ids)).
		Where("is_completed = ?", false).Order("complete_till", "id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read tasks: %w", err)
	}
	next := map[int64]crm.Task{}
	for _, task := range tasks {
		if _, has := next[task.EntityID]; !has {
			next[task.EntityID] = task
		}
	}
	return next, nil
}
