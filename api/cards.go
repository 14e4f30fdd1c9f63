package api

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"salesbot/crm"
	"salesbot/db"
)

// What leads, contacts and companies have in common.

// cardRoutes ties in everything that is about cards.
func (s *Server) cardRoutes() {
	s.pipelineRoutes()
	s.statusRoutes()
	s.leadRoutes()
	s.contactRoutes()
	s.companyRoutes()
	s.linkRoutes()
	s.tagRoutes()
	s.customFieldRoutes()
	s.taskRoutes()
	s.noteRoutes()
	s.boardRoutes()
}

// cardWords are how operations name the entity types.
var cardWords = []struct {
	kind     crm.EntityType
	one, tag string
}{{crm.Leads, "Lead", "Leads"}, {crm.Contacts, "Contact", "Contacts"}, {crm.Companies, "Company", "Companies"}}

// cardParams narrow a list of cards (Kommo API v4, filters).
type cardParams struct {
	Paging
	With          string  `query:"with" description:"What to embed, with commas."`
	Query         string  `query:"query" description:"Words of a name, a phone number or an e-mail address."`
	IDs           []int64 `query:"filter[id][]"`
	CreatedBy     []int64 `query:"filter[created_by][]"`
	UpdatedBy     []int64 `query:"filter[updated_by][]"`
	Responsible   []int64 `query:"filter[responsible_user_id][]"`
	TagIDs        []int64 `query:"filter[tags][]"`
	CreatedFrom   seconds `query:"filter[created_at][from]" description:"Unix seconds, as all times."`
	CreatedTo     seconds `query:"filter[created_at][to]"`
	UpdatedFrom   seconds `query:"filter[updated_at][from]"`
	UpdatedTo     seconds `query:"filter[updated_at][to]"`
	TaskFrom      seconds `query:"filter[closest_task_at][from]"`
	TaskTo        seconds `query:"filter[closest_task_at][to]"`
	OrderByID     string  `query:"order[id]" enum:"asc,desc"`
	OrderByCreate string  `query:"order[created_at]" enum:"asc,desc"`
	OrderByUpdate string  `query:"order[updated_at]" enum:"asc,desc"`
}

// filter reads names from the query itself: a name may hold a comma.
func (p cardParams) filter(ctx context.Context) db.CardFilter {
	return db.CardFilter{
		IDs: p.IDs, Names: textsOf(callerOf(ctx).url.Query(), "filter[name]"), CreatedBy: p.CreatedBy, UpdatedBy: p.UpdatedBy, ResponsibleIDs: p.Responsible,
		TagIDs: p.TagIDs, CreatedAt: span(p.CreatedFrom, p.CreatedTo), UpdatedAt: span(p.UpdatedFrom, p.UpdatedTo),
		NextTaskAt: span(p.TaskFrom, p.TaskTo), Query: p.Query,
	}
}

func (p cardParams) sort() (db.Sort, error) {
	return sortBy(map[string]string{"id": p.OrderByID, "created_at": p.OrderByCreate, "updated_at": p.OrderByUpdate})
}

// sortBy takes the one column that has a direction.
func sortBy(columns map[string]string) (db.Sort, error) {
	var sort db.Sort
	for column, direction := range columns {
		switch {
		case direction == "":
			continue
		case direction != "asc" && direction != "desc":
			return sort, crm.FieldError("order["+column+"]", "must be asc or desc")
		case sort.By != "":
			return sort, crm.FieldError("order", "order by one column")
		}
		sort = db.Sort{By: column, Desc: direction == "desc"}
	}
	return sort, nil
}

func textsOf(query url.Values, name string) []string {
	texts := append([]string{}, query[name]...)
	texts = append(texts, query[name+"[]"]...)
	for i := 0; query.Has(name + "[" + strconv.Itoa(i) + "]"); i++ {
		texts = append(texts, query[name+"["+strconv.Itoa(i)+"]"]...)
	}
	return texts
}

// span is a range of seconds; the last second belongs to it whole.
func span(from, to seconds) db.Range {
	var r db.Range
	if from != 0 {
		r.From = from.time()
	}
	if to != 0 {
		r.To = to.time().Add(time.Second - time.Microsecond)
	}
	return r
}

// cardJSON is what every card shows (Kommo API v4).
type cardJSON struct {
	ID                int64  `json:"id"`
	Name              string `json:"name"`
	ResponsibleUserID int64  `json:"responsible_user_id"`
	GroupID           int64  `json:"group_id"`
	CreatedBy         int64  `json:"created_by"`
	UpdatedBy         int64  `json:"updated_by"`
	CreatedAt         int64  `json:"created_at"`
	UpdatedAt         int64  `json:"updated_at"`
	ClosestTaskAt     *int64 `json:"closest_task_at"`
	IsDeleted         bool   `json:"is_deleted"`
	// CustomFieldsValues is null if there are none.
	CustomFieldsValues []fieldValuesJSON `json:"custom_fields_values"`
	AccountID          int64             `json:"account_id"`
	Links              Links             `json:"_links"`
}

type tagJSON struct {
	ID    int64   `json:"id"`
	Name  string  `json:"name"`
	Color *string `json:"color"`
}

type idJSON struct {
	ID    int64 `json:"id"`
	Links Links `json:"_links"`
}

// cardDetails are what belongs to several cards of one type, read with one query for each kind of thing.
type cardDetails struct {
	kind   crm.EntityType
	tags   map[int64][]crm.Tag
	values map[int64][]crm.FieldValue
	fields map[int64]crm.CustomField
	tasks  map[int64]crm.Task
}

func (s *Server) details(ctx context.Context, kind crm.EntityType, ids []int64) (cardDetails, error) {
	d := cardDetails{kind: kind, fields: map[int64]crm.CustomField{}}
	if len(ids) == 0 {
		return d, nil
	}
	var err error
	if d.tags, err = s.Store.TagsOf(ctx, kind, ids); err != nil {
		return d, err
	}
	if d.values, err = s.Store.ValuesOf(ctx, kind, ids); err != nil {
		return d, err
	}
	if d.tasks, err = s.Store.NextTasks(ctx, kind, ids); err != nil {
		return d, err
	}
	fields, err := s.Store.Fields(ctx, kind)
	for _, field := range fields {
		d.fields[field.ID] = field
	}
	return d, err
}

func (d cardDetails) tagsOf(id int64) []tagJSON {
	shown := make([]tagJSON, len(d.tags[id]))
	for i, tag := range d.tags[id] {
		shown[i] = showTag(tag)
	}
	return shown
}

// fill adds what the details know to a card.
func (d cardDetails) fill(ctx context.Context, card cardJSON) cardJSON {
	card.AccountID, card.Links = accountID, selfLink(ctx, fmt.Sprintf("/%s/%d", d.kind, card.ID))
	if task, has := d.tasks[card.ID]; has {
		card.ClosestTaskAt = unixOrNil(&task.CompleteTill)
	}
	for _, value := range d.values[card.ID] {
		card.CustomFieldsValues = append(card.CustomFieldsValues, showValues(d.fields[value.FieldID], value.Values))
	}
	return card
}

// cardWrite is what every card takes. A field that is absent stays as it is.
type cardWrite struct {
	// ID is needed when several cards are changed at once.
	ID                int64   `json:"id,omitempty"`
	Name              *string `json:"name,omitempty"`
	ResponsibleUserID *int64  `json:"responsible_user_id,omitempty"`
	// CreatedAt in the past is kept when the card is added.
	CreatedAt          *seconds           `json:"created_at,omitempty"`
	CustomFieldsValues []fieldValuesWrite `json:"custom_fields_values,omitempty"`
	TagsToAdd          []tagWrite         `json:"tags_to_add,omitempty"`
	TagsToDelete       []tagWrite         `json:"tags_to_delete,omitempty"`
	// RequestID comes back with the answer.
	RequestID *string `json:"request_id,omitempty"`
	// The rest is read by nobody; Kommo's clients send it.
	GroupID   any `json:"group_id,omitempty"`
	CreatedBy any `json:"created_by,omitempty"`
	UpdatedBy any `json:"updated_by,omitempty"`
	UpdatedAt any `json:"updated_at,omitempty"`
	AccountID any `json:"account_id,omitempty"`
}

func (w cardWrite) requestID() *string { return w.RequestID }

func (w cardWrite) createdAt() time.Time {
	if w.CreatedAt == nil {
		return time.Time{}
	}
	return w.CreatedAt.time()
}

// tagWrite names a tag by id or by name.
type tagWrite struct {
	ID    *int64  `json:"id,omitempty"`
	Name  *string `json:"name,omitempty"`
	Color any     `json:"color,omitempty"`
}

type idWrite struct {
	ID     int64 `json:"id"`
	IsMain *bool `json:"is_main,omitempty"`
}

// writeDetails sets what every card has beside its own row; set, if not nil, are the whole set of tags.
func (w cardWrite) writeDetails(ctx context.Context, tx *db.Tx, card crm.Entity, set *[]tagWrite) error {
	if set != nil {
		names, err := tagNames(ctx, tx, card.Type, *set)
		if err != nil {
			return err
		}
		if err := tx.SetTags(ctx, actorOf(ctx), card, names); err != nil {
			return err
		}
	}
	add, err := tagNames(ctx, tx, card.Type, w.TagsToAdd)
	if err != nil {
		return err
	}
	remove, err := tagNames(ctx, tx, card.Type, w.TagsToDelete)
	if err != nil {
		return err
	}
	if err := tx.EditTags(ctx, actorOf(ctx), card, add, remove); err != nil {
		return err
	}
	return tx.SetFields(ctx, actorOf(ctx), card, readValues(w.CustomFieldsValues))
}

func tagNames(ctx context.Context, tx *db.Tx, kind crm.EntityType, tags []tagWrite) ([]string, error) {
	var names []string
	for _, tag := range tags {
		if tag.Name != nil {
			names = append(names, *tag.Name)
			continue
		}
		if tag.ID == nil {
			return nil, crm.FieldError("tags", "a tag needs an id or a name")
		}
		known, err := tx.TagNames(ctx, kind, []int64{*tag.ID})
		if err != nil {
			return nil, err
		}
		names = append(names, known...)
	}
	return names, nil
}

// checkResponsible refuses a responsible user who can't be one.
func (w cardWrite) checkResponsible(ctx context.Context, tx *db.Tx) error {
	if w.ResponsibleUserID == nil {
		return nil
	}
	return tx.NeedUser(ctx, *w.ResponsibleUserID)
}

// written is the thin answer to a write: read the item to see it whole.
type written struct {
	ID        int64  `json:"id"`
	RequestID string `json:"request_id,omitempty"`
	UpdatedAt *int64 `json:"updated_at,omitempty"`
	Links     Links  `json:"_links"`
}

// batch is the answer to a write of several items; E is a struct with one field, the list.
type batch[E any] struct {
	Links    Links `json:"_links"`
	Embedded E     `json:"_embedded"`
}

// writeAll writes every item in one transaction, or none. An error names the item that is to blame.
func writeAll[B interface{ requestID() *string }](ctx context.Context, s *Server, items []B, write func(ctx context.Context, tx *db.Tx, item B) (written, error)) ([]written, error) {
	if err := checkItems(len(items), MaxItems); err != nil {
		return nil, err
	}
	var all []written
	err := s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) error {
		all = make([]written, 0, len(items))
		for i, item := range items {
			requestID := strconv.Itoa(i)
			if given := item.requestID(); given != nil {
				requestID = *given
			}
			one, err := write(ctx, tx, item)
			if err != nil {
				return itemFailed(requestID, err)
			}
			one.RequestID = requestID
			all = append(all, one)
		}
		return nil
	})
	return all, err
}

// batchOf wraps a batch's items.
func batchOf[E any](ctx context.Context, embedded E) batch[E] {
	return batch[E]{Links: Links{Self: &Link{Href: hrefHere(ctx, nil)}}, Embedded: embedded}
}

// writeOne writes one item in a transaction of its own.
func writeOne(ctx context.Context, s *Server, write func(ctx context.Context, tx *db.Tx) (written, error)) (written, error) {
	var one written
	err := s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		one, err = write(ctx, tx)
		return err
	})
	return one, err
}

// wrote is the answer about one item; a changed one says when.
func wrote(ctx context.Context, path string, id int64, updatedAt *time.Time) written {
	return written{ID: id, UpdatedAt: unixOrNil(updatedAt), Links: selfLink(ctx, fmt.Sprintf("/%s/%d", path, id))}
}

// needID refuses an item of a bulk change without an id.
func needID(id int64) error {
	if id == 0 {
		return crm.FieldError("id", "each item needs an id")
	}
	return nil
}

// absent turns "does not exist" into nothing, which Kommo answers with 204.
func absent[T any](shown *T, err error) (*T, error) {
	if crm.CodeOf(err) == crm.NotFound {
		return nil, nil
	}
	return shown, err
}

// byManager is an operation for everybody who is signed in; path is below /api/v4.
func byManager(id, method, path, tag, summary string) Operation {
	op := Operation{ID: id, Method: method, Path: "/api/v4" + path, Tag: tag, Role: crm.Manager, Summary: summary}
	if method == http.MethodPost {
		op.Repeat = Keyed
	}
	return op
}

// byAdministrator is an operation that changes how everybody works.
func byAdministrator(id, method, path, tag, summary string) Operation {
	op := byManager(id, method, path, tag, summary)
	op.Role = crm.Administrator
	return op
}
