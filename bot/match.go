package bot

import (
	"fmt"
	"strconv"
	"strings"
)

// Choice is a quick reply as answers are matched to it.
type Choice struct {
	// Payload comes back when the client taps the button.
	Payload  string
	Title    string
	Synonyms []string
}

// ButtonExit begins the name of the exit by which a step leaves that was answered by a quick reply; the button's id follows.
const ButtonExit = "button:"

// ButtonPayload is a quick reply's id on the channel. It names run and visit, so that a tap on an older question is known.
func ButtonPayload(runID int64, visit int, button string) string {
	return fmt.Sprintf("%d.%d.%s", runID, visit, button)
}

// Asked is which visit of which run a quick reply's payload comes from.
func Asked(payload string) (runID int64, visit int, ok bool) {
	parts := strings.SplitN(payload, ".", 3)
	if len(parts) != 3 {
		return 0, 0, false
	}
	runID, err := strconv.ParseInt(parts[0], 10, 64)
	if err != nil {
		return 0, 0, false
	}
	visit, err = strconv.Atoi(parts[1])
	return runID, visit, err == nil
}

// MatchButton finds the choice that a message means: by the tapped button's payload, then by title, synonym, or number
// from 1, unless a title or synonym is that number; last by a synonym within the text, as whole words, if only
// one choice has such a synonym. Case, accents and spaces do not matter. It returns the choice's index, or -1.
func MatchButton(choices []Choice, message Message) int {
	if message.Button != "" {
		for i, choice := range choices {
			if choice.Payload == message.Button {
				return i
			}
		}
	}
	text := Fold(message.Text)
	if text == "" {
		return -1
	}
	if i := matchTitle(choices, text); i >= 0 {
		return i
	}
	if n, ok := ordinal(text); ok && n >= 1 && n <= len(choices) {
		return n - 1
	}
	return matchWithin(choices, text)
}

func matchTitle(choices []Choice, text string) int {
	for i, choice := range choices {
		if Fold(choice.Title) == text {
			return i
		}
	}
	for i, choice := range choices {
		for _, synonym := range choice.Synonyms {
			if Fold(synonym) == text {
				return i
			}
		}
	}
	return -1
}

// ordinal reads "2", "2.", "2)", "#2" and the keycap emoji.
func ordinal(text string) (int, bool) {
	digits := strings.TrimRight(strings.TrimLeft(text, "#№"), ".)\ufe0f\u20e3")
	n, err := strconv.Atoi(digits)
	return n, err == nil && !strings.HasPrefix(digits, "-") && !strings.HasPrefix(digits, "+")
}

func matchWithin(choices []Choice, text string) int {
	found := -1
	for i, choice := range choices {
		for _, synonym := range choice.Synonyms {
			if !containsWords(text, Fold(synonym)) || found == i {
				continue
			}
			if found >= 0 {
				return -1
			}
			found = i
		}
	}
	return found
}

// containsWords says whether words stand in text with no letter or digit right before or after them. Both are folded.
func containsWords(text, words string) bool {
	if words == "" {
		return false
	}
	for from := 0; ; {
		i := strings.Index(text[from:], words)
		if i < 0 {
			return false
		}
		at := []int{from + i, from + i + len(words)}
		if !touchesWord(text, at) {
			return true
		}
		from = at[1]
	}
}
