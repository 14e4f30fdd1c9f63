package bot

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

var (
	phoneLike = regexp.MustCompile(`(?:\+|00)?\(?\d[\d\s().\-\x{2010}-\x{2015}/]{4,}\d`)
	emailLike = regexp.MustCompile(`(?i)[\p{L}\p{N}._%+'-]+@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+[\p{L}]{2,}`)
	// Thousands may be set apart by spaces or commas; the fraction by a point or a comma.
	numberLike = regexp.MustCompile(`\d{1,3}(?:[ \x{a0}\x{202f}]\d{3})+(?:[.,]\d+)?|\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?`)
)

// The digits of a telephone number: E.164 allows 15; local ones have at least 7.
const minPhone, maxPhone = 7, 15

// Phones finds telephone numbers in any usual writing and returns their digits, with a leading + if they are
// international (+ or 00).
func Phones(text string) []string {
	var phones []string
	for _, at := range phoneLike.FindAllStringIndex(text, -1) {
		if touchesWord(text, at) || isDate(text[at[0]:at[1]]) {
			continue
		}
		if phone, ok := phone(text[at[0]:at[1]]); ok {
			phones = append(phones, phone)
		}
	}
	return phones
}

// isDate: people answer with dates, too, and those have as many digits.
func isDate(found string) bool {
	for _, layout := range []string{time.DateOnly, "2.1.2006", "2/1/2006", "1/2/2006", "2-1-2006", "2006/1/2"} {
		if _, err := time.Parse(layout, found); err == nil {
			return true
		}
	}
	return false
}

func phone(found string) (string, bool) {
	digits := strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return r
		}
		return -1
	}, found)
	plus := strings.HasPrefix(found, "+")
	if !plus && strings.HasPrefix(digits, "00") {
		plus, digits = true, digits[2:]
	}
	if len(digits) < minPhone || len(digits) > maxPhone {
		return "", false
	}
	if plus {
		digits = "+" + digits
	}
	return digits, true
}

// touchesWord says that letters stand right before or after: the digits belong to an order number or the like.
func touchesWord(text string, at []int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:at[0]])
	after, _ := utf8.DecodeRuneInString(text[at[1]:])
	return partOfWord(before) || partOfWord(after)
}

// partOfWord is false for scripts that write without spaces: their letters mark no word's end.
func partOfWord(r rune) bool {
	if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) {
		return false
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '@'
}

// Emails finds e-mail addresses, lower-cased.
func Emails(text string) []string {
	found := emailLike.FindAllString(text, -1)
	for i, email := range found {
		found[i] = strings.ToLower(email)
	}
	return found
}

// Numbers finds the numbers of a text. 1 500 and 1,500 are one thousand five hundred; 1,5 is one and a half.
func Numbers(text string) []float64 {
	var numbers []float64
	for _, at := range numberLike.FindAllStringIndex(text, -1) {
		number, err := strconv.ParseFloat(plainNumber(text[at[0]:at[1]]), 64)
		if err != nil {
			continue
		}
		if negative(text[:at[0]]) {
			number = -number
		}
		numbers = append(numbers, number)
	}
	return numbers
}

var grouped = regexp.MustCompile(`^\d{1,3}(,\d{3})+(\.\d+)?$`)

func plainNumber(s string) string {
	if grouped.MatchString(s) {
		return strings.ReplaceAll(s, ",", "")
	}
	s = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "").Replace(s)
	return strings.Replace(s, ",", ".", 1)
}

// negative says that a minus ends the text before a number and is no hyphen or range sign of "5-7".
func negative(before string) bool {
	for _, minus := range []string{"-", "−"} {
		if rest, ok := strings.CutSuffix(before, minus); ok {
			return rest == "" || strings.HasSuffix(rest, " ") || strings.HasSuffix(rest, "(")
		}
	}
	return false
}

// MessageValues are what the placeholders about the client's message stand for: message_text and what is found in it.
func MessageValues(text string) Values {
	values := Values{}
	if text == "" {
		return values
	}
	values.Set("message_text", text)
	if phones := Phones(text); len(phones) > 0 {
		values.Set("message_text.phone", phones[0])
	}
	if emails := Emails(text); len(emails) > 0 {
		values.Set("message_text.email", emails[0])
	}
	if numbers := Numbers(text); len(numbers) > 0 {
		values.Set("message_text.number", FormatNumber(numbers[0]))
	}
	return values
}

// FormatNumber writes a number without a needless fraction.
func FormatNumber(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }
