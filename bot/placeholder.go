package bot

import (
	"regexp"
	"slices"
	"strings"
)

// A placeholder is {{name}} or {{name|default}}; names are Kommo's (developers' guide, Salesbot placeholders).
var placeholder = regexp.MustCompile(`\{\{([^{}]*)\}\}`)

// Names lists the names of a template's placeholders, each once, in order of appearance.
func Names(template string) []string {
	var names []string
	for _, match := range placeholder.FindAllStringSubmatch(template, -1) {
		name, _ := split(match[1])
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// Expand fills in a template's placeholders. Several values are joined by ", "; a name without a value gives its
// default, or nothing. What is filled in is never read as a template again, so a client can't plant placeholders. What
// is longer than MaxExpanded is not filled in to its end.
func Expand(template string, lookup func(name string) ([]string, bool)) string {
	left := MaxExpanded
	return expand(template, &left, lookup)
}

// MaxExpanded bounds in bytes what filling in makes of a template, or of all of a JSON value's. It is more than any field
// takes (the longest texts hold 65,535 characters of at most four bytes, a webhook's body a million bytes), so that what
// was not filled in to its end is refused as too long.
const MaxExpanded = 2 << 20

// expand takes what it fills in from left.
func expand(template string, left *int, lookup func(name string) ([]string, bool)) string {
	return placeholder.ReplaceAllStringFunc(template, func(match string) string {
		if *left < 0 {
			return ""
		}
		name, text := split(match[2 : len(match)-2])
		values, _ := lookup(name)
		if found := strings.Join(values, ", "); found != "" {
			text = found
		}
		*left -= len(text)
		return text
	})
}

// Lookup reads a name's values, as Expand wants it.
func (v Values) Lookup(name string) ([]string, bool) {
	values, ok := v[name]
	return values, ok
}

// Single says whether the template is one placeholder and nothing else, and which.
func Single(template string) (name string, ok bool) {
	trimmed := strings.TrimSpace(template)
	if loc := placeholder.FindStringIndex(trimmed); loc == nil || loc[0] != 0 || loc[1] != len(trimmed) {
		return "", false
	}
	name, _ = split(trimmed[2 : len(trimmed)-2])
	return name, true
}

// Unclosed says whether the template opens a placeholder that it does not close, or the other way round.
func Unclosed(template string) bool {
	rest := placeholder.ReplaceAllString(template, "")
	return strings.Contains(rest, "{{") || strings.Contains(rest, "}}")
}

func split(inner string) (name, fallback string) {
	name, fallback, _ = strings.Cut(inner, "|")
	return strings.TrimSpace(name), strings.TrimSpace(fallback)
}
