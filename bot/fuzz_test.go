package bot

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzClientText: whatever a client writes, the rules neither panic nor invent text.
func FuzzClientText(f *testing.F) {
	for _, seed := range []string{"", "+1 (415) 555-2671", "a@b.de", "1,500", "{{lead.name}}", "２", "1️⃣", "İ", "\xff", "-−-5", "。"} {
		f.Add(seed)
	}
	choices := []Choice{{Payload: "1.1.a", Title: "A", Synonyms: []string{"а", "one two"}}, {Title: "2"}}
	f.Fuzz(func(t *testing.T, text string) {
		if i := MatchButton(choices, Message{Text: text}); i < -1 || i >= len(choices) {
			t.Fatal(i)
		}
		if folded := Fold(text); utf8.ValidString(text) && Fold(folded) != folded {
			t.Fatalf("folding twice gives %q, then %q", folded, Fold(folded))
		}
		for _, phone := range Phones(text) {
			if digits := strings.TrimPrefix(phone, "+"); len(digits) < minPhone || len(digits) > maxPhone {
				t.Fatal(phone)
			}
		}
		Numbers(text)
		Emails(text)
		Compare([]string{text}, Between, text, text)
		if got := Expand("<{{message_text}}>", MessageValues(text).Lookup); got != "<"+text+">" {
			t.Fatal(got)
		}
	})
}
