package channels

import (
	"slices"
	"strings"
	"unicode"
)

// splitText cuts a text into pieces of at most limit characters, the last of at most lastLimit; 0 is no limit. The
// text doesn't end in a space: otherwise a cut could leave nothing for the last piece, which carries the buttons.
func splitText(text string, limit, lastLimit int) []string {
	runes := []rune(text)
	var pieces []string
	for over(len(runes), lastLimit) {
		// A piece that is not the last may be as long as limit, but something has to remain for the last.
		at := breakBefore(runes, limitOf(limit, lastLimit, len(runes)))
		if piece := strings.TrimRightFunc(string(runes[:at]), unicode.IsSpace); piece != "" {
			pieces = append(pieces, piece)
		}
		runes = []rune(strings.TrimLeftFunc(string(runes[at:]), unicode.IsSpace))
	}
	if len(runes) > 0 {
		pieces = append(pieces, string(runes))
	}
	return pieces
}

func over(length, limit int) bool { return limit > 0 && length > limit }

// limitOf is how long the next piece may be: a text that would fit but for its buttons is cut before its last part.
func limitOf(limit, lastLimit, length int) int {
	if limit == 0 || length <= limit {
		return length - min(lastLimit/2, length-1)
	}
	return limit
}

// breakBefore finds where to cut within the first limit characters: after a paragraph, a line, a sentence, a word.
// A break in the first half is no better than a cut: it would double the number of messages.
func breakBefore(runes []rune, limit int) int {
	window := runes[:min(limit, len(runes))]
	for _, mark := range []string{"\n\n", "\n", ". ", "! ", "? ", " "} {
		if at := lastIndex(window, []rune(mark)); at > limit/2 {
			return at + len([]rune(mark))
		}
	}
	return whole(runes, limit)
}

func lastIndex(runes, mark []rune) int {
	for at := len(runes) - len(mark); at >= 0; at-- {
		if slices.Equal(runes[at:at+len(mark)], mark) {
			return at
		}
	}
	return -1
}

// whole moves a cut forward from the middle of what a reader sees as one character: a letter with its accents, an emoji
// with its skin tone, or several joined by a zero-width joiner.
func whole(runes []rune, at int) int {
	start := at
	for at > 1 && at < len(runes) && (joins(runes[at]) || runes[at-1] == zeroWidthJoiner) {
		at--
	}
	if at <= 1 {
		return start
	}
	return at
}

const zeroWidthJoiner = '\u200d'

func joins(r rune) bool {
	const firstSkinTone, lastSkinTone = '\U0001F3FB', '\U0001F3FF'
	return r == zeroWidthJoiner || unicode.Is(unicode.M, r) || r >= firstSkinTone && r <= lastSkinTone
}
