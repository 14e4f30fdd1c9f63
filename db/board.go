package db

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"salesbot/crm"
)

// StageTotals are what stands at one stage. Sum is in minor units.
type StageTotals struct {
	StageID int64
	Count   int64
	Sum     int64
}

// BoardCard is a lead as the board shows it.
type BoardCard struct {
	Lead crm.Lead
	// ContactID and ContactName are the main contact's; 0 and empty without one.
	ContactID   int64
	ContactName string
	Tags        []crm.Tag
	// NextTask is the earliest open task; nil without one.
	NextTask *crm.Task
	// Unread counts the client's messages that nobody of ours has read.
	Unread int64
	// LastMessage is the newest message of the lead's chats; nil without one.
	LastMessage *BoardMessage
}

// BoardMessage is what a card shows of a message. ChannelKind is the kind of the chat's channel.
type BoardMessage struct {
	LeadID      int64
	ChatID      string
	ChannelKind string
	Text        string
	Direction   crm.Direction
	CreatedAt   time.Time
}

// BoardTotals counts and sums a pipeline's leads by stage, in one query; stages without leads are absent.
func (s *Store) BoardTotals(ctx context.Context, pipelineID int64, filter CardFilter) ([]StageTotals, error) {
	var totals []StageTotals
	filter.PipelineIDs = []int64{pipelineID}
	q := s.read.NewSelect().Model((*crm.Lead)(nil)).ColumnExpr("stage_id, count(*) AS count, CAST(sum(price) AS BIGINT) AS sum").Group("stage_id")
	if err := filter.applyLeads(filter.apply(q, crm.Leads)).Scan(ctx, &totals); err != nil {
		return nil, fmt.Errorf("sum up pipeline %d: %w", pipelineID, err)
	}
	return totals, nil
}

// BoardStage is one page of a stage's leads, the newest change first unless sort says otherwise, and the cursor of the next.
func (s *Store) BoardStage(ctx context.Context, pipelineID, stageID int64, filter CardFilter, sort Sort, paging Paging) ([]crm.Lead, string, error) {
	if sort.By == "" {
		sort = Sort{By: "updated_at", Desc: true}
	}
	filter.PipelineIDs, filter.Stages = nil, []StageRef{{pipelineID, stageID}}
	return s.Leads(ctx, filter, sort, paging)
}

// BoardCards adds to leads what their cards show, with one query for each kind of thing, however many leads.
func (s *Store) BoardCards(ctx context.Context, leads []crm.Lead) ([]BoardCard, error) {
	if len(leads) == 0 {
		return nil, nil
	}
	ids := make([]int64, len(leads))
	for i, lead := range leads {
		ids[i] = lead.ID
	}
	contacts, err := s.mainContacts(ctx, ids)
	if err != nil {
		return nil, err
	}
	tags, err := s.TagsOf(ctx, crm.Leads, ids)
	if err != nil {
		return nil, err
	}
	tasks, err := s.NextTasks(ctx, crm.Leads, ids)
	if err != nil {
		return nil, err
	}
	unread, err := s.unread(ctx, ids)
	if err != nil {
		return nil, err
	}
	messages, err := s.lastMessages(ctx, ids)
	if err != nil {
		return nil, err
	}
	cards := make([]BoardCard, len(leads))
	for i, lead := range leads {
		cards[i] = BoardCard{Lead: lead, ContactID: contacts[lead.ID].ID, ContactName: contacts[lead.ID].Name, Tags: tags[lead.ID], Unread: unread[lead.ID]}
		if task, has := tasks[lead.ID]; has {
			cards[i].NextTask = &task
		}
		if message, has := messages[lead.ID]; has {
			cards[i].LastMessage = &message
		}
	}
	return cards, nil
}

func (s *Store) mainContacts(ctx context.Context, leadIDs []int64) (map[int64]crm.Contact, error) {
	var rows []struct {
		LeadID, ID int64
		Name       string
	}
	err := s.read.NewSelect().TableExpr("lead_contacts AS lc").Join("JOIN contacts AS c ON c.id = lc.contact_id").
		ColumnExpr("lc.lead_id, c.id, c.name").Where("lc.lead_id IN (?)", bun.List(leadIDs)).Where("lc.is_main = ?", true).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("read main contacts: %w", err)
	}
	contacts := make(map[int64]crm.Contact, len(rows))
	for _, row := range rows {
		contacts[row.LeadID] = crm.Contact{ID: row.ID, Name: row.Name}
	}
	return contacts, nil
}

func (s *Store) unread(ctx context.Context, leadIDs []int64) (map[int64]int64, error) {
	var rows []struct{ LeadID, Count int64 }
	err := s.read.NewSelect().TableExpr("chats AS c").Join("JOIN messages AS m ON m.chat_id = c.id AND m.seq > c.team_read_seq").
		ColumnExpr("c.lead_id, count(*) AS count").Where("c.lead_id IN (?)", bun.List(leadIDs)).Where("m.direction = ?", crm.DirectionIn).
		Group("c.lead_id").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("count unread messages: %w", err)
	}
	counts := make(map[int64]int64, len(rows))
	for _, row := range rows {
		counts[row.LeadID] = row.Count
	}
	return counts, nil
}

// lastMessages reads one row a chat, found by the index over a chat's messages, and keeps each lead's newest.
func (s *Store) lastMessages(ctx context.Context, leadIDs []int64) (map[int64]BoardMessage, error) {
	var rows []BoardMessage
	err := s.read.NewSelect().TableExpr("chats AS c").
		Join("JOIN messages AS m ON m.seq = (SELECT max(seq) FROM messages WHERE chat_id = c.id)").
		Join("JOIN channels AS ch ON ch.id = c.channel_id").
		ColumnExpr("c.lead_id, c.id AS chat_id, ch.kind AS channel_kind, m.text, m.direction, m.created_at").
		Where("c.lead_id IN (?)", bun.List(leadIDs)).OrderExpr("m.seq").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("read last messages: %w", err)
	}
	last := make(map[int64]BoardMessage, len(rows))
	for _, row := range rows {
		last[row.LeadID] = row
	}
	return last, nil
}
