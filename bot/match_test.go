package bot

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFold(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"  Crème   BRÛLÉE\n": "creme brulee",
		"STRASSE":            "strasse", "Straße": "strasse",
		"Ещё": "еще", "Мой": "мой", "мои": "мои",
		"हिन्दी": "हिन्दी",
		"ＡＢＣ":    "abc",
	} {
		require.Equal(t, want, Fold(text), text)
	}
}

func TestMatchButton(t *testing.T) {
	t.Parallel()
	choices := []Choice{
		{Payload: "7.2.cat", Title: "Catalogue", Synonyms: []string{"catalog", "brochure"}},
		{Payload: "7.2.price", Title: "Prix détaillé", Synonyms: []string{"how much", "价格"}},
		{Payload: "7.2.human", Title: "A person", Synonyms: []string{"manager"}},
	}
	for name, c := range map[string]struct {
		message Message
		want    int
	}{
		"a tap":                          {Message{Button: "7.2.price", Text: "whatever"}, 1},
		"a tap on an older question":     {Message{Button: "7.1.human", Text: "A person"}, 2},
		"a title, other case and space":  {Message{Text: "  catalogue "}, 0},
		"a title without accents":        {Message{Text: "PRIX DETAILLE"}, 1},
		"a synonym":                      {Message{Text: "Manager"}, 2},
		"a synonym within":               {Message{Text: "so how much is it?"}, 1},
		"a synonym without spaces":       {Message{Text: "请问价格多少"}, 1},
		"part of a word is no synonym":   {Message{Text: "management"}, -1},
		"two choices' synonyms":          {Message{Text: "a catalog or a manager"}, -1},
		"two synonyms of one choice":     {Message{Text: "catalog, brochure"}, 0},
		"a number":                       {Message{Text: "3"}, 2},
		"a number with a mark":           {Message{Text: "2)"}, 1},
		"a keycap":                       {Message{Text: "1️⃣"}, 0},
		"a number beyond":                {Message{Text: "4"}, -1},
		"zero":                           {Message{Text: "0"}, -1},
		"something else":                 {Message{Text: "hello"}, -1},
		"a picture":                      {Message{Attachments: []Attachment{{Type: "picture"}}}, -1},
		"an unknown tap without a title": {Message{Button: "9.9.x"}, -1},
	} {
		require.Equal(t, c.want, MatchButton(choices, c.message), name)
	}
}

func TestMatchButtonPrefersATitleThatIsANumber(t *testing.T) {
	t.Parallel()
	choices := []Choice{{Title: "3"}, {Title: "2"}, {Title: "5", Synonyms: []string{"1"}}}
	require.Equal(t, 0, MatchButton(choices, Message{Text: "3"}))
	require.Equal(t, 2, MatchButton(choices, Message{Text: "1"}))
}

func TestMatchButtonIgnoresEmptySynonyms(t *testing.T) {
	t.Parallel()
	require.Equal(t, -1, MatchButton([]Choice{{Title: "Yes", Synonyms: []string{"", " "}}}, Message{Text: "no"}))
}

func TestAPayloadTellsWhoAsked(t *testing.T) {
	t.Parallel()
	runID, visit, ok := Asked(ButtonPayload(7, 12, "a.b"))
	require.True(t, ok)
	require.EqualValues(t, 7, runID)
	require.Equal(t, 12, visit)
	for _, strange := range []string{"", "7", "7.1", "x.1.a", "7.x.a"} {
		_, _, ok := Asked(strange)
		require.False(t, ok, strange)
	}
}
