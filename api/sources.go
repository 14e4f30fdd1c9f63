package api

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"salesbot/crm"
	"salesbot/db"
)

// maxSources is Kommo's limit.
const maxSources = 100

// sourceKind is the kind of the sources that are made through the API.
const sourceKind = "api"

func (s *Server) sourceRoutes() {
	const tag = "Sources"
	register(s, Operation{ID: "listSources", Method: http.MethodGet, Path: "/api/v4/sources", Tag: tag, Role: crm.Manager, Summary: "List sources"}, s.listSources)
	register(s, Operation{ID: "addSources", Method: http.MethodPost, Repeat: Keyed, Path: "/api/v4/sources", Tag: tag, Role: crm.Administrator, Summary: "Add sources"}, s.addSources)
	register(s, Operation{ID: "getSource", Method: http.MethodGet, Path: "/api/v4/sources/{id}", Tag: tag, Role: crm.Manager, Summary: "Get a source",
		Description: "204 if there is no such source."}, s.getSource)
	register(s, Operation{ID: "updateSource", Method: http.MethodPatch, Path: "/api/v4/sources/{id}", Tag: tag, Role: crm.Administrator, Summary: "Change a source"}, s.updateSource)
	register(s, Operation{ID: "deleteSource", Method: http.MethodDelete, Path: "/api/v4/sources/{id}", Tag: tag, Role: crm.Administrator, Summary: "Delete a source"}, s.deleteSource)
}

type sourceJSON struct {
	ID         int64  `json:"id"`
	Name       string `json:"name"`
	ExternalID string `json:"external_id"`
	OriginCode string `json:"origin_code"`
	PipelineID int64  `json:"pipeline_id"`
	Default    bool   `json:"default"`
	RequestID  string `json:"request_id,omitempty"`
	Links      Links  `json:"_links"`
}

type sourcesEmbedded struct {
	Sources []sourceJSON `json:"sources"`
}

func showSource(ctx context.Context, source crm.Source) sourceJSON {
	return sourceJSON{ID: source.ID, Name: source.Name, ExternalID: source.ExternalID, OriginCode: source.Kind, PipelineID: source.PipelineID,
		Links: selfLink(ctx, fmt.Sprintf("/sources/%d", source.ID))}
}

type listSourcesParams struct {
	Paging

	ExternalIDs []string `query:"filter[external_id][]"`
}

func (s *Server) listSources(ctx context.Context, p listSourcesParams, _ None) (Collection[sourcesEmbedded], error) {
	list, next, err := s.Store.Sources(ctx, p.ExternalIDs, p.store())
	return collection(ctx, p.Paging, len(list), next, sourcesEmbedded{Sources: showAll(ctx, list, showSource)}), err
}

type newSource struct {
	Name       string `json:"name"`
	ExternalID string `json:"external_id"`
	PipelineID int64  `json:"pipeline_id,omitempty"`
	RequestID  string `json:"request_id,omitempty"`
}

func (s *Server) addSources(ctx context.Context, _ None, body []newSource) (Collection[sourcesEmbedded], error) {
	if err := checkItems(len(body), maxSources); err != nil {
		return Collection[sourcesEmbedded]{}, err
	}
	var shown []sourceJSON
	err := s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) error {
		shown = nil
		for i, item := range body {
			if item.RequestID == "" {
				item.RequestID = strconv.Itoa(i)
			}
			source, err := tx.SaveSource(ctx, crm.Source{Name: item.Name, Kind: sourceKind, ExternalID: item.ExternalID, PipelineID: item.PipelineID})
			if err != nil {
				return itemFailed(item.RequestID, err)
			}
			one := showSource(ctx, source)
			one.RequestID = item.RequestID
			shown = append(shown, one)
		}
		return nil
	})
	return whole(ctx, len(shown), sourcesEmbedded{Sources: shown}), err
}

func (s *Server) getSource(ctx context.Context, p byID, _ None) (*sourceJSON, error) {
	source, err := s.Store.Source(ctx, p.ID)
	if crm.CodeOf(err) == crm.NotFound {
		return nil, nil //nolint:nilnil // Kommo answers 204
	}
	if err != nil {
		return nil, err
	}
	shown := showSource(ctx, source)
	return &shown, nil
}

type sourcePatch struct {
	Name       *string `json:"name,omitempty"`
	ExternalID *string `json:"external_id,omitempty"`
	PipelineID *int64  `json:"pipeline_id,omitempty"`
}

func (s *Server) updateSource(ctx context.Context, p byID, body sourcePatch) (sourceJSON, error) {
	source, err := s.Store.Source(ctx, p.ID)
	if err != nil {
		return sourceJSON{}, err
	}
	if body.Name != nil {
		source.Name = *body.Name
	}
	if body.ExternalID != nil {
		source.ExternalID = *body.ExternalID
	}
	if body.PipelineID != nil {
		source.PipelineID = *body.PipelineID
	}
	err = s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		source, err = tx.SaveSource(ctx, source)
		return err
	})
	return showSource(ctx, source), err
}

func (s *Server) deleteSource(ctx context.Context, p byID, _ None) (None, error) {
	return None{}, s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) error { return tx.DeleteSource(ctx, p.ID) })
}
