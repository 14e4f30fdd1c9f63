package channels

import (
	"fmt"
	"strings"

	"salesbot/crm"
)

// fitButtons gives the buttons that the channel shows and the text with the lines that stand for the others.
func fitButtons(text string, buttons []crm.Button, can Capabilities) (string, []crm.Button, bool) {
	replies, links := byKind(buttons)
	if !linksFit(len(replies), len(links), can) {
		for _, link := range links {
			text = addLine(text, label(link.Text, link.URL))
		}
		buttons = replies
	}
	switch {
	case len(replies) <= can.Buttons:
		return text, cutTitles(buttons, can.ButtonTitle), false
	case len(replies) <= can.ListItems:
		return text, cutTitles(buttons, can.ListTitle), true
	}
	for i, reply := range replies {
		text = addLine(text, fmt.Sprintf("%d. %s", i+1, reply.Text))
	}
	return text, nil, false
}

// Spent is what remains of a message's buttons when its quick replies are spent: the links that are buttons on the
// channel. shown says that the channel shows quick replies as buttons; otherwise there is nothing to take off.
func Spent(buttons []crm.Button, can Capabilities) (left []crm.Button, shown bool) {
	_, fitted, _ := fitButtons("", buttons, can)
	replies, left := byKind(fitted)
	return left, len(replies) > 0
}

// linksFit says whether links can be buttons beside that many quick replies. Quick replies go first: a link is as good
// in the text, a reply is not.
func linksFit(replies, links int, can Capabilities) bool {
	if links == 0 {
		return true
	}
	most := can.Buttons
	if can.MaxURLButtons > 0 {
		most = can.MaxURLButtons
	}
	if !can.URLButtons || links > most {
		return false
	}
	return replies == 0 || can.MixedButtons && replies+links <= can.Buttons
}

func byKind(buttons []crm.Button) (replies, links []crm.Button) {
	for _, button := range buttons {
		if button.URL != "" {
			links = append(links, button)
		} else {
			replies = append(replies, button)
		}
	}
	return replies, links
}

// cutTitles makes titles at most limit characters long and, because providers that limit them also refuse equal ones,
// different from each other.
func cutTitles(buttons []crm.Button, limit int) []crm.Button {
	if limit == 0 || len(buttons) == 0 {
		return buttons
	}
	fitted := make([]crm.Button, len(buttons))
	taken := map[string]bool{}
	for i, button := range buttons {
		full := button.Text
		button.Text = cut(full, limit, "…")
		for n := 2; taken[strings.ToLower(button.Text)]; n++ {
			button.Text = numbered(full, limit, n)
		}
		taken[strings.ToLower(button.Text)] = true
		fitted[i] = button
	}
	return fitted
}

// numbered ends a title by its number among its likes: "Delivery to…" and "Delivery (2)".
func numbered(title string, limit, n int) string {
	suffix := fmt.Sprintf(" (%d)", n)
	room := limit - len(suffix)
	if room < 1 {
		return cut(fmt.Sprint(n), limit, "")
	}
	return strings.TrimSpace(cut(title, room, "")) + suffix
}

// cut shortens by characters, not by bytes, so that no letter is torn.
func cut(text string, limit int, end string) string {
	runes := []rune(text)
	if len(runes) <= limit {
		return text
	}
	at := whole(runes, max(limit-len([]rune(end)), 1))
	return strings.TrimSpace(string(runes[:at])) + end
}
