package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"salesbot/crm"
)

// ManagerMessage is what a person of ours writes.
type ManagerMessage struct {
	ChatID string
	// ClientID is the id that the person's program made; a repeated one is the same message. It may be empty.
	ClientID string
	Text     string
	// Files are ones of ours, by id.
	Files []crm.File
}

// maxClientID is in bytes.
const maxClientID = 100

// maxMessageFiles is how many files one message carries.
const maxMessageFiles = 10

// WriteAsManager writes a person's message to a client. The chat's bots are held or stopped as they are set to, from
// this commit on. On a local channel (see local) the message has arrived with it; on another one it waits as sending
// for its delivery. A repeated client id changes nothing and gives the first message. A chat whose client blocked us is
// a Conflict.
func (tx *Tx) WriteAsManager(ctx context.Context, actor crm.Actor, out ManagerMessage, local func(kind string) bool) (crm.Message, error) {
	if err := checkManagerMessage(out); err != nil {
		return crm.Message{}, err
	}
	chat, err := tx.lockChat(ctx, out.ChatID)
	if err != nil {
		return crm.Message{}, err
	}
	if m, ok, err := tx.messageByClientID(ctx, chat.ID, out.ClientID); err != nil || ok {
		return m, err
	}
	if chat.Blocked {
		return crm.Message{}, crm.Errorf(crm.Conflict, "the client has blocked this chat; nothing reaches them here")
	}
	files, err := tx.ownFiles(ctx, out.Files)
	if err != nil {
		return crm.Message{}, err
	}
	var channel crm.Channel
	err = tx.NewSelect().Model(&channel).Column("id", "kind", "is_active").Where("id = ?", chat.ChannelID).Scan(ctx)
	if err := found(err, "channel", chat.ChannelID); err != nil {
		return crm.Message{}, err
	}
	if !channel.IsActive {
		return crm.Message{}, crm.Errorf(crm.Conflict, "the chat's channel is switched off")
	}
	talk, err := tx.openTalk(ctx, chat)
	if err != nil {
		return crm.Message{}, err
	}
	m := crm.Message{ID: uuid.NewString(), ChatID: chat.ID, TalkID: talk.ID, Direction: crm.DirectionOut, AuthorKind: crm.ByUser, AuthorID: actor.UserID(),
		ClientID: out.ClientID, Text: out.Text, Files: files, Status: crm.MessageSending}
	if local(channel.Kind) {
		m.Status = crm.MessageSent
	}
	if err := tx.insertMessage(ctx, &m, chat); err != nil {
		return m, err
	}
	if m.Status == crm.MessageSending {
		if err := tx.postDelivery(ctx, m); err != nil {
			return m, err
		}
	}
	return m, tx.ManagerWrote(ctx, chat, heard(m, channel.Kind))
}

func checkManagerMessage(out ManagerMessage) error {
	switch {
	case strings.TrimSpace(out.Text) == "" && len(out.Files) == 0:
		return crm.FieldError("text", "a message needs a text or a file")
	case utf8.RuneCountInString(out.Text) > crm.MaxMessageText:
		return crm.FieldError("text", "at most %d characters", crm.MaxMessageText)
	case len(out.ClientID) > maxClientID:
		return crm.FieldError("client_id", "at most %d bytes", maxClientID)
	case len(out.Files) > maxMessageFiles:
		return crm.FieldError("attachments", "at most %d files", maxMessageFiles)
	}
	return nil
}

func (tx *Tx) messageByClientID(ctx context.Context, chatID, clientID string) (crm.Message, bool, error) {
	var m crm.Message
	if clientID == "" {
		return m, false, nil
	}
	err := tx.NewSelect().Model(&m).Where("chat_id = ?", chatID).Where("client_id = ?", clientID).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return m, false, nil
	}
	return m, err == nil, err
}

// ownFiles fills in what we know of files; one that is not ours is a fault of the request.
func (tx *Tx) ownFiles(ctx context.Context, files []crm.File) ([]crm.File, error) {
	known := make([]crm.File, len(files))
	for i, f := range files {
		stored, err := fileOf(ctx, tx, f.ID)
		if err != nil {
			return nil, blame(fmt.Sprintf("attachments.%d.id", i), err)
		}
		known[i] = stored.stored().File
	}
	return known, nil
}

// MessageSeq is the place of a message in its chat, by the message's id.
func (s *Store) MessageSeq(ctx context.Context, chatID, id string) (int64, error) {
	var seq int64
	err := s.read.NewSelect().Model((*crm.Message)(nil)).Column("seq").Where("chat_id = ?", chatID).Where("id = ?", id).Scan(ctx, &seq)
	return seq, found(err, "message", id)
}

// MessagesOfTalk lists a talk's messages in their order, with the cursor of the next page.
func (s *Store) MessagesOfTalk(ctx context.Context, talkID int64, created Range, paging Paging) ([]crm.Message, string, error) {
	order, err := newOrder(Sort{}, paging, "id")
	if err != nil {
		return nil, "", err
	}
	var after cursor
	if paging.After != "" {
		if after, err = decodeCursor(paging.After); err != nil {
			return nil, "", crm.FieldError("cursor", "is not one that this list gave")
		}
	}
	var messages []crm.Message
	q := s.read.NewSelect().Model(&messages).Where("talk_id = ?", talkID).Where("seq > ?", after.ID).Order("seq").Limit(int64(order.paging.Limit + 1))
	if paging.After == "" && paging.Number > 1 {
		q = q.Offset(int64(paging.Number-1) * int64(order.paging.Limit))
	}
	if err := whereRange(q, "created_at", created).Scan(ctx); err != nil {
		return nil, "", fmt.Errorf("read the messages of talk %d: %w", talkID, err)
	}
	messages, next := cut(order, messages, func(m crm.Message) (int64, int64) { return 0, m.Seq })
	return messages, next, nil
}

// RunBots are the names of the bots of these runs, by run.
func (s *Store) RunBots(ctx context.Context, runIDs []int64) (map[int64]string, error) {
	names := map[int64]string{}
	if len(runIDs) == 0 {
		return names, nil
	}
	var rows []struct {
		ID   int64
		Name string
	}
	err := s.read.NewSelect().TableExpr("runs AS r").ColumnExpr("r.id, b.name").Join("JOIN bots AS b ON b.id = r.bot_id").
		Where("r.id IN (?)", bun.List(runIDs)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("read the runs' bots: %w", err)
	}
	for _, row := range rows {
		names[row.ID] = row.Name
	}
	return names, nil
}

// UserNames are these users' names by their ids.
func (s *Store) UserNames(ctx context.Context, ids []int64) (map[int64]string, error) {
	names := map[int64]string{}
	if len(ids) == 0 {
		return names, nil
	}
	var users []crm.User
	if err := s.read.NewSelect().Model(&users).Column("id", "name").Where("id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read users: %w", err)
	}
	for _, u := range users {
		names[u.ID] = u.Name
	}
	return names, nil
}
