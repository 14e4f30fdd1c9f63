package api

import (
	"context"
	"net/http"

	"salesbot/crm"
	"salesbot/db"
)

func (s *Server) linkRoutes() {
	for _, word := range cardWords {
		kind, base, tag := word.kind, "/"+string(word.kind)+"/{id}", "Links"
		register(s, byManager("list"+word.one+"Links", http.MethodGet, base+"/links", tag, "List what is linked to one of the "+string(kind)),
			func(ctx context.Context, p byID, _ None) (Collection[linksEmbedded], error) {
				return s.listLinks(ctx, crm.Entity{Type: kind, ID: p.ID})
			})
		register(s, byManager("link"+word.one, http.MethodPost, base+"/link", tag, "Link others to one of the "+string(kind)),
			func(ctx context.Context, p byID, body []linkWrite) (batch[linkBatch], error) {
				return s.writeLinks(ctx, crm.Entity{Type: kind, ID: p.ID}, body, linkCards)
			})
		unlink := byManager("unlink"+word.one, http.MethodPost, base+"/unlink", tag, "Unlink others from one of the "+string(kind))
		register(s, unlink, func(ctx context.Context, p byID, body []linkWrite) (None, error) {
			_, err := s.writeLinks(ctx, crm.Entity{Type: kind, ID: p.ID}, body, unlinkCards)
			return None{}, err
		})
	}
}

type entityLinkJSON struct {
	ToEntityID   int64          `json:"to_entity_id"`
	ToEntityType crm.EntityType `json:"to_entity_type"`
	Metadata     *linkMetadata  `json:"metadata"`
}

// linkMetadata: a lead's contact may be its main one.
type linkMetadata struct {
	MainContact bool `json:"main_contact"`
}

type linksEmbedded struct {
	Links []entityLinkJSON `json:"links"`
}

type linkBatch struct {
	Links []entityLinkJSON `json:"links"`
}

func (s *Server) listLinks(ctx context.Context, card crm.Entity) (Collection[linksEmbedded], error) {
	links := []entityLinkJSON{}
	add := func(kind crm.EntityType, id int64, metadata *linkMetadata) {
		if id != 0 {
			links = append(links, entityLinkJSON{ToEntityID: id, ToEntityType: kind, Metadata: metadata})
		}
	}
	var err error
	switch card.Type {
	case crm.Leads:
		err = s.linksOfLead(ctx, card.ID, add)
	case crm.Contacts:
		err = s.linksOfContact(ctx, card.ID, add)
	case crm.Companies:
		err = s.linksOfCompany(ctx, card.ID, add)
	}
	return whole(ctx, len(links), linksEmbedded{links}), err
}

type addLink func(kind crm.EntityType, id int64, metadata *linkMetadata)

func (s *Server) linksOfLead(ctx context.Context, id int64, add addLink) error {
	lead, err := s.Store.Lead(ctx, id)
	if err != nil {
		return err
	}
	ties, err := s.Store.ContactsOf(ctx, []int64{id})
	for _, tie := range ties {
		add(crm.Contacts, tie.ContactID, &linkMetadata{MainContact: tie.IsMain})
	}
	add(crm.Companies, lead.CompanyID, nil)
	return err
}

func (s *Server) linksOfContact(ctx context.Context, id int64, add addLink) error {
	contact, err := s.Store.Contact(ctx, id)
	if err != nil {
		return err
	}
	ties, err := s.Store.LeadsOfContacts(ctx, []int64{id})
	for _, tie := range ties {
		add(crm.Leads, tie.LeadID, &linkMetadata{MainContact: tie.IsMain})
	}
	add(crm.Companies, contact.CompanyID, nil)
	return err
}

func (s *Server) linksOfCompany(ctx context.Context, id int64, add addLink) error {
	if _, err := s.Store.Company(ctx, id); err != nil {
		return err
	}
	for _, kind := range []crm.EntityType{crm.Leads, crm.Contacts} {
		ids, err := s.Store.OfCompanies(ctx, kind, []int64{id})
		if err != nil {
			return err
		}
		for _, other := range ids[id] {
			add(kind, other, nil)
		}
	}
	return nil
}

type linkWrite struct {
	ToEntityID   int64              `json:"to_entity_id"`
	ToEntityType crm.EntityType     `json:"to_entity_type" enum:"leads,contacts,companies"`
	Metadata     *linkMetadataWrite `json:"metadata,omitempty"`
	RequestID    *string            `json:"request_id,omitempty"`
}

type linkMetadataWrite struct {
	IsMain      *bool `json:"is_main,omitempty"`
	MainContact *bool `json:"main_contact,omitempty"`
	UpdatedBy   any   `json:"updated_by,omitempty"`
}

func (w linkWrite) requestID() *string { return w.RequestID }

func (w linkWrite) main() bool {
	return w.Metadata != nil && (value(w.Metadata.IsMain) || value(w.Metadata.MainContact))
}

type linkChange func(ctx context.Context, tx *db.Tx, from crm.Entity, w linkWrite) error

func (s *Server) writeLinks(ctx context.Context, from crm.Entity, body []linkWrite, do linkChange) (batch[linkBatch], error) {
	_, err := writeAll(ctx, s, body, func(ctx context.Context, tx *db.Tx, w linkWrite) (written, error) {
		return written{}, do(ctx, tx, from, w)
	})
	links := make([]entityLinkJSON, len(body))
	for i, w := range body {
		links[i] = entityLinkJSON{ToEntityID: w.ToEntityID, ToEntityType: w.ToEntityType}
		if w.Metadata != nil {
			links[i].Metadata = &linkMetadata{MainContact: w.main()}
		}
	}
	return batchOf(ctx, linkBatch{links}), err
}

// ends are a link's two cards in the order leads, contacts, companies.
func ends(from crm.Entity, w linkWrite) (first, second crm.Entity, err error) {
	rank := map[crm.EntityType]int{crm.Leads: 1, crm.Contacts: 2, crm.Companies: 3}
	first, second = from, crm.Entity{Type: w.ToEntityType, ID: w.ToEntityID}
	if rank[second.Type] == 0 || first.Type == second.Type {
		return first, second, crm.FieldError("to_entity_type", "%s can't be linked to %q", from.Type, w.ToEntityType)
	}
	if rank[first.Type] > rank[second.Type] {
		first, second = second, first
	}
	return first, second, nil
}

func linkCards(ctx context.Context, tx *db.Tx, from crm.Entity, w linkWrite) error {
	first, second, err := ends(from, w)
	if err != nil {
		return err
	}
	if second.Type == crm.Companies {
		return tx.LinkCompany(ctx, actorOf(ctx), first, second.ID)
	}
	return tx.LinkContact(ctx, actorOf(ctx), first.ID, second.ID, w.main())
}

func unlinkCards(ctx context.Context, tx *db.Tx, from crm.Entity, w linkWrite) error {
	first, second, err := ends(from, w)
	if err != nil {
		return err
	}
	if second.Type == crm.Companies {
		return tx.UnlinkCompany(ctx, actorOf(ctx), first, second.ID)
	}
	return tx.UnlinkContact(ctx, actorOf(ctx), first.ID, second.ID)
}
