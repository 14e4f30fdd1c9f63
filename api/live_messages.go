package api

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"time"

	"salesbot/crm"
)

// livePage is the largest number of messages in one answer, and the default.
const livePage = 100

type liveMessage struct {
	Seq         int64            `json:"seq"`
	ID          string           `json:"id"`
	ClientID    *string          `json:"client_id"`
	From        string           `json:"from"`
	Author      *liveAuthor      `json:"author"`
	Text        string           `json:"text"`
	Buttons     []crm.Button     `json:"buttons"`
	Spent       bool             `json:"spent"`
	Chosen      string           `json:"chosen"`
	Attachments []liveAttachment `json:"attachments"`
	CreatedAtMS int64            `json:"created_at_ms"`
	Status      string           `json:"status"`
}

type liveAuthor struct {
	Name string `json:"name"`
}

type liveAttachment struct {
	ID   string `json:"id"`
	Type string `json:"type"`
	Name string `json:"name"`
	URL  string `json:"url"`
	Size int64  `json:"size"`
	MIME string `json:"mime"`
}

type liveMessages struct {
	Messages []liveMessage `json:"messages"`
	HasMore  bool          `json:"has_more"`
	ReadSeq  int64         `json:"read_seq"`
}

type liveQuery struct {
	After  *int64 `query:"after"`
	Before *int64 `query:"before"`
	Limit  *int64 `query:"limit"`
}

// getMessages gives a page: the newest, those before a number, or the oldest after one.
func (l *liveChat) getMessages(call liveCall) error {
	var query liveQuery
	if err := decodeParams(call, &query); err != nil {
		return err
	}
	limit := int64(livePage)
	if query.Limit != nil {
		limit = *query.Limit
	}
	if limit < 1 || limit > livePage {
		return crm.FieldError("limit", "from 1 to %d", livePage)
	}
	if query.After != nil && query.Before != nil {
		return crm.FieldError("before", "after and before can't be used together")
	}
	ctx := call.Request().Context()
	chat, err := l.Store.VisitorChat(ctx, call.channel.ID, call.visitor.ID)
	if err != nil {
		return err
	}
	if chat == nil {
		return call.JSON(http.StatusOK, liveMessages{Messages: []liveMessage{}})
	}
	messages, more, err := l.page(ctx, chat.ID, query, limit)
	if err != nil {
		return err
	}
	shown, err := l.show(ctx, call, *chat, messages)
	if err != nil {
		return err
	}
	call.Response().Header().Set("Cache-Control", "no-store")
	return call.JSON(http.StatusOK, liveMessages{Messages: shown, HasMore: more, ReadSeq: chat.TeamReadSeq})
}

// page reads one message more than asked for, to see whether there is more.
func (l *liveChat) page(ctx context.Context, chatID string, query liveQuery, limit int64) ([]crm.Message, bool, error) {
	if query.After != nil {
		messages, err := l.Store.MessagesAfter(ctx, chatID, *query.After, limit+1)
		more := int64(len(messages)) > limit
		return messages[:min(len(messages), int(limit))], more, err
	}
	var before int64
	if query.Before != nil {
		before = *query.Before
	}
	messages, err := l.Store.MessagesBefore(ctx, chatID, before, limit+1)
	more := int64(len(messages)) > limit
	return messages[max(0, len(messages)-int(limit)):], more, err
}

type newLiveMessage struct {
	ClientID    string   `json:"client_id"`
	Text        string   `json:"text,omitempty"`
	Button      string   `json:"button,omitempty"`
	Attachments []string `json:"attachments,omitempty"`
}

var clientIDPattern = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// maxAttachments and maxButtonID (Telegram's limit, which all our buttons keep) bound one message.
const (
	maxAttachments = 10
	maxButtonID    = 64
)

func (m newLiveMessage) check() error {
	switch {
	case !clientIDPattern.MatchString(m.ClientID):
		return crm.FieldError("client_id", "it must be a UUID in lower case, the same for every attempt at the message")
	case len(m.Button) > maxButtonID:
		return crm.FieldError("button", "at most %d bytes", maxButtonID)
	case len(m.Attachments) > maxAttachments:
		return crm.FieldError("attachments", "at most %d files", maxAttachments)
	}
	return nil
}

// postMessage takes a visitor's message. A resend, known by its client id, gets the message that is there.
func (l *liveChat) postMessage(call liveCall) error {
	var body newLiveMessage
	if err := decodeBody(call.Request(), &body); err != nil {
		return err
	}
	if err := body.check(); err != nil {
		return err
	}
	if err := l.limits.messages.check(call.visitor.ID); err != nil {
		return err
	}
	ctx := call.Request().Context()
	files, err := l.Store.OwnFiles(ctx, fileOwner(call), body.Attachments)
	if err != nil {
		return err
	}
	in := crm.Inbound{Kind: crm.InMessage, ChatID: call.visitor.ID, Profile: call.visitor.Profile, ClientID: body.ClientID,
		Text: body.Text, Button: body.Button, Files: files, At: l.Store.Now()}
	accepted, err := l.Store.Accept(ctx, call.channel, call.settings.MakesLeads, in)
	if err != nil {
		return err
	}
	l.hub.learn(call.key(), accepted.Chat.ID)
	shown, err := l.show(ctx, call, accepted.Chat, []crm.Message{accepted.Message})
	if err != nil {
		return err
	}
	return call.JSON(http.StatusOK, shown[0])
}

// show renders messages for the visitor.
func (l *liveChat) show(ctx context.Context, call liveCall, chat crm.Chat, messages []crm.Message) ([]liveMessage, error) {
	shown := make([]liveMessage, len(messages))
	names := map[int64]string{}
	for i, m := range messages {
		view := liveMessage{Seq: m.Seq, ID: m.ID, From: "visitor", Text: m.Text, Buttons: m.Buttons, Spent: m.SpentAt != nil, Chosen: m.Chosen, Attachments: l.attachments(call, m.Files),
			CreatedAtMS: m.CreatedAt.UnixMilli(), Status: liveStatus(m, chat)}
		if m.ClientID != "" {
			view.ClientID = &m.ClientID
		}
		if view.Buttons == nil {
			view.Buttons = []crm.Button{}
		}
		if m.Direction == crm.DirectionOut {
			name, err := l.authorName(ctx, call, m.AuthorKind, m.AuthorID, names)
			if err != nil {
				return nil, err
			}
			view.From, view.Author = liveFrom(m.AuthorKind), &liveAuthor{Name: name}
		}
		shown[i] = view
	}
	return shown, nil
}

func liveFrom(kind crm.ActorKind) string {
	if kind == crm.ByUser {
		return "agent"
	}
	return "bot"
}

// authorName is the person's name; a bot speaks in the chat's name.
func (l *liveChat) authorName(ctx context.Context, call liveCall, kind crm.ActorKind, id int64, known map[int64]string) (string, error) {
	if kind != crm.ByUser || id == 0 {
		return call.settings.Title, nil
	}
	if name, ok := known[id]; ok {
		return name, nil
	}
	user, err := l.Store.User(ctx, id)
	if crm.CodeOf(err) == crm.NotFound {
		user.Name, err = call.settings.Title, nil
	}
	known[id] = user.Name
	return user.Name, err
}

// liveStatus is "read" up to the other side's mark.
func liveStatus(m crm.Message, chat crm.Chat) string {
	mark := chat.TeamReadSeq
	if m.Direction == crm.DirectionOut {
		mark = chat.ClientReadSeq
	}
	switch {
	case m.Status == crm.MessageFailed:
		return "failed"
	case m.Seq <= mark:
		return "read"
	}
	return "sent"
}

func (l *liveChat) attachments(call liveCall, files []crm.File) []liveAttachment {
	all := make([]liveAttachment, len(files))
	for i, f := range files {
		all[i] = liveAttachment{ID: f.ID, Type: f.Type, Name: f.Name, URL: f.URL, Size: f.Size, MIME: f.MIME}
		if f.ID != "" {
			all[i].URL = l.fileURL(call, f.ID)
		} else {
			all[i].ID = f.URL
		}
	}
	return all
}

// fileURL is signed, because a picture is shown by its address alone. It lasts for a week at least and stays the same for
// a day, so that browsers can keep what they have loaded.
func (l *liveChat) fileURL(call liveCall, id string) string {
	const day = 24 * time.Hour
	until := l.Store.Now().Truncate(day).Add(8 * day)
	query := url.Values{"until": {strconv.FormatInt(until.Unix(), 10)}, "signature": {l.Store.SignFile(id, until)}}
	return fmt.Sprintf("/live/%d/files/%s?%s", call.channel.ID, url.PathEscape(id), query.Encode())
}
