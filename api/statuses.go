package api

import (
	"context"
	"fmt"
	"net/http"

	"salesbot/crm"
	"salesbot/db"
)

func (s *Server) statusRoutes() {
	const tag, base = "Stages", "/leads/pipelines/{id}/statuses"
	register(s, byManager("listStatuses", http.MethodGet, base, tag, "List a pipeline's stages"), s.listStatuses)
	register(s, byManager("getStatus", http.MethodGet, base+"/{status_id}", tag, "Get a stage"), s.getStatus)
	register(s, byAdministrator("addStatuses", http.MethodPost, base, tag, "Add stages"), s.addStatuses)
	change := byAdministrator("updateStatus", http.MethodPatch, base+"/{status_id}", tag, "Change a stage")
	change.Description = "Of a system stage only the name can change."
	register(s, change, s.updateStatus)
	remove := byAdministrator("deleteStatus", http.MethodDelete, base+"/{status_id}", tag, "Delete a stage")
	remove.Description = "Its leads move to the pipeline's first ordinary stage."
	register(s, remove, s.deleteStatus)
}

type statusJSON struct {
	ID         int64  `json:"id"`
	Name       string `json:"name"`
	Sort       int    `json:"sort"`
	IsEditable bool   `json:"is_editable"`
	PipelineID int64  `json:"pipeline_id"`
	Color      string `json:"color"`
	// Type is 1 for the stage of incoming leads, else 0.
	Type      int    `json:"type"`
	AccountID int64  `json:"account_id"`
	RequestID string `json:"request_id,omitempty"`
	Links     Links  `json:"_links"`
}

type statusesEmbedded struct {
	Statuses []statusJSON `json:"statuses"`
}

type statusByID struct {
	byID
	StatusID int64 `path:"status_id"`
}

func showStatus(ctx context.Context, stage crm.Stage) statusJSON {
	return statusJSON{ID: stage.ID, Name: stage.Name, Sort: stage.Sort, IsEditable: stage.IsEditable, PipelineID: stage.PipelineID, Color: stage.Color,
		Type: stage.Type, AccountID: accountID, Links: selfLink(ctx, fmt.Sprintf("/leads/pipelines/%d/statuses/%d", stage.PipelineID, stage.ID))}
}

func (s *Server) listStatuses(ctx context.Context, p byID, _ None) (Collection[statusesEmbedded], error) {
	stages, err := s.Store.Stages(ctx, p.ID)
	list := whole(ctx, len(stages), statusesEmbedded{showAll(ctx, stages, showStatus)})
	total := len(stages)
	list.TotalItems = &total
	return list, err
}

func (s *Server) getStatus(ctx context.Context, p statusByID, _ None) (statusJSON, error) {
	stage, err := s.Store.Stage(ctx, p.ID, p.StatusID)
	return showStatus(ctx, stage), err
}

// statusWrite is a stage to be added or changed. In a new pipeline the ids 142 and 143 name won and lost.
type statusWrite struct {
	ID        int64   `json:"id,omitempty"`
	Name      *string `json:"name,omitempty"`
	Sort      *int    `json:"sort,omitempty"`
	Color     *string `json:"color,omitempty"`
	RequestID *string `json:"request_id,omitempty"`
	// The rest is read by nobody; Kommo's clients send it.
	Type         any `json:"type,omitempty"`
	IsEditable   any `json:"is_editable,omitempty"`
	PipelineID   any `json:"pipeline_id,omitempty"`
	AccountID    any `json:"account_id,omitempty"`
	Descriptions any `json:"descriptions,omitempty"`
}

func (w statusWrite) requestID() *string { return w.RequestID }

func (s *Server) addStatuses(ctx context.Context, p byID, body []statusWrite) (Collection[statusesEmbedded], error) {
	added := map[int64]crm.Stage{}
	all, err := writeAll(ctx, s, body, func(ctx context.Context, tx *db.Tx, w statusWrite) (written, error) {
		stage, err := tx.CreateStage(ctx, actorOf(ctx), crm.Stage{PipelineID: p.ID, Name: value(w.Name), Sort: value(w.Sort), Color: value(w.Color)})
		added[stage.ID] = stage
		return written{ID: stage.ID}, err
	})
	shown := make([]statusJSON, len(all))
	for i, one := range all {
		shown[i] = showStatus(ctx, added[one.ID])
		shown[i].RequestID = one.RequestID
	}
	return whole(ctx, len(shown), statusesEmbedded{shown}), err
}

func (s *Server) updateStatus(ctx context.Context, p statusByID, body statusWrite) (statusJSON, error) {
	var stage crm.Stage
	err := s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		stage, err = tx.UpdateStage(ctx, actorOf(ctx), p.ID, p.StatusID, db.StageEdit{Name: body.Name, Sort: body.Sort, Color: body.Color})
		return err
	})
	return showStatus(ctx, stage), err
}

func (s *Server) deleteStatus(ctx context.Context, p statusByID, _ None) (None, error) {
	return None{}, s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) error { return tx.DeleteStage(ctx, actorOf(ctx), p.ID, p.StatusID) })
}
