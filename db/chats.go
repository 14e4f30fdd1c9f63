package db

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"salesbot/crm"
)

// ChatFilter narrows a list of chats; empty fields do not.
type ChatFilter struct {
	LeadIDs, ContactIDs, ChannelIDs []int64
}

// Chats lists chats, the most recently used first, with the cursor of the next page.
func (s *Store) Chats(ctx context.Context, filter ChatFilter, paging Paging) ([]crm.Chat, string, error) {
	order, err := newOrder(Sort{By: "last_message_at"}, paging, "last_message_at")
	if err != nil {
		return nil, "", err
	}
	limit := order.paging.Limit
	var chats []crm.Chat
	q := s.read.NewSelect().Model(&chats).OrderExpr("last_message_at DESC, id DESC").Limit(int64(limit + 1))
	q = whereIn(whereIn(whereIn(q, "lead_id", filter.LeadIDs), "contact_id", filter.ContactIDs), "channel_id", filter.ChannelIDs)
	if paging.After != "" {
		at, id, err := chatCursor(paging.After)
		if err != nil {
			return nil, "", err
		}
		q = q.Where("(last_message_at, id) < (?, ?)", at, id)
	} else if paging.Number > 1 {
		q = q.Offset(int64(paging.Number-1) * int64(limit))
	}
	if err := q.Scan(ctx); err != nil {
		return nil, "", fmt.Errorf("read chats: %w", err)
	}
	if len(chats) <= limit {
		return chats, "", nil
	}
	chats = chats[:limit]
	last := chats[limit-1]
	return chats, strconv.FormatInt(last.LastMessageAt.UnixMicro(), 10) + "." + last.ID, nil
}

// chatCursor reads a cursor of Chats: microseconds and id. Chats have UUIDs, which the other lists' cursors can't hold.
func chatCursor(cursor string) (time.Time, string, error) {
	micro, id, ok := strings.Cut(cursor, ".")
	n, err := strconv.ParseInt(micro, 10, 64)
	if !ok || err != nil {
		return time.Time{}, "", crm.FieldError("cursor", "is not one that this list gave")
	}
	return time.UnixMicro(n).UTC(), id, nil
}

// Chat finds a chat.
func (s *Store) Chat(ctx context.Context, id string) (crm.Chat, error) {
	var chat crm.Chat
	err := s.read.NewSelect().Model(&chat).Where("id = ?", id).Scan(ctx)
	return chat, found(err, "chat", id)
}

func (tx *Tx) lockChat(ctx context.Context, id string) (crm.Chat, error) {
	var chat crm.Chat
	err := tx.lock(tx.NewSelect().Model(&chat).Where("id = ?", id)).Scan(ctx)
	return chat, found(err, "chat", id)
}

// Unread counts the clients' messages that the team has not read, by chat; chats without any are absent.
func (s *Store) Unread(ctx context.Context, chatIDs []string) (map[string]int64, error) {
	counts := map[string]int64{}
	if len(chatIDs) == 0 {
		return counts, nil
	}
	var rows []struct {
		ChatID string
		N      int64
	}
	err := s.read.NewSelect().TableExpr("messages AS m").ColumnExpr("m.chat_id, count(*) AS n").Join("JOIN chats AS c ON c.id = m.chat_id").
		Where("m.chat_id IN (?)", bun.List(chatIDs)).Where("m.seq > c.team_read_seq").Where("m.direction = ?", crm.DirectionIn).
		GroupExpr("m.chat_id").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("count unread messages: %w", err)
	}
	for _, row := range rows {
		counts[row.ChatID] = row.N
	}
	return counts, nil
}

// UnreadCount counts the clients' messages that the team has not read, in all chats.
func (s *Store) UnreadCount(ctx context.Context) (int64, error) {
	n, err := s.read.NewSelect().TableExpr("chats AS c").Join("JOIN messages AS m ON m.chat_id = c.id AND m.seq > c.team_read_seq").
		Where("m.direction = ?", crm.DirectionIn).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("count unread messages: %w", err)
	}
	return n, nil
}

// TeamRead notes that the team has read a chat up to a message's seq; 0 is all of it. It never moves back.
func (tx *Tx) TeamRead(ctx context.Context, actor crm.Actor, chatID string, seq int64) (crm.Chat, error) {
	chat, err := tx.lockChat(ctx, chatID)
	if err != nil {
		return chat, err
	}
	last, err := tx.LastSeq(ctx, chatID)
	if err != nil {
		return chat, err
	}
	if seq == 0 || seq > last {
		seq = last
	}
	if seq <= chat.TeamReadSeq {
		return chat, nil
	}
	chat.TeamReadSeq, chat.UpdatedAt = seq, tx.Now
	if _, err := tx.NewUpdate().Model(&chat).WherePK().Column("team_read_seq", "updated_at").Exec(ctx); err != nil {
		return chat, fmt.Errorf("note what was read: %w", err)
	}
	return chat, tx.event(ctx, actor, crm.ChatChangedEvent{Chat: chat, After: crm.ChatPart{TeamReadSeq: &seq}})
}
