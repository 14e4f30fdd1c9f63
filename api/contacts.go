package api

import (
	"context"
	"net/http"

	"salesbot/crm"
	"salesbot/db"
)

func (s *Server) contactRoutes() {
	const tag = "Contacts"
	list := byManager("listContacts", http.MethodGet, "/contacts", tag, "List contacts")
	list.Description = "with: leads."
	register(s, list, s.listContacts)
	register(s, byManager("getContact", http.MethodGet, "/contacts/{id}", tag, "Get a contact"), s.getContact)
	register(s, byManager("addContacts", http.MethodPost, "/contacts", tag, "Add contacts"), s.addContacts)
	register(s, byManager("updateContacts", http.MethodPatch, "/contacts", tag, "Change contacts"), s.updateContacts)
	register(s, byManager("updateContact", http.MethodPatch, "/contacts/{id}", tag, "Change a contact"), s.updateContact)
	register(s, byManager("deleteContact", http.MethodDelete, "/contacts/{id}", tag, "Delete a contact"), s.deleteContact)
}

type contactJSON struct {
	cardJSON
	FirstName  string          `json:"first_name"`
	LastName   string          `json:"last_name"`
	IsUnsorted bool            `json:"is_unsorted"`
	Embedded   contactEmbedded `json:"_embedded"`
}

type contactEmbedded struct {
	Tags      []tagJSON `json:"tags"`
	Companies []idJSON  `json:"companies"`
	Leads     *[]idJSON `json:"leads,omitempty"`
}

type contactsEmbedded struct {
	Contacts []contactJSON `json:"contacts"`
}

func (s *Server) listContacts(ctx context.Context, p cardParams, _ None) (Collection[contactsEmbedded], error) {
	var none Collection[contactsEmbedded]
	sort, err := p.sort()
	if err != nil {
		return none, err
	}
	contacts, next, err := s.Store.Contacts(ctx, p.filter(ctx), sort, p.store())
	if err != nil {
		return none, err
	}
	shown, err := s.showContacts(ctx, contacts, p.With)
	return collection(ctx, p.Paging, len(shown), next, contactsEmbedded{shown}), err
}

func (s *Server) getContact(ctx context.Context, p cardByID, _ None) (*contactJSON, error) {
	contact, err := s.Store.Contact(ctx, p.ID)
	if err != nil {
		return absent[contactJSON](nil, err)
	}
	shown, err := s.showContacts(ctx, []crm.Contact{contact}, p.With)
	if err != nil {
		return nil, err
	}
	return &shown[0], nil
}

func (s *Server) showContacts(ctx context.Context, contacts []crm.Contact, with string) ([]contactJSON, error) {
	ids := make([]int64, len(contacts))
	for i, contact := range contacts {
		ids[i] = contact.ID
	}
	details, err := s.details(ctx, crm.Contacts, ids)
	if err != nil {
		return nil, err
	}
	leads := map[int64]*[]idJSON{}
	if has(with, "leads") && len(ids) > 0 {
		ties, err := s.Store.LeadsOfContacts(ctx, ids)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			leads[id] = &[]idJSON{}
		}
		for _, tie := range ties {
			*leads[tie.ContactID] = append(*leads[tie.ContactID], idJSON{ID: tie.LeadID, Links: wrote(ctx, "leads", tie.LeadID, nil).Links})
		}
	}
	shown := make([]contactJSON, len(contacts))
	for i, c := range contacts {
		shown[i] = contactJSON{FirstName: c.FirstName, LastName: c.LastName,
			cardJSON: details.fill(ctx, cardJSON{ID: c.ID, Name: c.Name, ResponsibleUserID: c.ResponsibleID, CreatedBy: c.CreatedBy, UpdatedBy: c.UpdatedBy,
				CreatedAt: unix(c.CreatedAt), UpdatedAt: unix(c.UpdatedAt)}),
			Embedded: contactEmbedded{Tags: details.tagsOf(c.ID), Companies: companyRefs(ctx, c.CompanyID), Leads: leads[c.ID]}}
	}
	return shown, nil
}

type contactWrite struct {
	cardWrite
	FirstName *string        `json:"first_name,omitempty"`
	LastName  *string        `json:"last_name,omitempty"`
	Embedded  *cardRelations `json:"_embedded,omitempty"`
}

// cardRelations: the tags replace the card's; the company takes the place of the one before.
type cardRelations struct {
	Tags      *[]tagWrite `json:"tags,omitempty"`
	Companies []idWrite   `json:"companies,omitempty"`
}

type contactBatch struct {
	Contacts []written `json:"contacts"`
}

func (s *Server) addContacts(ctx context.Context, _ None, body []contactWrite) (batch[contactBatch], error) {
	all, err := writeAll(ctx, s, body, addContact)
	return batchOf(ctx, contactBatch{all}), err
}

func addContact(ctx context.Context, tx *db.Tx, w contactWrite) (written, error) {
	if err := w.checkResponsible(ctx, tx); err != nil {
		return written{}, err
	}
	contact := crm.Contact{Name: value(w.Name), FirstName: value(w.FirstName), LastName: value(w.LastName), ResponsibleID: value(w.ResponsibleUserID), CreatedAt: w.createdAt()}
	if w.ResponsibleUserID == nil {
		contact.ResponsibleID = actorOf(ctx).UserID()
	}
	contact, err := tx.CreateContact(ctx, actorOf(ctx), contact)
	if err != nil {
		return written{}, err
	}
	return wrote(ctx, "contacts", contact.ID, nil), w.relate(ctx, tx, contact.ID)
}

func (s *Server) updateContacts(ctx context.Context, _ None, body []contactWrite) (batch[contactBatch], error) {
	all, err := writeAll(ctx, s, body, changeContact)
	return batchOf(ctx, contactBatch{all}), err
}

func (s *Server) updateContact(ctx context.Context, p byID, body contactWrite) (written, error) {
	body.ID = p.ID
	return writeOne(ctx, s, func(ctx context.Context, tx *db.Tx) (written, error) { return changeContact(ctx, tx, body) })
}

func changeContact(ctx context.Context, tx *db.Tx, w contactWrite) (written, error) {
	if err := needID(w.ID); err != nil {
		return written{}, err
	}
	if err := w.checkResponsible(ctx, tx); err != nil {
		return written{}, err
	}
	contact, err := tx.UpdateContact(ctx, actorOf(ctx), w.ID, db.ContactEdit{Name: w.Name, FirstName: w.FirstName, LastName: w.LastName, ResponsibleID: w.ResponsibleUserID})
	if err != nil {
		return written{}, err
	}
	return wrote(ctx, "contacts", contact.ID, &contact.UpdatedAt), w.relate(ctx, tx, contact.ID)
}

func (w contactWrite) relate(ctx context.Context, tx *db.Tx, id int64) error {
	card := crm.Entity{Type: crm.Contacts, ID: id}
	if w.Embedded == nil {
		return w.writeDetails(ctx, tx, card, nil)
	}
	for _, company := range w.Embedded.Companies {
		if err := tx.LinkCompany(ctx, actorOf(ctx), card, company.ID); err != nil {
			return err
		}
	}
	return w.writeDetails(ctx, tx, card, w.Embedded.Tags)
}

func (s *Server) deleteContact(ctx context.Context, p byID, _ None) (None, error) {
	return None{}, s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) error { return tx.DeleteContact(ctx, actorOf(ctx), p.ID) })
}
