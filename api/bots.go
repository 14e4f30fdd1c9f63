package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"salesbot/crm"
	"salesbot/db"
)

const botsTag = "Bots"

func (s *Server) botRoutes() {
	register(s, Operation{ID: "listBots", Method: http.MethodGet, Path: "/api/v4/bots", Tag: botsTag, Role: crm.Manager, Summary: "List bots"}, s.listBots)
	register(s, Operation{ID: "addBot", Method: http.MethodPost, Repeat: Keyed, Path: "/api/v4/bots", Tag: botsTag, Role: crm.Administrator, Status: http.StatusCreated,
		Summary: "Make a bot", Description: "Its document is a draft until it is published."}, s.addBot)
	register(s, Operation{ID: "getBot", Method: http.MethodGet, Path: "/api/v4/bots/{id}", Tag: botsTag, Role: crm.Manager, Summary: "Get a bot",
		Description: "with=document adds the draft. 204 if there is no such bot."}, s.getBot)
	register(s, Operation{ID: "updateBot", Method: http.MethodPatch, Path: "/api/v4/bots/{id}", Tag: botsTag, Role: crm.Administrator, Summary: "Change a bot",
		Description: "A document comes with the revision from which the edit began; 409 if somebody else has saved since."}, s.updateBot)
	register(s, Operation{ID: "deleteBot", Method: http.MethodDelete, Path: "/api/v4/bots/{id}", Tag: botsTag, Role: crm.Administrator, Summary: "Delete a bot",
		Description: "Its runs are stopped."}, s.deleteBot)
}

type botJSON struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	// TypeFunctionality and IsVisualEditor are Kommo's; here every bot is a regular one of the visual editor.
	TypeFunctionality string      `json:"type_functionality"`
	IsVisualEditor    bool        `json:"is_visual_editor"`
	IsFavorite        bool        `json:"is_favorite"`
	Settings          botSettings `json:"settings"`
	IsActive          bool        `json:"is_active"`
	Revision          int64       `json:"revision"`
	// PublishedVersion is the number of the version that new runs get; null before the first publication.
	PublishedVersion *int  `json:"published_version"`
	AliveRuns        int64 `json:"alive_runs"`
	CreatedBy        int64 `json:"created_by"`
	UpdatedBy        int64 `json:"updated_by"`
	CreatedAt        int64 `json:"created_at"`
	UpdatedAt        int64 `json:"updated_at"`
	// Document is the draft, with=document.
	Document json.RawMessage `json:"document,omitempty"`
	Links    Links           `json:"_links"`
}

type botSettings struct {
	Active bool `json:"active"`
}

type botsEmbedded struct {
	// Items is Kommo's key of this list.
	Items []botJSON `json:"items"`
}

// showBots adds to bots what other tables know of them.
func (s *Server) showBots(ctx context.Context, bots []crm.Bot, document bool) ([]botJSON, error) {
	ids, versions := make([]int64, len(bots)), make([]int64, len(bots))
	for i, b := range bots {
		ids[i], versions[i] = b.ID, b.VersionID
	}
	numbers, err := s.Store.VersionNumbers(ctx, versions)
	if err != nil {
		return nil, err
	}
	alive, err := s.Store.AliveRunsOf(ctx, ids)
	if err != nil {
		return nil, err
	}
	return showAll(ctx, bots, func(ctx context.Context, b crm.Bot) botJSON {
		shown := botJSON{ID: b.ID, Name: b.Name, TypeFunctionality: "regular", IsVisualEditor: true, Settings: botSettings{Active: b.IsActive},
			IsActive: b.IsActive, Revision: b.Revision, AliveRuns: alive[b.ID], CreatedBy: b.CreatedBy, UpdatedBy: b.UpdatedBy,
			CreatedAt: unix(b.CreatedAt), UpdatedAt: unix(b.UpdatedAt), Links: selfLink(ctx, fmt.Sprintf("/bots/%d", b.ID))}
		if number, ok := numbers[b.VersionID]; ok {
			shown.PublishedVersion = &number
		}
		if document {
			shown.Document = b.Draft
		}
		return shown
	}), nil
}

func (s *Server) showBot(ctx context.Context, b crm.Bot) (*botJSON, error) {
	shown, err := s.showBots(ctx, []crm.Bot{b}, true)
	if err != nil {
		return nil, err
	}
	return &shown[0], nil
}

type listBotsParams struct {
	Paging

	IDs []int64 `query:"filter[id][]"`
	// Types are Kommo's; all bots here are regular.
	Types []string `query:"filter[type_functionality][]"`
}

func (s *Server) listBots(ctx context.Context, p listBotsParams, _ None) (Collection[botsEmbedded], error) {
	if len(p.Types) > 0 && !slices.Contains(p.Types, "regular") {
		return Collection[botsEmbedded]{}, nil
	}
	list, next, err := s.Store.Bots(ctx, db.BotFilter{IDs: p.IDs}, p.store())
	if err != nil {
		return Collection[botsEmbedded]{}, err
	}
	shown, err := s.showBots(ctx, list, false)
	return collection(ctx, p.Paging, len(shown), next, botsEmbedded{Items: shown}), err
}

type newBot struct {
	Name     string          `json:"name,omitempty"`
	Document json.RawMessage `json:"document,omitempty"`
}

func (s *Server) addBot(ctx context.Context, _ None, body newBot) (*botJSON, error) {
	if body.Name == "" {
		var named struct {
			Name string `json:"name"`
		}
		// A document that can't be read is refused, with its reason, by the store.
		_ = json.Unmarshal(body.Document, &named)
		body.Name = named.Name
	}
	var b crm.Bot
	err := s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		b, err = tx.CreateBot(ctx, actorOf(ctx), body.Name, body.Document)
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.showBot(ctx, b)
}

type botParams struct {
	byID

	With string `query:"with"`
}

func (s *Server) getBot(ctx context.Context, p botParams, _ None) (*botJSON, error) {
	b, err := s.Store.Bot(ctx, p.ID)
	if crm.CodeOf(err) == crm.NotFound {
		return nil, nil //nolint:nilnil // Kommo answers 204
	}
	if err != nil {
		return nil, err
	}
	shown, err := s.showBots(ctx, []crm.Bot{b}, has(p.With, "document"))
	if err != nil {
		return nil, err
	}
	return &shown[0], nil
}

type botPatch struct {
	Name     *string         `json:"name,omitempty"`
	Document json.RawMessage `json:"document,omitempty"`
	Revision *int64          `json:"revision,omitempty"`
	IsActive *bool           `json:"is_active,omitempty"`
}

func (s *Server) updateBot(ctx context.Context, p byID, body botPatch) (*botJSON, error) {
	var b crm.Bot
	err := s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		b, err = tx.UpdateBot(ctx, actorOf(ctx), p.ID, db.BotChange{Name: body.Name, Draft: body.Document, Revision: body.Revision, IsActive: body.IsActive})
		return err
	})
	if err != nil {
		return nil, err
	}
	return s.showBot(ctx, b)
}

func (s *Server) deleteBot(ctx context.Context, p byID, _ None) (None, error) {
	return None{}, s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) error { return tx.DeleteBot(ctx, actorOf(ctx), p.ID) })
}
