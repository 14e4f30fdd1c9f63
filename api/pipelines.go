package api

import (
	"context"
	"fmt"
	"net/http"

	"salesbot/crm"
	"salesbot/db"
)

func (s *Server) pipelineRoutes() {
	const tag, base = "Pipelines", "/leads/pipelines"
	register(s, byManager("listPipelines", http.MethodGet, base, tag, "List pipelines with their stages"), s.listPipelines)
	register(s, byManager("getPipeline", http.MethodGet, base+"/{id}", tag, "Get a pipeline with its stages"), s.getPipeline)
	add := byAdministrator("addPipelines", http.MethodPost, base, tag, "Add pipelines")
	add.Description = "The system stages are made with it; a stage with the id 142 or 143 names won or lost."
	register(s, add, s.addPipelines)
	register(s, byAdministrator("updatePipeline", http.MethodPatch, base+"/{id}", tag, "Change a pipeline"), s.updatePipeline)
	remove := byAdministrator("deletePipeline", http.MethodDelete, base+"/{id}", tag, "Delete a pipeline")
	remove.Description = "Refused for the last pipeline and for one with leads."
	register(s, remove, s.deletePipeline)
}

type pipelineJSON struct {
	ID           int64            `json:"id"`
	Name         string           `json:"name"`
	Sort         int              `json:"sort"`
	IsMain       bool             `json:"is_main"`
	IsUnsortedOn bool             `json:"is_unsorted_on"`
	IsArchive    bool             `json:"is_archive"`
	AccountID    int64            `json:"account_id"`
	RequestID    string           `json:"request_id,omitempty"`
	Links        Links            `json:"_links"`
	Embedded     pipelineEmbedded `json:"_embedded"`
}

type pipelineEmbedded struct {
	Statuses []statusJSON `json:"statuses"`
}

type pipelinesEmbedded struct {
	Pipelines []pipelineJSON `json:"pipelines"`
}

func showPipeline(ctx context.Context, p crm.Pipeline, stages []crm.Stage) pipelineJSON {
	return pipelineJSON{ID: p.ID, Name: p.Name, Sort: p.Sort, IsMain: p.IsMain, IsUnsortedOn: p.IsUnsortedOn, IsArchive: p.IsArchive, AccountID: accountID,
		Links: selfLink(ctx, fmt.Sprintf("/leads/pipelines/%d", p.ID)), Embedded: pipelineEmbedded{showAll(ctx, stages, showStatus)}}
}

func (s *Server) showPipelines(ctx context.Context, pipelines []crm.Pipeline) ([]pipelineJSON, error) {
	ids := make([]int64, len(pipelines))
	for i, p := range pipelines {
		ids[i] = p.ID
	}
	stages, err := s.Store.StagesOf(ctx, ids)
	return showAll(ctx, pipelines, func(ctx context.Context, p crm.Pipeline) pipelineJSON { return showPipeline(ctx, p, stages[p.ID]) }), err
}

func (s *Server) listPipelines(ctx context.Context, _ None, _ None) (Collection[pipelinesEmbedded], error) {
	pipelines, err := s.Store.Pipelines(ctx)
	if err != nil {
		return Collection[pipelinesEmbedded]{}, err
	}
	shown, err := s.showPipelines(ctx, pipelines)
	list := whole(ctx, len(shown), pipelinesEmbedded{shown})
	total := len(shown)
	list.TotalItems = &total
	return list, err
}

func (s *Server) getPipeline(ctx context.Context, p byID, _ None) (pipelineJSON, error) {
	pipeline, err := s.Store.Pipeline(ctx, p.ID)
	if err != nil {
		return pipelineJSON{}, err
	}
	shown, err := s.showPipelines(ctx, []crm.Pipeline{pipeline})
	return shown[0], err
}

type newPipeline struct {
	Name         string             `json:"name"`
	Sort         int                `json:"sort"`
	IsMain       bool               `json:"is_main"`
	IsUnsortedOn bool               `json:"is_unsorted_on"`
	RequestID    *string            `json:"request_id,omitempty"`
	Embedded     *newPipelineStages `json:"_embedded,omitempty"`
}

type newPipelineStages struct {
	Statuses []statusWrite `json:"statuses"`
}

func (p newPipeline) requestID() *string { return p.RequestID }

func (s *Server) addPipelines(ctx context.Context, _ None, body []newPipeline) (Collection[pipelinesEmbedded], error) {
	var none Collection[pipelinesEmbedded]
	added := map[int64]crm.Pipeline{}
	all, err := writeAll(ctx, s, body, func(ctx context.Context, tx *db.Tx, w newPipeline) (written, error) {
		var stages []crm.Stage
		if w.Embedded != nil {
			for _, status := range w.Embedded.Statuses {
				stages = append(stages, crm.Stage{ID: status.ID, Name: value(status.Name), Color: value(status.Color)})
			}
		}
		pipeline := crm.Pipeline{Name: w.Name, Sort: w.Sort, IsMain: w.IsMain, IsUnsortedOn: w.IsUnsortedOn}
		pipeline, err := tx.CreatePipeline(ctx, actorOf(ctx), pipeline, stages)
		added[pipeline.ID] = pipeline
		return written{ID: pipeline.ID}, err
	})
	if err != nil {
		return none, err
	}
	pipelines := make([]crm.Pipeline, len(all))
	for i, one := range all {
		pipelines[i] = added[one.ID]
	}
	shown, err := s.showPipelines(ctx, pipelines)
	for i := range shown {
		shown[i].RequestID = all[i].RequestID
	}
	return whole(ctx, len(shown), pipelinesEmbedded{shown}), err
}

type pipelinePatch struct {
	Name         *string `json:"name,omitempty"`
	Sort         *int    `json:"sort,omitempty"`
	IsMain       *bool   `json:"is_main,omitempty"`
	IsUnsortedOn *bool   `json:"is_unsorted_on,omitempty"`
	IsArchive    *bool   `json:"is_archive,omitempty"`
}

func (s *Server) updatePipeline(ctx context.Context, p byID, body pipelinePatch) (pipelineJSON, error) {
	err := s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.UpdatePipeline(ctx, actorOf(ctx), p.ID, db.PipelineEdit(body))
		return err
	})
	if err != nil {
		return pipelineJSON{}, err
	}
	return s.getPipeline(ctx, p, None{})
}

// nothing is Kommo's answer to a deleted pipeline: {}.
type nothing struct{}

func (s *Server) deletePipeline(ctx context.Context, p byID, _ None) (nothing, error) {
	return nothing{}, s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) error { return tx.DeletePipeline(ctx, actorOf(ctx), p.ID) })
}
