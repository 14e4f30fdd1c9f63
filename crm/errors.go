// Package crm is the domain: leads, contacts, pipelines, chats, tasks and the pure rules about them. It knows no
// database, no Temporal and no HTTP. The bun tags on its types are only words to it: db stores the same types.
package crm

import (
	"errors"
	"fmt"
	"time"
)

// Code says what kind of error it is; it never changes once released, so that scripts can rely on it.
type Code string

// The codes. The API maps each to one HTTP status, the activities to "retry" or "do not".
const (
	Invalid      Code = "invalid"
	NotFound     Code = "not_found"
	Conflict     Code = "conflict"
	Forbidden    Code = "forbidden"
	Unauthorized Code = "unauthorized"
	TooLarge     Code = "too_large"
	TooMany      Code = "too_many"
	Held         Code = "held"
	// Outdated is said to a conversation of which this database, which was set back to an older state, knows nothing.
	Outdated Code = "outdated"
	// InProgress is a repeated request whose first one has not ended; KeyReused one whose key was another request's.
	InProgress Code = "in_progress"
	KeyReused  Code = "key_reused"
	// Unprocessable is well-formed but can't be done: too many items, a closed talk (Kommo: 422).
	Unprocessable Code = "unprocessable"
	// Unavailable is nobody's fault and may pass: the same call can succeed in a moment.
	Unavailable Code = "unavailable"
)

// Error is an error that a person can act on. Anything else is internal and its text is not shown outside.
type Error struct {
	Code Code
	// Field is the path of the offending field, such as "custom_fields_values.0.field_id"; empty if none is to blame.
	Field   string
	Message string
	// RetryAfter is how long it will be refused, of a TooMany; 0 if nobody knows.
	RetryAfter time.Duration
}

func (e *Error) Error() string {
	if e.Field == "" {
		return e.Message
	}
	return e.Field + ": " + e.Message
}

// Errorf makes an error of that code that blames no field.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// FieldError makes an Invalid error about one field.
func FieldError(field, format string, args ...any) *Error {
	return &Error{Code: Invalid, Field: field, Message: fmt.Sprintf(format, args...)}
}

// CodeOf is the code of err, or "" for an internal one.
func CodeOf(err error) Code {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}
