package api

import (
	"context"
	"fmt"
	"net/http"

	"salesbot/crm"
	"salesbot/db"
)

func (s *Server) customFieldRoutes() {
	for _, word := range cardWords {
		kind, base, tag := word.kind, "/"+string(word.kind)+"/custom_fields", "Custom fields"
		register(s, byManager("list"+word.one+"Fields", http.MethodGet, base, tag, "List the custom fields of "+string(kind)),
			func(ctx context.Context, p Paging, _ None) (Collection[customFieldsEmbedded], error) {
				return s.listFields(ctx, kind, p)
			})
		register(s, byManager("get"+word.one+"Field", http.MethodGet, base+"/{id}", tag, "Get a custom field"),
			func(ctx context.Context, p byID, _ None) (customFieldJSON, error) {
				field, err := s.Store.Field(ctx, kind, p.ID)
				return showField(ctx, field), err
			})
		add := byAdministrator("add"+word.one+"Fields", http.MethodPost, base, tag, "Add custom fields to "+string(kind))
		add.Status = http.StatusCreated
		register(s, add, func(ctx context.Context, _ None, body []customFieldWrite) (Collection[customFieldsEmbedded], error) {
			return s.writeFields(ctx, kind, body, addField)
		})
		register(s, byAdministrator("update"+word.one+"Fields", http.MethodPatch, base, tag, "Change custom fields of "+string(kind)),
			func(ctx context.Context, _ None, body []customFieldWrite) (Collection[customFieldsEmbedded], error) {
				return s.writeFields(ctx, kind, body, changeField)
			})
		register(s, byAdministrator("update"+word.one+"Field", http.MethodPatch, base+"/{id}", tag, "Change a custom field"),
			func(ctx context.Context, p byID, body customFieldWrite) (customFieldJSON, error) {
				body.ID = p.ID
				return s.writeField(ctx, kind, body)
			})
		register(s, byAdministrator("delete"+word.one+"Field", http.MethodDelete, base+"/{id}", tag, "Delete a custom field with its values"),
			func(ctx context.Context, p byID, _ None) (None, error) {
				return None{}, s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) error { return tx.DeleteField(ctx, actorOf(ctx), kind, p.ID) })
			})
	}
}

type customFieldJSON struct {
	ID           int64          `json:"id"`
	Name         string         `json:"name"`
	Type         crm.FieldType  `json:"type"`
	AccountID    int64          `json:"account_id"`
	Code         *string        `json:"code"`
	Sort         int            `json:"sort"`
	IsAPIOnly    bool           `json:"is_api_only"`
	Enums        []enumJSON     `json:"enums"`
	GroupID      *string        `json:"group_id"`
	IsDeletable  bool           `json:"is_deletable"`
	IsPredefined bool           `json:"is_predefined"`
	EntityType   crm.EntityType `json:"entity_type"`
	Links        Links          `json:"_links"`
}

type enumJSON struct {
	ID    int64   `json:"id,omitempty"`
	Value string  `json:"value"`
	Sort  int     `json:"sort,omitempty"`
	Code  *string `json:"code,omitempty"`
}

type customFieldsEmbedded struct {
	CustomFields []customFieldJSON `json:"custom_fields"`
}

func showField(ctx context.Context, f crm.CustomField) customFieldJSON {
	shown := customFieldJSON{ID: f.ID, Name: f.Name, Type: f.Type, AccountID: accountID, Sort: f.Sort, IsAPIOnly: f.IsAPIOnly, IsDeletable: !f.IsPredefined,
		IsPredefined: f.IsPredefined, EntityType: f.EntityType, Links: selfLink(ctx, fmt.Sprintf("/%s/custom_fields/%d", f.EntityType, f.ID))}
	if f.Code != "" {
		shown.Code = &f.Code
	}
	for _, e := range f.Enums {
		enum := enumJSON{ID: e.ID, Value: e.Value, Sort: e.Sort}
		if e.Code != "" {
			enum.Code = &e.Code
		}
		shown.Enums = append(shown.Enums, enum)
	}
	return shown
}

// listFields answers with all fields at once unless a page is asked for: they are few and always needed together.
func (s *Server) listFields(ctx context.Context, kind crm.EntityType, p Paging) (Collection[customFieldsEmbedded], error) {
	fields, err := s.Store.Fields(ctx, kind)
	if err != nil {
		return Collection[customFieldsEmbedded]{}, err
	}
	page, next, err := slicePage(fields, p)
	if err != nil {
		return Collection[customFieldsEmbedded]{}, err
	}
	list := collection(ctx, p, len(page), "", customFieldsEmbedded{showAll(ctx, page, showField)})
	if next {
		list.Links.Next = &Link{Href: hrefHere(ctx, map[string]string{"page": fmt.Sprint(max(1, p.Page) + 1)})}
	}
	total := len(fields)
	list.TotalItems = &total
	return list, nil
}

// slicePage cuts a page by number out of a short list that is read whole; next says that more follows.
func slicePage[T any](list []T, p Paging) (page []T, next bool, err error) {
	limit := p.Limit
	if limit == 0 {
		limit = db.MaxPage
	}
	if limit < 0 || limit > db.MaxPage {
		return nil, false, crm.FieldError("limit", "must be from 1 to %d", db.MaxPage)
	}
	if p.Page < 0 {
		return nil, false, crm.FieldError("page", "pages count from 1")
	}
	from := min(len(list), (max(1, min(p.Page, len(list)+1))-1)*limit)
	to := min(len(list), from+limit)
	return list[from:to], to < len(list), nil
}

type customFieldWrite struct {
	ID        int64         `json:"id,omitempty"`
	Name      *string       `json:"name,omitempty"`
	Type      crm.FieldType `json:"type,omitempty"`
	Code      *string       `json:"code,omitempty"`
	Sort      *int          `json:"sort,omitempty"`
	IsAPIOnly *bool         `json:"is_api_only,omitempty"`
	// Enums replace the choices; those with an id stay what they are.
	Enums      []enumJSON     `json:"enums,omitempty"`
	RequestID  *string        `json:"request_id,omitempty"`
	EntityType crm.EntityType `json:"entity_type,omitempty"`
	// The rest is read by nobody; Kommo's clients send it.
	GroupID          any `json:"group_id,omitempty"`
	IsRequired       any `json:"is_required,omitempty"`
	RequiredStatuses any `json:"required_statuses,omitempty"`
	HiddenStatuses   any `json:"hidden_statuses,omitempty"`
	Settings         any `json:"settings,omitempty"`
	Remind           any `json:"remind,omitempty"`
	Currency         any `json:"currency,omitempty"`
}

func (w customFieldWrite) enums() []crm.Enum {
	if w.Enums == nil {
		return nil
	}
	enums := make([]crm.Enum, len(w.Enums))
	for i, e := range w.Enums {
		enums[i] = crm.Enum{ID: e.ID, Value: e.Value, Sort: e.Sort, Code: value(e.Code)}
	}
	return enums
}

type fieldChange func(ctx context.Context, tx *db.Tx, kind crm.EntityType, w customFieldWrite) (crm.CustomField, error)

func addField(ctx context.Context, tx *db.Tx, kind crm.EntityType, w customFieldWrite) (crm.CustomField, error) {
	return tx.CreateField(ctx, actorOf(ctx), crm.CustomField{EntityType: kind, Name: value(w.Name), Type: w.Type, Code: value(w.Code), Sort: value(w.Sort),
		IsAPIOnly: value(w.IsAPIOnly), Enums: w.enums()})
}

func changeField(ctx context.Context, tx *db.Tx, kind crm.EntityType, w customFieldWrite) (crm.CustomField, error) {
	if err := needID(w.ID); err != nil {
		return crm.CustomField{}, err
	}
	return tx.UpdateField(ctx, actorOf(ctx), kind, w.ID, db.FieldDefinition{Name: w.Name, Code: w.Code, Sort: w.Sort, IsAPIOnly: w.IsAPIOnly, Enums: w.enums()})
}

func (w customFieldWrite) requestID() *string { return w.RequestID }

// writeFields answers with whole fields, as Kommo does here.
func (s *Server) writeFields(ctx context.Context, kind crm.EntityType, body []customFieldWrite, do fieldChange) (Collection[customFieldsEmbedded], error) {
	var fields []crm.CustomField
	_, err := writeAll(ctx, s, body, func(ctx context.Context, tx *db.Tx, w customFieldWrite) (written, error) {
		field, err := do(ctx, tx, kind, w)
		fields = append(fields, field)
		return written{}, err
	})
	fields = fields[max(0, len(fields)-len(body)):] // a transaction that was tried again gave them twice
	return whole(ctx, len(fields), customFieldsEmbedded{showAll(ctx, fields, showField)}), err
}

func (s *Server) writeField(ctx context.Context, kind crm.EntityType, w customFieldWrite) (customFieldJSON, error) {
	var field crm.CustomField
	err := s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		field, err = changeField(ctx, tx, kind, w)
		return err
	})
	return showField(ctx, field), err
}
