package db

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"salesbot/crm"
)

// noteParams are the note types that may be written and the parameters that each must have (Kommo API v4, notes).
var noteParams = map[string][]string{
	"common": {"text"}, "call_in": {"phone"}, "call_out": {"phone"}, "service_message": {"text"}, "extended_service_message": {"text"},
	"geolocation": {"address"}, "sms_in": {"text"}, "sms_out": {"text"}, "attachment": {"file_name"},
}

// Note is one note of a card of that type.
func (s *Store) Note(ctx context.Context, kind crm.EntityType, id int64) (crm.Note, error) {
	var note crm.Note
	err := s.read.NewSelect().Model(&note).Where("entity_type = ?", kind).Where("id = ?", id).Scan(ctx)
	return note, found(err, "note", id)
}

// AddNote adds an entry to a card's feed. A CreatedAt in the past is kept.
func (tx *Tx) AddNote(ctx context.Context, actor crm.Actor, note crm.Note) (crm.Note, error) {
	if note.Type == "" {
		note.Type = "common"
	}
	if err := checkNote(note); err != nil {
		return note, err
	}
	responsible, err := tx.responsibleFor(ctx, crm.Entity{Type: note.EntityType, ID: note.EntityID})
	if err != nil {
		return note, blame("entity_id", err)
	}
	if note.ResponsibleID == 0 {
		note.ResponsibleID = responsible
	}
	if note.CreatedAt.IsZero() || note.CreatedAt.After(tx.Now) {
		note.CreatedAt = tx.Now
	}
	note.ID, note.UpdatedAt, note.CreatedBy, note.UpdatedBy = 0, tx.Now, actor.UserID(), actor.UserID()
	if _, err := tx.NewInsert().Model(&note).Exec(ctx); err != nil {
		return note, fmt.Errorf("add note: %w", err)
	}
	return note, tx.event(ctx, actor, crm.NoteAddedEvent{Note: note})
}

func checkNote(note crm.Note) error {
	needed, known := noteParams[note.Type]
	if !known {
		return crm.FieldError("note_type", "can't write notes of type %q; choose one of %s", note.Type, strings.Join(slices.Sorted(maps.Keys(noteParams)), ", "))
	}
	if !note.EntityType.Valid() || note.EntityID == 0 {
		return crm.FieldError("entity_id", "a note needs a lead, contact or company")
	}
	for _, name := range needed {
		text, _ := note.Params[name].(string)
		if strings.TrimSpace(text) == "" {
			return crm.FieldError("params."+name, "a note of type %s needs it", note.Type)
		}
	}
	link, _ := note.Params["link"].(string) // where a call was recorded
	if fault := crm.AddressFault(link, crm.WebSchemes); link != "" && fault != "" {
		return crm.FieldError("params.link", "%s", fault)
	}
	for name, value := range note.Params {
		if text, _ := value.(string); len([]rune(text)) > crm.MaxNoteText {
			return crm.FieldError("params."+name, "is longer than %d characters", crm.MaxNoteText)
		}
	}
	return nil
}

// NoteEdit changes what is not nil.
type NoteEdit struct {
	Params   map[string]any
	IsPinned *bool
}

// UpdateNote changes a note's parameters, or pins it.
func (tx *Tx) UpdateNote(ctx context.Context, actor crm.Actor, kind crm.EntityType, id int64, edit NoteEdit) (crm.Note, error) {
	var note crm.Note
	err := tx.lock(tx.NewSelect().Model(&note).Where("entity_type = ?", kind).Where("id = ?", id)).Scan(ctx)
	if err != nil {
		return note, found(err, "note", id)
	}
	if edit.Params != nil {
		note.Params = edit.Params
		if err := checkNote(note); err != nil {
			return note, err
		}
	}
	set(&note.IsPinned, edit.IsPinned)
	note.UpdatedAt, note.UpdatedBy = tx.Now, actor.UserID()
	if _, err := tx.NewUpdate().Model(&note).WherePK().Exec(ctx); err != nil {
		return note, fmt.Errorf("change note %d: %w", id, err)
	}
	return note, tx.event(ctx, actor, crm.NoteChangedEvent{Note: note})
}

// DeleteNote deletes a note.
func (tx *Tx) DeleteNote(ctx context.Context, actor crm.Actor, kind crm.EntityType, id int64) error {
	var note crm.Note
	err := tx.NewSelect().Model(&note).Where("entity_type = ?", kind).Where("id = ?", id).Scan(ctx)
	if err != nil {
		return found(err, "note", id)
	}
	if _, err := tx.NewDelete().Model(&note).WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("delete note %d: %w", id, err)
	}
	return tx.event(ctx, actor, crm.NoteDeletedEvent{Note: note})
}

// NoteFilter narrows a list of notes; empty fields do not.
type NoteFilter struct {
	EntityType crm.EntityType
	EntityID   int64
	IDs        []int64
	Types      []string
	UpdatedAt  Range
}

// Notes lists notes of one entity type, ordered by id, created_at or updated_at.
func (s *Store) Notes(ctx context.Context, filter NoteFilter, sort Sort, paging Paging) ([]crm.Note, string, error) {
	o, err := newOrder(sort, paging, "id", "created_at", "updated_at")
	if err != nil {
		return nil, "", err
	}
	var notes []crm.Note
	q := s.read.NewSelect().Model(&notes).Where("entity_type = ?", filter.EntityType)
	q = whereRange(whereIn(whereIn(q, "id", filter.IDs), "note_type", filter.Types), "updated_at", filter.UpdatedAt)
	if filter.EntityID != 0 {
		q = q.Where("entity_id = ?", filter.EntityID)
	}
	if q, err = o.apply(q); err != nil {
		return nil, "", err
	}
	if err := q.Scan(ctx); err != nil {
		return nil, "", fmt.Errorf("read notes: %w", err)
	}
	notes, next := cut(o, notes, func(n crm.Note) (int64, int64) {
		return map[string]time.Time{"created_at": n.CreatedAt, "updated_at": n.UpdatedAt}[o.By].UnixMicro(), n.ID
	})
	return notes, next, nil
}
