package bot

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPhones(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"+1 (415) 555-2671":            {"+14155552671"},
		"call 8 800 555 35 35 please":  {"88005553535"},
		"0044 20 7946 0958":            {"+442079460958"},
		"+49-30-901820.":               {"+4930901820"},
		"555-2671":                     {"5552671"},
		"+7 999 123‑45‑67":             {"+79991234567"},
		"电话13800001111请":               {"13800001111"},
		"20.11.2026":                   nil,
		"on 2026-11-20":                nil,
		"12-34-5678":                   {"12345678"},
		"12345":                        nil,
		"order AB1234567":              nil,
		"1234567890123456":             nil,
		"no digits":                    nil,
		"+14155552671, +442079460958":  {"+14155552671", "+442079460958"},
		"abc1234567@example.com write": nil,
	} {
		require.Equal(t, want, Phones(text), text)
	}
}

func TestEmails(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"Write to Ann.Lee+shop@Example.co.uk!": {"ann.lee+shop@example.co.uk"},
		"a@b.de and c@d.fr":                    {"a@b.de", "c@d.fr"},
		"почта иван@пример.рф":                 {"иван@пример.рф"},
		"a@b":                                  nil,
		"@example.com":                         nil,
	} {
		require.Equal(t, want, Emails(text), text)
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]float64{
		"two or 3":        {3},
		"1 500 and 1,500": {1500, 1500},
		"1,5 or 2.25":     {1.5, 2.25},
		"1,234.50":        {1234.5},
		"-4 (-5) 6-7":     {-4, -5, 6, 7},
		"none":            nil,
	} {
		require.Equal(t, want, Numbers(text), text)
	}
}

func TestMessageValues(t *testing.T) {
	t.Parallel()
	require.Empty(t, MessageValues(""))
	require.Equal(t, Values{
		"message_text": {"3 to +14155552671 or A@B.de"}, "message_text.phone": {"+14155552671"}, "message_text.email": {"a@b.de"},
		"message_text.number": {"3"},
	}, MessageValues("3 to +14155552671 or A@B.de"))
}
