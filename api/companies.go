package api

import (
	"context"
	"net/http"

	"salesbot/crm"
	"salesbot/db"
)

func (s *Server) companyRoutes() {
	const tag = "Companies"
	list := byManager("listCompanies", http.MethodGet, "/companies", tag, "List companies")
	list.Description = "with: leads, contacts."
	register(s, list, s.listCompanies)
	register(s, byManager("getCompany", http.MethodGet, "/companies/{id}", tag, "Get a company"), s.getCompany)
	register(s, byManager("addCompanies", http.MethodPost, "/companies", tag, "Add companies"), s.addCompanies)
	register(s, byManager("updateCompanies", http.MethodPatch, "/companies", tag, "Change companies"), s.updateCompanies)
	register(s, byManager("updateCompany", http.MethodPatch, "/companies/{id}", tag, "Change a company"), s.updateCompany)
	register(s, byManager("deleteCompany", http.MethodDelete, "/companies/{id}", tag, "Delete a company"), s.deleteCompany)
}

type companyJSON struct {
	cardJSON
	Embedded companyEmbedded `json:"_embedded"`
}

type companyEmbedded struct {
	Tags     []tagJSON `json:"tags"`
	Leads    *[]idJSON `json:"leads,omitempty"`
	Contacts *[]idJSON `json:"contacts,omitempty"`
}

type companiesEmbedded struct {
	Companies []companyJSON `json:"companies"`
}

func (s *Server) listCompanies(ctx context.Context, p cardParams, _ None) (Collection[companiesEmbedded], error) {
	var none Collection[companiesEmbedded]
	sort, err := p.sort()
	if err != nil {
		return none, err
	}
	companies, next, err := s.Store.Companies(ctx, p.filter(ctx), sort, p.store())
	if err != nil {
		return none, err
	}
	shown, err := s.showCompanies(ctx, companies, p.With)
	return collection(ctx, p.Paging, len(shown), next, companiesEmbedded{shown}), err
}

func (s *Server) getCompany(ctx context.Context, p cardByID, _ None) (*companyJSON, error) {
	company, err := s.Store.Company(ctx, p.ID)
	if err != nil {
		return absent[companyJSON](nil, err)
	}
	shown, err := s.showCompanies(ctx, []crm.Company{company}, p.With)
	if err != nil {
		return nil, err
	}
	return &shown[0], nil
}

func (s *Server) showCompanies(ctx context.Context, companies []crm.Company, with string) ([]companyJSON, error) {
	ids := make([]int64, len(companies))
	for i, company := range companies {
		ids[i] = company.ID
	}
	details, err := s.details(ctx, crm.Companies, ids)
	if err != nil {
		return nil, err
	}
	leads, err := s.ofCompanies(ctx, crm.Leads, ids, with)
	if err != nil {
		return nil, err
	}
	contacts, err := s.ofCompanies(ctx, crm.Contacts, ids, with)
	if err != nil {
		return nil, err
	}
	shown := make([]companyJSON, len(companies))
	for i, c := range companies {
		shown[i] = companyJSON{
			cardJSON: details.fill(ctx, cardJSON{ID: c.ID, Name: c.Name, ResponsibleUserID: c.ResponsibleID, CreatedBy: c.CreatedBy, UpdatedBy: c.UpdatedBy,
				CreatedAt: unix(c.CreatedAt), UpdatedAt: unix(c.UpdatedAt)}),
			Embedded: companyEmbedded{Tags: details.tagsOf(c.ID), Leads: leads[c.ID], Contacts: contacts[c.ID]}}
	}
	return shown, nil
}

// ofCompanies is empty unless with asks for that kind.
func (s *Server) ofCompanies(ctx context.Context, kind crm.EntityType, ids []int64, with string) (map[int64]*[]idJSON, error) {
	if !has(with, string(kind)) || len(ids) == 0 {
		return nil, nil
	}
	byCompany, err := s.Store.OfCompanies(ctx, kind, ids)
	shown := map[int64]*[]idJSON{}
	for _, company := range ids {
		list := []idJSON{}
		for _, id := range byCompany[company] {
			list = append(list, idJSON{ID: id, Links: wrote(ctx, string(kind), id, nil).Links})
		}
		shown[company] = &list
	}
	return shown, err
}

type companyWrite struct {
	cardWrite
	Embedded *companyRelations `json:"_embedded,omitempty"`
}

// companyRelations: the tags replace the company's.
type companyRelations struct {
	Tags *[]tagWrite `json:"tags,omitempty"`
}

type companyBatch struct {
	Companies []written `json:"companies"`
}

func (s *Server) addCompanies(ctx context.Context, _ None, body []companyWrite) (batch[companyBatch], error) {
	all, err := writeAll(ctx, s, body, addCompany)
	return batchOf(ctx, companyBatch{all}), err
}

func addCompany(ctx context.Context, tx *db.Tx, w companyWrite) (written, error) {
	if err := w.checkResponsible(ctx, tx); err != nil {
		return written{}, err
	}
	company := crm.Company{Name: value(w.Name), ResponsibleID: value(w.ResponsibleUserID), CreatedAt: w.createdAt()}
	if w.ResponsibleUserID == nil {
		company.ResponsibleID = actorOf(ctx).UserID()
	}
	company, err := tx.CreateCompany(ctx, actorOf(ctx), company)
	if err != nil {
		return written{}, err
	}
	return wrote(ctx, "companies", company.ID, nil), w.relate(ctx, tx, company.ID)
}

func (s *Server) updateCompanies(ctx context.Context, _ None, body []companyWrite) (batch[companyBatch], error) {
	all, err := writeAll(ctx, s, body, changeCompany)
	return batchOf(ctx, companyBatch{all}), err
}

func (s *Server) updateCompany(ctx context.Context, p byID, body companyWrite) (written, error) {
	body.ID = p.ID
	return writeOne(ctx, s, func(ctx context.Context, tx *db.Tx) (written, error) { return changeCompany(ctx, tx, body) })
}

func changeCompany(ctx context.Context, tx *db.Tx, w companyWrite) (written, error) {
	if err := needID(w.ID); err != nil {
		return written{}, err
	}
	if err := w.checkResponsible(ctx, tx); err != nil {
		return written{}, err
	}
	company, err := tx.UpdateCompany(ctx, actorOf(ctx), w.ID, db.CompanyEdit{Name: w.Name, ResponsibleID: w.ResponsibleUserID})
	if err != nil {
		return written{}, err
	}
	return wrote(ctx, "companies", company.ID, &company.UpdatedAt), w.relate(ctx, tx, company.ID)
}

func (w companyWrite) relate(ctx context.Context, tx *db.Tx, id int64) error {
	var tags *[]tagWrite
	if w.Embedded != nil {
		tags = w.Embedded.Tags
	}
	return w.writeDetails(ctx, tx, crm.Entity{Type: crm.Companies, ID: id}, tags)
}

func (s *Server) deleteCompany(ctx context.Context, p byID, _ None) (None, error) {
	return None{}, s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) error { return tx.DeleteCompany(ctx, actorOf(ctx), p.ID) })
}
