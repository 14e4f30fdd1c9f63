package api

import (
	"context"
	"net/http"

	"salesbot/crm"
	"salesbot/db"
)

func (s *Server) boardRoutes() {
	const tag, base = "Board", "/leads/pipelines/{id}"
	register(s, byManager("getBoard", http.MethodGet, base+"/board", tag, "Get a pipeline's stages with counts, sums and the first cards of each"), s.getBoard)
	register(s, byManager("listCards", http.MethodGet, base+"/statuses/{status_id}/cards", tag, "List the cards of a stage"), s.listCards)
}

// boardFilter narrows the cards, the counts and the sums.
type boardFilter struct {
	Query       string  `query:"query" description:"Words of a name, a phone number or an e-mail address."`
	Responsible []int64 `query:"filter[responsible_user_id][]"`
	TagIDs      []int64 `query:"filter[tags][]"`
	CreatedFrom seconds `query:"filter[created_at][from]" description:"Unix seconds, as all times."`
	CreatedTo   seconds `query:"filter[created_at][to]"`
}

func (f boardFilter) store() db.CardFilter {
	return db.CardFilter{Query: f.Query, ResponsibleIDs: f.Responsible, TagIDs: f.TagIDs, CreatedAt: span(f.CreatedFrom, f.CreatedTo)}
}

type boardParams struct {
	byID
	boardFilter
	Limit int `query:"limit" minimum:"1" maximum:"250" default:"50" description:"Cards a stage."`
}

type cardsParams struct {
	statusByID
	boardFilter
	Paging
}

type boardJSON struct {
	PipelineID int64 `json:"pipeline_id"`
	// Count and Sum are of the whole pipeline.
	Count    int64         `json:"count"`
	Sum      float64       `json:"sum"`
	Links    Links         `json:"_links"`
	Embedded boardEmbedded `json:"_embedded"`
}

type boardEmbedded struct {
	Statuses []boardStatusJSON `json:"statuses"`
}

// boardStatusJSON is a column: its stage, how many leads and what they are worth, and the first cards. Sum is in major units.
type boardStatusJSON struct {
	statusJSON
	Count int64   `json:"count"`
	Sum   float64 `json:"sum"`
	// NextCursor is the cursor of the next page of this stage's cards; empty if these are all.
	NextCursor string        `json:"next_cursor"`
	Embedded   cardsEmbedded `json:"_embedded"`
}

type cardsEmbedded struct {
	Cards []boardCardJSON `json:"cards"`
}

type boardCardJSON struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
	// Price is in major units, with cents.
	Price             float64      `json:"price"`
	StatusID          int64        `json:"status_id"`
	PipelineID        int64        `json:"pipeline_id"`
	ResponsibleUserID int64        `json:"responsible_user_id"`
	CreatedAt         int64        `json:"created_at"`
	UpdatedAt         int64        `json:"updated_at"`
	MainContact       *cardContact `json:"main_contact"`
	Tags              []tagJSON    `json:"tags"`
	NextTask          *cardTask    `json:"next_task"`
	// Unread counts the client's messages that nobody of ours has read.
	Unread      int64        `json:"unread"`
	LastMessage *cardMessage `json:"last_message"`
}

type cardContact struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

type cardTask struct {
	ID           int64  `json:"id"`
	Text         string `json:"text"`
	TaskTypeID   int64  `json:"task_type_id"`
	CompleteTill int64  `json:"complete_till"`
}

type cardMessage struct {
	ChatID      string        `json:"chat_id"`
	ChannelKind string        `json:"channel_kind"`
	Text        string        `json:"text"`
	Direction   crm.Direction `json:"direction" enum:"in,out"`
	CreatedAt   int64         `json:"created_at"`
}

func showCard(_ context.Context, c db.BoardCard) boardCardJSON {
	shown := boardCardJSON{ID: c.Lead.ID, Name: c.Lead.Name, Price: float64(c.Lead.Price) / 100, StatusID: c.Lead.StageID, PipelineID: c.Lead.PipelineID,
		ResponsibleUserID: c.Lead.ResponsibleID, CreatedAt: unix(c.Lead.CreatedAt), UpdatedAt: unix(c.Lead.UpdatedAt), Tags: make([]tagJSON, len(c.Tags)), Unread: c.Unread}
	for i, tag := range c.Tags {
		shown.Tags[i] = showTag(tag)
	}
	if c.ContactID != 0 {
		shown.MainContact = &cardContact{ID: c.ContactID, Name: c.ContactName}
	}
	if t := c.NextTask; t != nil {
		shown.NextTask = &cardTask{ID: t.ID, Text: t.Text, TaskTypeID: t.TypeID, CompleteTill: unix(t.CompleteTill)}
	}
	if m := c.LastMessage; m != nil {
		shown.LastMessage = &cardMessage{ChatID: m.ChatID, ChannelKind: m.ChannelKind, Text: m.Text, Direction: m.Direction, CreatedAt: unix(m.CreatedAt)}
	}
	return shown
}

func (s *Server) getBoard(ctx context.Context, p boardParams, _ None) (boardJSON, error) {
	board := boardJSON{PipelineID: p.ID, Links: Links{Self: &Link{Href: hrefHere(ctx, nil)}}}
	if _, err := s.Store.Pipeline(ctx, p.ID); err != nil {
		return board, err
	}
	stages, err := s.Store.Stages(ctx, p.ID)
	if err != nil {
		return board, err
	}
	totals, err := s.Store.BoardTotals(ctx, p.ID, p.store())
	if err != nil {
		return board, err
	}
	byStage, sum := map[int64]db.StageTotals{}, int64(0)
	for _, total := range totals {
		byStage[total.StageID] = total
		board.Count += total.Count
		sum += total.Sum
	}
	board.Sum = float64(sum) / 100
	board.Embedded.Statuses, err = s.boardStatuses(ctx, p, stages, byStage)
	return board, err
}

// boardStatuses reads each stage's first leads, then what the cards show of all of them at once.
func (s *Server) boardStatuses(ctx context.Context, p boardParams, stages []crm.Stage, totals map[int64]db.StageTotals) ([]boardStatusJSON, error) {
	statuses := make([]boardStatusJSON, len(stages))
	var leads []crm.Lead
	place := map[int64]*boardStatusJSON{}
	for i, stage := range stages {
		total := totals[stage.ID]
		statuses[i] = boardStatusJSON{statusJSON: showStatus(ctx, stage), Count: total.Count, Sum: float64(total.Sum) / 100, Embedded: cardsEmbedded{[]boardCardJSON{}}}
		place[stage.ID] = &statuses[i]
		if total.Count == 0 {
			continue
		}
		page, next, err := s.Store.BoardStage(ctx, p.ID, stage.ID, p.store(), db.Sort{}, db.Paging{Limit: p.Limit})
		if err != nil {
			return nil, err
		}
		statuses[i].NextCursor = next
		leads = append(leads, page...)
	}
	cards, err := s.Store.BoardCards(ctx, leads)
	for _, card := range cards {
		status := place[card.Lead.StageID]
		status.Embedded.Cards = append(status.Embedded.Cards, showCard(ctx, card))
	}
	return statuses, err
}

func (s *Server) listCards(ctx context.Context, p cardsParams, _ None) (Collection[cardsEmbedded], error) {
	var none Collection[cardsEmbedded]
	if _, err := s.Store.Stage(ctx, p.ID, p.StatusID); err != nil {
		return none, err
	}
	leads, next, err := s.Store.BoardStage(ctx, p.ID, p.StatusID, p.boardFilter.store(), db.Sort{}, p.Paging.store())
	if err != nil {
		return none, err
	}
	cards, err := s.Store.BoardCards(ctx, leads)
	return collection(ctx, p.Paging, len(cards), next, cardsEmbedded{showAll(ctx, cards, showCard)}), err
}
