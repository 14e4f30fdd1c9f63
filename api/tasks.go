package api

import (
	"context"
	"fmt"
	"net/http"

	"salesbot/crm"
	"salesbot/db"
)

func (s *Server) taskRoutes() {
	const tag = "Tasks"
	register(s, byManager("listTasks", http.MethodGet, "/tasks", tag, "List tasks"), s.listTasks)
	register(s, byManager("getTask", http.MethodGet, "/tasks/{id}", tag, "Get a task"), s.getTask)
	register(s, byManager("addTasks", http.MethodPost, "/tasks", tag, "Add tasks"), s.addTasks)
	register(s, byManager("updateTasks", http.MethodPatch, "/tasks", tag, "Change tasks"), s.updateTasks)
	one := byManager("updateTask", http.MethodPatch, "/tasks/{id}", tag, "Change a task")
	one.Description = "Completing it is is_completed true, with a result."
	register(s, one, s.updateTask)
	register(s, byManager("deleteTask", http.MethodDelete, "/tasks/{id}", tag, "Delete a task"), s.deleteTask)
}

type taskParams struct {
	Paging
	IDs           []int64        `query:"filter[id][]"`
	Responsible   []int64        `query:"filter[responsible_user_id][]"`
	IsCompleted   *bool          `query:"filter[is_completed]" description:"1 or 0."`
	TypeIDs       []int64        `query:"filter[task_type][]"`
	EntityType    crm.EntityType `query:"filter[entity_type]" enum:"leads,contacts,companies"`
	EntityIDs     []int64        `query:"filter[entity_id][]"`
	UpdatedFrom   seconds        `query:"filter[updated_at][from]"`
	UpdatedTo     seconds        `query:"filter[updated_at][to]"`
	DueFrom       seconds        `query:"filter[complete_till][from]"`
	DueTo         seconds        `query:"filter[complete_till][to]"`
	OrderByID     string         `query:"order[id]" enum:"asc,desc"`
	OrderByCreate string         `query:"order[created_at]" enum:"asc,desc"`
	OrderByDue    string         `query:"order[complete_till]" enum:"asc,desc"`
}

type taskJSON struct {
	ID                int64           `json:"id"`
	CreatedBy         int64           `json:"created_by"`
	UpdatedBy         int64           `json:"updated_by"`
	CreatedAt         int64           `json:"created_at"`
	UpdatedAt         int64           `json:"updated_at"`
	ResponsibleUserID int64           `json:"responsible_user_id"`
	GroupID           int64           `json:"group_id"`
	EntityID          *int64          `json:"entity_id"`
	EntityType        *crm.EntityType `json:"entity_type"`
	// Duration is in seconds.
	Duration     int64  `json:"duration"`
	IsCompleted  bool   `json:"is_completed"`
	TaskTypeID   int64  `json:"task_type_id"`
	Text         string `json:"text"`
	CompleteTill int64  `json:"complete_till"`
	// Result is an object with a text, or an empty list without one (Kommo API v4, tasks).
	Result    any   `json:"result"`
	AccountID int64 `json:"account_id"`
	Links     Links `json:"_links"`
}

type taskResult struct {
	Text string `json:"text"`
}

type tasksEmbedded struct {
	Tasks []taskJSON `json:"tasks"`
}

func showTask(ctx context.Context, t crm.Task) taskJSON {
	shown := taskJSON{ID: t.ID, CreatedBy: t.CreatedBy, UpdatedBy: t.UpdatedBy, CreatedAt: unix(t.CreatedAt), UpdatedAt: unix(t.UpdatedAt),
		ResponsibleUserID: t.ResponsibleID, Duration: t.Duration, IsCompleted: t.IsCompleted, TaskTypeID: t.TypeID, Text: t.Text,
		CompleteTill: unix(t.CompleteTill), Result: []taskResult{}, AccountID: accountID, Links: selfLink(ctx, fmt.Sprintf("/tasks/%d", t.ID))}
	if t.Result != "" {
		shown.Result = taskResult{t.Result}
	}
	if t.EntityID != 0 {
		shown.EntityID, shown.EntityType = &t.EntityID, &t.EntityType
	}
	return shown
}

func (s *Server) listTasks(ctx context.Context, p taskParams, _ None) (Collection[tasksEmbedded], error) {
	sort, err := sortBy(map[string]string{"id": p.OrderByID, "created_at": p.OrderByCreate, "complete_till": p.OrderByDue})
	if err != nil {
		return Collection[tasksEmbedded]{}, err
	}
	filter := db.TaskFilter{IDs: p.IDs, TypeIDs: p.TypeIDs, ResponsibleIDs: p.Responsible, EntityType: p.EntityType, EntityIDs: p.EntityIDs,
		IsCompleted: p.IsCompleted, UpdatedAt: span(p.UpdatedFrom, p.UpdatedTo), CompleteTill: span(p.DueFrom, p.DueTo)}
	tasks, next, err := s.Store.Tasks(ctx, filter, sort, p.store())
	return collection(ctx, p.Paging, len(tasks), next, tasksEmbedded{showAll(ctx, tasks, showTask)}), err
}

func (s *Server) getTask(ctx context.Context, p byID, _ None) (*taskJSON, error) {
	task, err := s.Store.Task(ctx, p.ID)
	shown := showTask(ctx, task)
	return absent(&shown, err)
}

type taskWrite struct {
	ID                int64           `json:"id,omitempty"`
	Text              *string         `json:"text,omitempty"`
	CompleteTill      *seconds        `json:"complete_till,omitempty"`
	EntityID          *int64          `json:"entity_id,omitempty"`
	EntityType        *crm.EntityType `json:"entity_type,omitempty" enum:"leads,contacts,companies"`
	ResponsibleUserID *int64          `json:"responsible_user_id,omitempty"`
	TaskTypeID        *int64          `json:"task_type_id,omitempty"`
	Duration          *int64          `json:"duration,omitempty"`
	IsCompleted       *bool           `json:"is_completed,omitempty"`
	Result            *taskResult     `json:"result,omitempty"`
	RequestID         *string         `json:"request_id,omitempty"`
	// The rest is read by nobody; Kommo's clients send it.
	CreatedBy any `json:"created_by,omitempty"`
	UpdatedBy any `json:"updated_by,omitempty"`
	CreatedAt any `json:"created_at,omitempty"`
	UpdatedAt any `json:"updated_at,omitempty"`
	AccountID any `json:"account_id,omitempty"`
	GroupID   any `json:"group_id,omitempty"`
}

func (w taskWrite) requestID() *string { return w.RequestID }

func (w taskWrite) edit(ctx context.Context, tx *db.Tx) (db.TaskEdit, error) {
	edit := db.TaskEdit{Text: w.Text, TypeID: w.TaskTypeID, EntityType: w.EntityType, EntityID: w.EntityID, ResponsibleID: w.ResponsibleUserID,
		Duration: w.Duration, IsCompleted: w.IsCompleted}
	if w.CompleteTill != nil {
		till := w.CompleteTill.time()
		edit.CompleteTill = &till
	}
	if w.Result != nil {
		edit.Result = &w.Result.Text
	}
	if w.ResponsibleUserID == nil {
		return edit, nil
	}
	return edit, tx.NeedUser(ctx, *w.ResponsibleUserID)
}

type taskBatch struct {
	Tasks []written `json:"tasks"`
}

func (s *Server) addTasks(ctx context.Context, _ None, body []taskWrite) (batch[taskBatch], error) {
	all, err := writeAll(ctx, s, body, func(ctx context.Context, tx *db.Tx, w taskWrite) (written, error) {
		edit, err := w.edit(ctx, tx)
		if err != nil {
			return written{}, err
		}
		task, err := tx.AddTask(ctx, actorOf(ctx), crm.Task{Text: value(edit.Text), TypeID: value(edit.TypeID), EntityType: value(edit.EntityType),
			EntityID: value(edit.EntityID), ResponsibleID: value(edit.ResponsibleID), CompleteTill: value(edit.CompleteTill), Duration: value(edit.Duration),
			IsCompleted: value(edit.IsCompleted), Result: value(edit.Result)})
		return wrote(ctx, "tasks", task.ID, nil), err
	})
	return batchOf(ctx, taskBatch{all}), err
}

func (s *Server) updateTasks(ctx context.Context, _ None, body []taskWrite) (batch[taskBatch], error) {
	all, err := writeAll(ctx, s, body, changeTask)
	return batchOf(ctx, taskBatch{all}), err
}

func (s *Server) updateTask(ctx context.Context, p byID, body taskWrite) (written, error) {
	body.ID = p.ID
	return writeOne(ctx, s, func(ctx context.Context, tx *db.Tx) (written, error) { return changeTask(ctx, tx, body) })
}

func changeTask(ctx context.Context, tx *db.Tx, w taskWrite) (written, error) {
	if err := needID(w.ID); err != nil {
		return written{}, err
	}
	edit, err := w.edit(ctx, tx)
	if err != nil {
		return written{}, err
	}
	task, err := tx.UpdateTask(ctx, actorOf(ctx), w.ID, edit)
	return wrote(ctx, "tasks", task.ID, &task.UpdatedAt), err
}

func (s *Server) deleteTask(ctx context.Context, p byID, _ None) (None, error) {
	return None{}, s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) error { return tx.DeleteTask(ctx, actorOf(ctx), p.ID) })
}
