package crm

import (
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Secret is a credential that bots send to services: its value is written, and never read again but by a webhook.
type Secret struct {
	Name string `bun:",pk"`
	// Sealed is the encrypted value.
	Sealed []byte
	// UpdatedBy is the user who set it; 0 is a program.
	UpdatedBy            int64
	CreatedAt, UpdatedAt time.Time
}

// The lengths of a secret's value in characters. One that is shorter could not be told apart from ordinary words, and
// what can't be told apart can't be kept out of answers and traces.
const (
	ShortestSecret = 8
	LongestSecret  = 2048
)

var secretName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)

// CheckSecretName is a FieldError for what {{secret.NAME}} can't name.
func CheckSecretName(name string) error {
	if !secretName.MatchString(name) {
		return FieldError("name", "must have 1 to 64 small letters, digits and _, and begin with a letter, such as shop_key")
	}
	return nil
}

// CheckSecret is a FieldError for a value that can't be kept.
func CheckSecret(value string) error {
	n := utf8.RuneCountInString(value)
	switch {
	case n < ShortestSecret || n > LongestSecret:
		return FieldError("value", "must have %d to %d characters", ShortestSecret, LongestSecret)
	case strings.ContainsFunc(value, unicode.IsControl) || strings.TrimSpace(value) != value:
		return FieldError("value", "must be one line without spaces around it")
	}
	return nil
}
