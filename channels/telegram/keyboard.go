package telegram

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"salesbot/channels"
	"salesbot/crm"
)

// A row of the inline keyboard: so many buttons, and so many characters on all of them together, that a phone shows
// every title whole.
const (
	rowButtons = 3
	rowText    = 24
)

// keyboard lays the buttons out in rows: short ones side by side, a long one in a row of its own.
func keyboard(out channels.Outbound) (*replyMarkup, error) {
	if len(out.Buttons) == 0 {
		return nil, nil
	}
	return layOut(out.Buttons)
}

func layOut(buttons []crm.Button) (*replyMarkup, error) {
	rows := [][]inlineButton{}
	used := 0
	for _, button := range buttons {
		if button.URL == "" && (button.ID == "" || len(button.ID) > maxData) {
			return nil, permanent("bad_button", "the id of the button %q must have 1 to %d bytes", button.Text, maxData)
		}
		inline := inlineButton{Text: button.Text, URL: button.URL}
		if button.URL == "" {
			inline.CallbackData = button.ID
		}
		length := utf8.RuneCountInString(button.Text)
		if len(rows) == 0 || len(rows[len(rows)-1]) == rowButtons || used+length > rowText {
			rows, used = append(rows, nil), 0
		}
		last := len(rows) - 1
		rows[last] = append(rows[last], inline)
		used += length
	}
	return &replyMarkup{InlineKeyboard: rows}, nil
}

type editReplyMarkup struct {
	ChatID      string       `json:"chat_id"`
	MessageID   int64        `json:"message_id"`
	ReplyMarkup *replyMarkup `json:"reply_markup"`
}

// TakeButtons puts another keyboard under the message. All our keyboards are inline: one that replaces the client's own
// would stay below the chat whatever becomes of the message.
func (c *Channel) TakeButtons(ctx context.Context, account channels.Account, chatID, messageID string, left []crm.Button) error {
	id, err := strconv.ParseInt(messageID, 10, 64)
	if err != nil {
		return permanent("bad_message", "%q is not the id of a Telegram message", messageID)
	}
	markup, err := layOut(left)
	if err != nil {
		return err
	}
	err = c.call(ctx, account, "editMessageReplyMarkup", editReplyMarkup{ChatID: chatID, MessageID: id, ReplyMarkup: markup}, nil)
	var refused *channels.SendError
	if errors.As(err, &refused) && asGoodAsTaken(refused) {
		return nil
	}
	return err
}

// asGoodAsTaken: the words in which Telegram says that there are no buttons to take any more, or that nobody ever can.
func asGoodAsTaken(refused *channels.SendError) bool {
	return refused.Code == "400" && slices.ContainsFunc([]string{"message is not modified", "message can't be edited", "message to edit not found", "MESSAGE_ID_INVALID"},
		func(words string) bool { return strings.Contains(refused.Message, words) })
}
