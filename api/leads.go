package api

import (
	"context"
	"math"
	"net/http"
	"net/url"
	"strconv"

	"salesbot/crm"
	"salesbot/db"
)

func (s *Server) leadRoutes() {
	const tag = "Leads"
	list := byManager("listLeads", http.MethodGet, "/leads", tag, "List leads")
	list.Description = "Stages are named by filter[statuses][0][pipeline_id] and filter[statuses][0][status_id]. with: contacts, only_deleted."
	register(s, list, s.listLeads)
	register(s, byManager("getLead", http.MethodGet, "/leads/{id}", tag, "Get a lead"), s.getLead)
	register(s, byManager("addLeads", http.MethodPost, "/leads", tag, "Add leads"), s.addLeads)
	register(s, byManager("updateLeads", http.MethodPatch, "/leads", tag, "Change leads"), s.updateLeads)
	register(s, byManager("updateLead", http.MethodPatch, "/leads/{id}", tag, "Change a lead"), s.updateLead)
	register(s, byManager("deleteLead", http.MethodDelete, "/leads/{id}", tag, "Delete a lead"), s.deleteLead)
}

type leadParams struct {
	cardParams
	PipelineIDs []int64 `query:"filter[pipeline_id][]"`
	PriceFrom   *int64  `query:"filter[price][from]" minimum:"0" maximum:"10000000000000" description:"In major units."`
	PriceTo     *int64  `query:"filter[price][to]" minimum:"0" maximum:"10000000000000"`
	ClosedFrom  seconds `query:"filter[closed_at][from]"`
	ClosedTo    seconds `query:"filter[closed_at][to]"`
}

func (p leadParams) filter(ctx context.Context) (db.CardFilter, error) {
	filter := p.cardParams.filter(ctx)
	filter.PipelineIDs, filter.ClosedAt, filter.OnlyDeleted = p.PipelineIDs, span(p.ClosedFrom, p.ClosedTo), has(p.With, "only_deleted")
	if p.PriceFrom != nil {
		from := *p.PriceFrom * 100
		filter.Price.From = &from
	}
	if p.PriceTo != nil {
		to := *p.PriceTo*100 + 99 // a whole price stands for all its cents
		filter.Price.To = &to
	}
	var err error
	filter.Stages, err = stageFilter(callerOf(ctx).url.Query())
	return filter, err
}

// stageFilter reads filter[statuses][0][pipeline_id] and [status_id], then 1, 2, …
func stageFilter(query url.Values) ([]db.StageRef, error) {
	var refs []db.StageRef
	for i := 0; ; i++ {
		if i == maxListed {
			return nil, crm.FieldError("filter[statuses]", "at most %d stages", maxListed)
		}
		prefix := "filter[statuses][" + strconv.Itoa(i) + "]"
		if !query.Has(prefix+"[pipeline_id]") && !query.Has(prefix+"[status_id]") {
			return refs, nil
		}
		var ref db.StageRef
		for name, into := range map[string]*int64{"[pipeline_id]": &ref.PipelineID, "[status_id]": &ref.StageID} {
			id, err := strconv.ParseInt(query.Get(prefix+name), 10, 64)
			if err != nil {
				return nil, crm.FieldError(prefix+name, "expected a whole number; a stage is named by pipeline_id and status_id together")
			}
			*into = id
		}
		refs = append(refs, ref)
	}
}

type leadJSON struct {
	cardJSON
	// Price is in whole major units; price_with_minor_units has the cents too.
	Price               int64        `json:"price"`
	PriceWithMinorUnits float64      `json:"price_with_minor_units"`
	StatusID            int64        `json:"status_id"`
	PipelineID          int64        `json:"pipeline_id"`
	LossReasonID        *int64       `json:"loss_reason_id"`
	SourceID            *int64       `json:"source_id"`
	ClosedAt            *int64       `json:"closed_at"`
	Score               *int64       `json:"score"`
	LaborCost           *int64       `json:"labor_cost"`
	IsPriceComputed     bool         `json:"is_price_computed"`
	Embedded            leadEmbedded `json:"_embedded"`
}

type leadEmbedded struct {
	Tags      []tagJSON          `json:"tags"`
	Companies []idJSON           `json:"companies"`
	Contacts  *[]leadContactJSON `json:"contacts,omitempty"`
}

type leadContactJSON struct {
	ID     int64 `json:"id"`
	IsMain bool  `json:"is_main"`
	Links  Links `json:"_links"`
}

type leadsEmbedded struct {
	Leads []leadJSON `json:"leads"`
}

func (s *Server) listLeads(ctx context.Context, p leadParams, _ None) (Collection[leadsEmbedded], error) {
	var none Collection[leadsEmbedded]
	filter, err := p.filter(ctx)
	if err != nil {
		return none, err
	}
	sort, err := p.sort()
	if err != nil {
		return none, err
	}
	leads, next, err := s.Store.Leads(ctx, filter, sort, p.store())
	if err != nil {
		return none, err
	}
	shown, err := s.showLeads(ctx, leads, p.With)
	return collection(ctx, p.Paging, len(shown), next, leadsEmbedded{shown}), err
}

type cardByID struct {
	byID
	With string `query:"with" description:"What to embed, with commas."`
}

func (s *Server) getLead(ctx context.Context, p cardByID, _ None) (*leadJSON, error) {
	lead, err := s.Store.Lead(ctx, p.ID)
	if err != nil {
		return absent[leadJSON](nil, err)
	}
	shown, err := s.showLeads(ctx, []crm.Lead{lead}, p.With)
	if err != nil {
		return nil, err
	}
	return &shown[0], nil
}

func (s *Server) showLeads(ctx context.Context, leads []crm.Lead, with string) ([]leadJSON, error) {
	ids := make([]int64, len(leads))
	for i, lead := range leads {
		ids[i] = lead.ID
	}
	details, err := s.details(ctx, crm.Leads, ids)
	if err != nil {
		return nil, err
	}
	contacts := map[int64]*[]leadContactJSON{}
	if has(with, "contacts") && len(ids) > 0 {
		if contacts, err = s.leadContacts(ctx, ids); err != nil {
			return nil, err
		}
	}
	shown := make([]leadJSON, len(leads))
	for i, lead := range leads {
		shown[i] = showLead(ctx, lead, details)
		shown[i].Embedded.Contacts = contacts[lead.ID]
	}
	return shown, nil
}

func (s *Server) leadContacts(ctx context.Context, ids []int64) (map[int64]*[]leadContactJSON, error) {
	contacts := make(map[int64]*[]leadContactJSON, len(ids))
	for _, id := range ids {
		contacts[id] = &[]leadContactJSON{}
	}
	ties, err := s.Store.ContactsOf(ctx, ids)
	for _, tie := range ties {
		list := contacts[tie.LeadID]
		*list = append(*list, leadContactJSON{ID: tie.ContactID, IsMain: tie.IsMain, Links: wrote(ctx, "contacts", tie.ContactID, nil).Links})
	}
	return contacts, err
}

func showLead(ctx context.Context, l crm.Lead, details cardDetails) leadJSON {
	shown := leadJSON{
		cardJSON: details.fill(ctx, cardJSON{ID: l.ID, Name: l.Name, ResponsibleUserID: l.ResponsibleID, CreatedBy: l.CreatedBy, UpdatedBy: l.UpdatedBy,
			CreatedAt: unix(l.CreatedAt), UpdatedAt: unix(l.UpdatedAt), IsDeleted: l.DeletedAt != nil}),
		Price: l.Price / 100, PriceWithMinorUnits: float64(l.Price) / 100, StatusID: l.StageID, PipelineID: l.PipelineID, ClosedAt: unixOrNil(l.ClosedAt),
	}
	if l.SourceID != 0 {
		shown.SourceID = &l.SourceID
	}
	shown.Embedded = leadEmbedded{Tags: details.tagsOf(l.ID), Companies: companyRefs(ctx, l.CompanyID)}
	return shown
}

func companyRefs(ctx context.Context, id int64) []idJSON {
	if id == 0 {
		return []idJSON{}
	}
	return []idJSON{{ID: id, Links: wrote(ctx, "companies", id, nil).Links}}
}

type leadWrite struct {
	cardWrite
	// Price is in major units; cents are its decimals. At most two decimals.
	Price *float64 `json:"price,omitempty"`
	// PriceWithMinorUnits is the same price by the name under which the answer has its cents; send one of the two.
	PriceWithMinorUnits *float64       `json:"price_with_minor_units,omitempty"`
	StatusID            *int64         `json:"status_id,omitempty"`
	PipelineID          *int64         `json:"pipeline_id,omitempty"`
	SourceID            *int64         `json:"source_id,omitempty"`
	Embedded            *leadRelations `json:"_embedded,omitempty"`
	// The rest is read by nobody; Kommo's clients send it.
	LossReasonID any `json:"loss_reason_id,omitempty"`
	ClosedAt     any `json:"closed_at,omitempty"`
	Score        any `json:"score,omitempty"`
	LaborCost    any `json:"labor_cost,omitempty"`
	VisitorUID   any `json:"visitor_uid,omitempty"`
}

// leadRelations: the tags replace the lead's; contacts and companies are added.
type leadRelations struct {
	Tags      *[]tagWrite `json:"tags,omitempty"`
	Contacts  []idWrite   `json:"contacts,omitempty"`
	Companies []idWrite   `json:"companies,omitempty"`
	Source    any         `json:"source,omitempty"`
	Metadata  any         `json:"metadata,omitempty"`
}

type leadBatch struct {
	Leads []written `json:"leads"`
}

func (s *Server) addLeads(ctx context.Context, _ None, body []leadWrite) (batch[leadBatch], error) {
	all, err := writeAll(ctx, s, body, addLead)
	return batchOf(ctx, leadBatch{all}), err
}

func addLead(ctx context.Context, tx *db.Tx, w leadWrite) (written, error) {
	edit, err := w.edit(ctx, tx)
	if err != nil {
		return written{}, err
	}
	lead := crm.Lead{Name: value(edit.Name), Price: value(edit.Price), PipelineID: value(edit.PipelineID), StageID: value(edit.StageID),
		ResponsibleID: value(edit.ResponsibleID), SourceID: value(edit.SourceID), CreatedAt: w.createdAt()}
	if w.ResponsibleUserID == nil {
		lead.ResponsibleID = actorOf(ctx).UserID()
	}
	if lead, err = tx.CreateLead(ctx, actorOf(ctx), lead); err != nil {
		return written{}, err
	}
	return wrote(ctx, "leads", lead.ID, nil), w.relate(ctx, tx, lead.ID)
}

func (s *Server) updateLeads(ctx context.Context, _ None, body []leadWrite) (batch[leadBatch], error) {
	all, err := writeAll(ctx, s, body, changeLead)
	return batchOf(ctx, leadBatch{all}), err
}

func (s *Server) updateLead(ctx context.Context, p byID, body leadWrite) (written, error) {
	body.ID = p.ID
	return writeOne(ctx, s, func(ctx context.Context, tx *db.Tx) (written, error) { return changeLead(ctx, tx, body) })
}

func changeLead(ctx context.Context, tx *db.Tx, w leadWrite) (written, error) {
	if err := needID(w.ID); err != nil {
		return written{}, err
	}
	edit, err := w.edit(ctx, tx)
	if err != nil {
		return written{}, err
	}
	lead, err := tx.UpdateLead(ctx, actorOf(ctx), w.ID, edit)
	if err != nil {
		return written{}, err
	}
	return wrote(ctx, "leads", lead.ID, &lead.UpdatedAt), w.relate(ctx, tx, lead.ID)
}

func (w leadWrite) edit(ctx context.Context, tx *db.Tx) (db.LeadEdit, error) {
	edit := db.LeadEdit{Name: w.Name, PipelineID: w.PipelineID, StageID: w.StatusID, ResponsibleID: w.ResponsibleUserID, SourceID: w.SourceID}
	var err error
	if edit.Price, err = w.price(); err != nil {
		return edit, err
	}
	return edit, w.checkResponsible(ctx, tx)
}

// price is the lead's price in minor units, nil if it stays. What has no place in cents is refused rather than rounded.
func (w leadWrite) price() (*int64, error) {
	if w.Price == nil || w.PriceWithMinorUnits == nil {
		minor, err := minorUnits("price", w.Price)
		if err != nil || minor != nil {
			return minor, err
		}
		return minorUnits("price_with_minor_units", w.PriceWithMinorUnits)
	}
	if *w.Price != *w.PriceWithMinorUnits && *w.Price != math.Trunc(*w.PriceWithMinorUnits) {
		return nil, crm.FieldError("price_with_minor_units", "is another amount than price; send one of the two")
	}
	return minorUnits("price_with_minor_units", w.PriceWithMinorUnits)
}

func minorUnits(field string, major *float64) (*int64, error) {
	if major == nil {
		return nil, nil //nolint:nilnil // no price, no fault
	}
	const most = 1e13 // far from where a float loses cents
	if math.Abs(*major) > most {
		return nil, crm.FieldError(field, "must be at most %.0f", most)
	}
	minor := math.Round(*major * 100)
	if minor/100 != *major {
		return nil, crm.FieldError(field, "has more than two decimals; a price is in major units and whole cents, such as 19.90")
	}
	whole := int64(minor)
	return &whole, nil
}

// relate writes what hangs on the lead.
func (w leadWrite) relate(ctx context.Context, tx *db.Tx, id int64) error {
	card := crm.Entity{Type: crm.Leads, ID: id}
	if w.Embedded == nil {
		return w.writeDetails(ctx, tx, card, nil)
	}
	for _, contact := range w.Embedded.Contacts {
		if err := tx.LinkContact(ctx, actorOf(ctx), id, contact.ID, value(contact.IsMain)); err != nil {
			return err
		}
	}
	for _, company := range w.Embedded.Companies {
		if err := tx.LinkCompany(ctx, actorOf(ctx), card, company.ID); err != nil {
			return err
		}
	}
	return w.writeDetails(ctx, tx, card, w.Embedded.Tags)
}

func (s *Server) deleteLead(ctx context.Context, p byID, _ None) (None, error) {
	return None{}, s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) error { return tx.DeleteLead(ctx, actorOf(ctx), p.ID) })
}

// value is what a pointer points at, or the zero value.
func value[T any](p *T) T {
	if p == nil {
		return *new(T)
	}
	return *p
}
