package bot

import (
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// breve makes й of и and ў of у: letters of their own, not accented ones.
const breve = '\u0306'

// Fold makes texts comparable: without case, accents, and outer or doubled spaces. Marks of scripts in which they are
// vowels (Hindi, Thai …) stay, for words would fall together without them.
func Fold(s string) string {
	folded := cases.Fold().String(s)
	var b strings.Builder
	var base rune
	for _, r := range norm.NFKD.String(folded) {
		if r >= '\u0300' && r <= '\u036f' && !(r == breve && (base == 'и' || base == 'у')) {
			continue
		}
		base = r
		b.WriteRune(r)
	}
	return strings.Join(strings.Fields(norm.NFC.String(b.String())), " ")
}
