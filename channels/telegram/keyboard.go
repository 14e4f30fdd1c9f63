package telegram

import (
	"unicode/utf8"

	"salesbot/channels"
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
	var rows [][]inlineButton
	used := 0
	for _, button := range out.Buttons {
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
