package api

import (
	"context"
	"fmt"
	"net/http"

	"salesbot/crm"
	"salesbot/db"
)

func (s *Server) noteRoutes() {
	for _, word := range cardWords {
		s.notesOf(word.kind, word.one)
	}
}

func (s *Server) notesOf(kind crm.EntityType, one string) {
	base, tag := "/"+string(kind), "Notes"
	register(s, byManager("list"+one+"sNotes", http.MethodGet, base+"/notes", tag, "List the notes of all "+string(kind)),
		func(ctx context.Context, p noteParams, _ None) (Collection[notesEmbedded], error) {
			return s.listNotes(ctx, kind, 0, p)
		})
	register(s, byManager("list"+one+"Notes", http.MethodGet, base+"/{id}/notes", tag, "List the notes of one of the "+string(kind)),
		func(ctx context.Context, p cardNoteParams, _ None) (Collection[notesEmbedded], error) {
			return s.listNotes(ctx, kind, p.ID, p.noteParams)
		})
	register(s, byManager("get"+one+"Note", http.MethodGet, base+"/notes/{id}", tag, "Get a note"),
		func(ctx context.Context, p byID, _ None) (*noteJSON, error) {
			note, err := s.Store.Note(ctx, kind, p.ID)
			shown := showNote(ctx, note)
			return absent(&shown, err)
		})
	register(s, byManager("add"+one+"sNotes", http.MethodPost, base+"/notes", tag, "Add notes to "+string(kind)),
		func(ctx context.Context, _ None, body []noteWrite) (batch[noteBatch], error) {
			return s.addNotes(ctx, kind, body)
		})
	register(s, byManager("add"+one+"Notes", http.MethodPost, base+"/{id}/notes", tag, "Add notes to one of the "+string(kind)),
		func(ctx context.Context, p byID, body []noteWrite) (batch[noteBatch], error) {
			for i := range body {
				body[i].EntityID = p.ID
			}
			return s.addNotes(ctx, kind, body)
		})
	register(s, byManager("update"+one+"Notes", http.MethodPatch, base+"/notes", tag, "Change notes of "+string(kind)),
		func(ctx context.Context, _ None, body []noteWrite) (batch[noteBatch], error) {
			all, err := writeAll(ctx, s, body, func(ctx context.Context, tx *db.Tx, w noteWrite) (written, error) {
				return changeNote(ctx, tx, kind, w)
			})
			return batchOf(ctx, noteBatch{all}), err
		})
	register(s, byManager("update"+one+"Note", http.MethodPatch, base+"/notes/{id}", tag, "Change a note"),
		func(ctx context.Context, p byID, body noteWrite) (written, error) {
			body.ID = p.ID
			return writeOne(ctx, s, func(ctx context.Context, tx *db.Tx) (written, error) { return changeNote(ctx, tx, kind, body) })
		})
	register(s, byManager("delete"+one+"Note", http.MethodDelete, base+"/notes/{id}", tag, "Delete a note"),
		func(ctx context.Context, p byID, _ None) (None, error) {
			return None{}, s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) error { return tx.DeleteNote(ctx, actorOf(ctx), kind, p.ID) })
		})
	for word, pinned := range map[string]bool{"pin": true, "unpin": false} {
		register(s, byManager(word+one+"Note", http.MethodPost, base+"/notes/{id}/"+word, tag, "Pin a note, or unpin it"),
			func(ctx context.Context, p byID, _ None) (None, error) {
				return None{}, s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) error {
					_, err := tx.UpdateNote(ctx, actorOf(ctx), kind, p.ID, db.NoteEdit{IsPinned: &pinned})
					return err
				})
			})
	}
}

type noteParams struct {
	Paging
	IDs           []int64  `query:"filter[id][]"`
	Types         []string `query:"filter[note_type][]"`
	UpdatedFrom   seconds  `query:"filter[updated_at][from]"`
	UpdatedTo     seconds  `query:"filter[updated_at][to]"`
	OrderByID     string   `query:"order[id]" enum:"asc,desc"`
	OrderByUpdate string   `query:"order[updated_at]" enum:"asc,desc"`
}

type cardNoteParams struct {
	byID
	noteParams
}

type noteJSON struct {
	ID                int64          `json:"id"`
	EntityID          int64          `json:"entity_id"`
	CreatedBy         int64          `json:"created_by"`
	UpdatedBy         int64          `json:"updated_by"`
	CreatedAt         int64          `json:"created_at"`
	UpdatedAt         int64          `json:"updated_at"`
	ResponsibleUserID int64          `json:"responsible_user_id"`
	GroupID           int64          `json:"group_id"`
	NoteType          string         `json:"note_type"`
	Params            map[string]any `json:"params"`
	IsPinned          bool           `json:"is_pinned"`
	AccountID         int64          `json:"account_id"`
	Links             Links          `json:"_links"`
}

type notesEmbedded struct {
	Notes []noteJSON `json:"notes"`
}

func showNote(ctx context.Context, n crm.Note) noteJSON {
	return noteJSON{ID: n.ID, EntityID: n.EntityID, CreatedBy: n.CreatedBy, UpdatedBy: n.UpdatedBy, CreatedAt: unix(n.CreatedAt), UpdatedAt: unix(n.UpdatedAt),
		ResponsibleUserID: n.ResponsibleID, NoteType: n.Type, Params: n.Params, IsPinned: n.IsPinned, AccountID: accountID,
		Links: selfLink(ctx, fmt.Sprintf("/%s/notes/%d", n.EntityType, n.ID))}
}

func (s *Server) listNotes(ctx context.Context, kind crm.EntityType, cardID int64, p noteParams) (Collection[notesEmbedded], error) {
	sort, err := sortBy(map[string]string{"id": p.OrderByID, "updated_at": p.OrderByUpdate})
	if err != nil {
		return Collection[notesEmbedded]{}, err
	}
	filter := db.NoteFilter{EntityType: kind, EntityID: cardID, IDs: p.IDs, Types: p.Types, UpdatedAt: span(p.UpdatedFrom, p.UpdatedTo)}
	notes, next, err := s.Store.Notes(ctx, filter, sort, p.store())
	return collection(ctx, p.Paging, len(notes), next, notesEmbedded{showAll(ctx, notes, showNote)}), err
}

type noteWrite struct {
	ID                int64          `json:"id,omitempty"`
	EntityID          int64          `json:"entity_id,omitempty"`
	NoteType          string         `json:"note_type,omitempty"`
	Params            map[string]any `json:"params,omitempty"`
	ResponsibleUserID *int64         `json:"responsible_user_id,omitempty"`
	CreatedAt         *seconds       `json:"created_at,omitempty"`
	RequestID         *string        `json:"request_id,omitempty"`
	// The rest is read by nobody; Kommo's clients send it.
	CreatedBy                      any `json:"created_by,omitempty"`
	UpdatedBy                      any `json:"updated_by,omitempty"`
	UpdatedAt                      any `json:"updated_at,omitempty"`
	AccountID                      any `json:"account_id,omitempty"`
	GroupID                        any `json:"group_id,omitempty"`
	IsNeedToTriggerDigitalPipeline any `json:"is_need_to_trigger_digital_pipeline,omitempty"`
}

func (w noteWrite) requestID() *string { return w.RequestID }

type noteBatch struct {
	Notes []written `json:"notes"`
}

func (s *Server) addNotes(ctx context.Context, kind crm.EntityType, body []noteWrite) (batch[noteBatch], error) {
	all, err := writeAll(ctx, s, body, func(ctx context.Context, tx *db.Tx, w noteWrite) (written, error) {
		note := crm.Note{EntityType: kind, EntityID: w.EntityID, Type: w.NoteType, Params: w.Params, ResponsibleID: value(w.ResponsibleUserID)}
		if w.CreatedAt != nil {
			note.CreatedAt = w.CreatedAt.time()
		}
		if err := tx.NeedUser(ctx, note.ResponsibleID); err != nil {
			return written{}, err
		}
		note, err := tx.AddNote(ctx, actorOf(ctx), note)
		return wrote(ctx, string(kind)+"/notes", note.ID, nil), err
	})
	return batchOf(ctx, noteBatch{all}), err
}

func changeNote(ctx context.Context, tx *db.Tx, kind crm.EntityType, w noteWrite) (written, error) {
	if err := needID(w.ID); err != nil {
		return written{}, err
	}
	note, err := tx.UpdateNote(ctx, actorOf(ctx), kind, w.ID, db.NoteEdit{Params: w.Params})
	return wrote(ctx, string(kind)+"/notes", note.ID, &note.UpdatedAt), err
}
