package bot

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/dlclark/regexp2"
)

// The limits of a regular expression: characters of the pattern and of the text it is tried on (the rest is not
// looked at), and the time a match may take. Patterns may look back and around, so a bad one could run for ever.
const (
	MaxPattern     = 1000
	MaxPatternText = 8192
	PatternTimeout = 100 * time.Millisecond
)

// Pattern is a compiled regular expression.
type Pattern struct{ re *regexp2.Regexp }

// CompilePattern reads a regular expression, plain or in the form /body/flags with the flags i, m, s, x and u. The
// plain form ignores case, as a client's spelling is nobody's choice; the other says for itself.
func CompilePattern(pattern string) (*Pattern, error) {
	if utf8.RuneCountInString(pattern) > MaxPattern {
		return nil, fmt.Errorf("the regular expression is longer than %d characters", MaxPattern)
	}
	body, options, err := readPattern(strings.TrimSpace(pattern))
	if err != nil {
		return nil, err
	}
	if body == "" {
		return nil, errors.New("the regular expression is empty")
	}
	re, err := regexp2.Compile(body, options)
	if err != nil {
		return nil, fmt.Errorf("the regular expression does not compile: %w", err)
	}
	re.MatchTimeout = PatternTimeout
	return &Pattern{re: re}, nil
}

func readPattern(pattern string) (body string, options regexp2.RegexOptions, err error) {
	end := strings.LastIndex(pattern, "/")
	if !strings.HasPrefix(pattern, "/") || end == 0 {
		return pattern, regexp2.IgnoreCase, nil
	}
	options = regexp2.None
	for _, flag := range pattern[end+1:] {
		switch flag {
		case 'i':
			options |= regexp2.IgnoreCase
		case 'm':
			options |= regexp2.Multiline
		case 's':
			options |= regexp2.Singleline
		case 'x':
			options |= regexp2.IgnorePatternWhitespace
		case 'u':
		default:
			return "", 0, fmt.Errorf("the regular expression has an unknown flag %q; known are i, m, s, x and u", flag)
		}
	}
	return pattern[1:end], options, nil
}

// Find returns the first match: its first group if the pattern has one that took part, else all of it. An error means
// that the match took too long.
func (p *Pattern) Find(text string) (found string, ok bool, err error) {
	match, err := p.re.FindStringMatch(cut(text, MaxPatternText))
	if err != nil {
		return "", false, fmt.Errorf("the regular expression took longer than %s on this text", PatternTimeout)
	}
	if match == nil {
		return "", false, nil
	}
	if group := match.GroupByNumber(1); group != nil && len(group.Captures) > 0 {
		return group.String(), true, nil
	}
	return match.String(), true, nil
}

func cut(text string, characters int) string {
	if utf8.RuneCountInString(text) <= characters {
		return text
	}
	return string([]rune(text)[:characters])
}
