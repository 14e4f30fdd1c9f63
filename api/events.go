package api

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"salesbot/crm"
	"salesbot/db"
)

func (s *Server) eventRoutes() {
	const tag = "Events"
	register(s, Operation{ID: "listEvents", Method: http.MethodGet, Path: "/api/v4/events", Tag: tag, Role: crm.Manager, Summary: "List what happened",
		Description: "Newest first. filter[entity]=lead with filter[entity_id] finds everything that concerns the lead, also its messages, tasks and runs."}, s.listEvents)
	register(s, Operation{ID: "getEvent", Method: http.MethodGet, Path: "/api/v4/events/{id}", Tag: tag, Role: crm.Manager, Summary: "Get one event"}, s.getEvent)
}

// Kommo's limits of ids in the filters of events.
const (
	maxEventAuthors  = 10
	maxEventEntities = 10
)

type eventJSON struct {
	ID         string        `json:"id"`
	Type       crm.EventType `json:"type"`
	EntityID   int64         `json:"entity_id"`
	EntityType string        `json:"entity_type"`
	// CreatedBy is a user; 0 is a bot, a client or the system, as CreatedByKind says.
	CreatedBy     int64            `json:"created_by"`
	CreatedByKind crm.ActorKind    `json:"created_by_kind"`
	CreatedAt     int64            `json:"created_at"`
	LeadID        int64            `json:"lead_id"`
	ChatID        string           `json:"chat_id"`
	ValueAfter    []crm.EventValue `json:"value_after"`
	ValueBefore   []crm.EventValue `json:"value_before"`
	AccountID     int64            `json:"account_id"`
	Links         Links            `json:"_links"`
	Embedded      eventEmbedded    `json:"_embedded"`
}

type eventEmbedded struct {
	Entity eventEntity `json:"entity"`
}

type eventEntity struct {
	ID int64 `json:"id"`
}

type eventsEmbedded struct {
	Events []eventJSON `json:"events"`
}

// singular and plural are Kommo's and our words for what an event is about.
var (
	singular = map[string]string{"companies": "company"}
	plural   = map[string]string{"company": "companies"}
)

func (s *Server) showEvent(ctx context.Context, e crm.Event) eventJSON {
	kind, ok := singular[e.EntityType]
	if !ok {
		kind = strings.TrimSuffix(e.EntityType, "s")
	}
	before, after, err := e.Values()
	if err != nil {
		s.Log.Error("an event can't be read; it is shown without its values", "event_id", e.ID, "error", err)
	}
	shown := eventJSON{ID: strconv.FormatInt(e.ID, 10), Type: e.Type, EntityID: e.EntityID, EntityType: kind, CreatedByKind: e.ActorKind, CreatedAt: unix(e.CreatedAt),
		LeadID: e.LeadID, ChatID: e.ChatID, ValueAfter: oneOrNone(after), ValueBefore: oneOrNone(before), AccountID: accountID,
		Links: selfLink(ctx, fmt.Sprintf("/events/%d", e.ID)), Embedded: eventEmbedded{Entity: eventEntity{ID: e.EntityID}}}
	if e.ActorKind == crm.ByUser {
		shown.CreatedBy = e.ActorID
	}
	return shown
}

// oneOrNone is a list of one, as in Kommo, or an empty one.
func oneOrNone(value *crm.EventValue) []crm.EventValue {
	if value == nil {
		return []crm.EventValue{}
	}
	return []crm.EventValue{*value}
}

type listEventsParams struct {
	Paging

	IDs       []int64  `query:"filter[id][]"`
	Types     []string `query:"filter[type][]"`
	Entities  []string `query:"filter[entity][]"`
	EntityIDs []int64  `query:"filter[entity_id][]"`
	CreatedBy []int64  `query:"filter[created_by][]"`
	From      seconds  `query:"filter[created_at][from]"`
	To        seconds  `query:"filter[created_at][to]"`
}

func (p listEventsParams) filter() (db.EventFilter, error) {
	filter := db.EventFilter{IDs: p.IDs, EntityIDs: p.EntityIDs, CreatedBy: p.CreatedBy, Created: span(p.From, p.To)}
	switch {
	case len(p.CreatedBy) > maxEventAuthors:
		return filter, crm.FieldError("filter[created_by]", "at most %d users", maxEventAuthors)
	case len(p.EntityIDs) > maxEventEntities:
		return filter, crm.FieldError("filter[entity_id]", "at most %d ids", maxEventEntities)
	case len(p.EntityIDs) > 0 && len(p.Entities) != 1:
		return filter, crm.FieldError("filter[entity]", "ids are of one kind of entity; name it")
	}
	for _, t := range p.Types {
		filter.Types = append(filter.Types, crm.EventType(t))
	}
	if len(p.EntityIDs) > 0 && p.Entities[0] == "lead" {
		filter.EntityIDs, filter.LeadIDs = nil, p.EntityIDs
		return filter, nil
	}
	for _, word := range p.Entities {
		many, ok := plural[word]
		if !ok {
			many = word + "s"
		}
		filter.EntityTypes = append(filter.EntityTypes, many)
	}
	return filter, nil
}

func (s *Server) listEvents(ctx context.Context, p listEventsParams, _ None) (Collection[eventsEmbedded], error) {
	filter, err := p.filter()
	if err != nil {
		return Collection[eventsEmbedded]{}, err
	}
	list, next, err := s.Store.Events(ctx, filter, p.store())
	return collection(ctx, p.Paging, len(list), next, eventsEmbedded{Events: showAll(ctx, list, s.showEvent)}), err
}

func (s *Server) getEvent(ctx context.Context, p byID, _ None) (eventJSON, error) {
	event, err := s.Store.Event(ctx, p.ID)
	if err != nil {
		return eventJSON{}, err
	}
	return s.showEvent(ctx, event), nil
}
