package telegram

import (
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"salesbot/channels"
	"salesbot/crm"
)

// secretHeader carries the secret that setWebhook was given.
const secretHeader = "X-Telegram-Bot-Api-Secret-Token"

// Receive checks the secret and reads one update. Groups and channels say nothing to us: a chat is one client's.
func (c *Channel) Receive(account channels.Account, header http.Header, body []byte) ([]channels.Inbound, error) {
	if subtle.ConstantTimeCompare([]byte(header.Get(secretHeader)), []byte(hookSecret(account))) != 1 {
		return nil, crm.Errorf(crm.Unauthorized, "the header %s is missing or wrong", secretHeader)
	}
	var up update
	if err := json.Unmarshal(body, &up); err != nil {
		return nil, crm.Errorf(crm.Invalid, "the update is not valid JSON of the Bot API: %v", err)
	}
	in, ok := up.read()
	if !ok {
		return nil, nil
	}
	return []channels.Inbound{in}, nil
}

func (u update) read() (channels.Inbound, bool) {
	switch {
	case u.Message != nil:
		return u.Message.read(crm.InMessage, u.Message.Date)
	case u.EditedMessage != nil:
		return u.EditedMessage.read(crm.InEdit, u.EditedMessage.EditDate)
	case u.CallbackQuery != nil:
		return u.CallbackQuery.read()
	case u.MyChatMember != nil:
		return u.MyChatMember.read()
	}
	return channels.Inbound{}, false
}

func (m *message) read(kind crm.InboundKind, at int64) (channels.Inbound, bool) {
	if m.Chat.Type != "private" || m.From == nil || m.From.IsBot {
		return channels.Inbound{}, false
	}
	in := channels.Inbound{
		Kind: kind, ChatID: strconv.FormatInt(m.Chat.ID, 10), MessageID: strconv.FormatInt(m.ID, 10), Profile: m.From.profile(),
		Text: m.words(), Files: m.files(), At: time.Unix(at, 0).UTC(),
	}
	if m.Contact != nil && m.Contact.UserID == m.From.ID {
		in.Profile.Phone = m.Contact.PhoneNumber
	}
	return in, in.Text != "" || len(in.Files) > 0
}

// words is what a message says in words; a location is a link to a map and a shared contact is its phone number, so that
// a step which asks for one can read the answer.
func (m *message) words() string {
	switch {
	case m.Text != "":
		return m.Text
	case m.Caption != "":
		return m.Caption
	case m.Sticker != nil:
		return m.Sticker.Emoji
	case m.Contact != nil:
		return m.Contact.PhoneNumber
	case m.Location != nil:
		return m.place()
	}
	return ""
}

func (m *message) place() string {
	link := fmt.Sprintf("https://maps.google.com/?q=%.6f,%.6f", m.Location.Latitude, m.Location.Longitude)
	if m.Venue == nil {
		return link
	}
	return strings.Join([]string{m.Venue.Title, m.Venue.Address, link}, "\n")
}

// read makes a message of a tap. A tap has no message id of its own, so the query's id stands for it; its text is the
// title of the button, as if the client had typed it.
func (q *callbackQuery) read() (channels.Inbound, bool) {
	if q.Message != nil && q.Message.Chat.Type != "private" || q.Data == "" {
		return channels.Inbound{}, false
	}
	return channels.Inbound{
		Kind: crm.InMessage, ChatID: strconv.FormatInt(q.From.ID, 10), MessageID: "tap-" + q.ID, Profile: q.From.profile(),
		Text: q.title(), Button: q.Data, At: time.Now().UTC(), Ack: q.ID,
	}, true
}

func (q *callbackQuery) title() string {
	if q.Message == nil || q.Message.ReplyMarkup == nil {
		return ""
	}
	for _, row := range q.Message.ReplyMarkup.InlineKeyboard {
		for _, button := range row {
			if button.CallbackData == q.Data {
				return button.Text
			}
		}
	}
	return ""
}

func (c *memberChange) read() (channels.Inbound, bool) {
	if c.Chat.Type != "private" {
		return channels.Inbound{}, false
	}
	in := channels.Inbound{ChatID: strconv.FormatInt(c.Chat.ID, 10), Profile: c.From.profile(), At: time.Unix(c.Date, 0).UTC()}
	switch c.New.Status {
	case "kicked":
		in.Kind = crm.InBlocked
	case "member":
		in.Kind = crm.InBack
	default:
		return channels.Inbound{}, false
	}
	return in, true
}

func (u user) profile() crm.Profile {
	return crm.Profile{
		Name: strings.TrimSpace(u.FirstName + " " + u.LastName), FirstName: u.FirstName, LastName: u.LastName,
		Username: u.Username, Language: u.LanguageCode,
	}
}
