package bot

import (
	"encoding/json"
	"time"
)

// What steps ask of activities that are no change of a card; their inputs and results stand in histories.

// PatternMatch asks the activity MatchPattern whether a text matches a regular expression. Subject may hold
// placeholders.
type PatternMatch struct {
	Subject string `json:"subject"`
	Pattern string `json:"pattern"`
}

// PatternFound is its answer.
type PatternFound struct {
	OK bool `json:"ok"`
	// Found is the first group, or all of the match.
	Found string `json:"found,omitempty"`
	// Error says that the match was given up.
	Error string `json:"error,omitempty"`
}

// OpenHours is the answer of the activity WorkingHours.
type OpenHours struct {
	// Open says that it is working time now; else Begins is when it will be.
	Open   bool      `json:"open"`
	Begins time.Time `json:"begins,omitzero"`
}

// MaxWebhookBody is the largest body of a webhook's request in bytes, with its placeholders filled in.
const MaxWebhookBody = 1_000_000

// Webhook asks the activity CallWebhook for one HTTP request. All texts may hold placeholders. Servers take at least 8000
// bytes of an address, and seldom more of a header (RFC 9110, 4.1).
type Webhook struct {
	URL     string            `json:"url" most:"8000"`
	Method  string            `json:"method"`
	Headers map[string]string `json:"headers,omitempty" most:"8000"`
	// Body is a JSON value, or a JSON text that is sent as it is; without one a POST, PUT or PATCH carries the standard payload.
	Body json.RawMessage `json:"body,omitempty"`
	// TimeoutSeconds limits one attempt.
	TimeoutSeconds int `json:"timeout_seconds"`
}

// WebhookAnswer is what came back from a webhook.
type WebhookAnswer struct {
	// Status is the HTTP status.
	Status int `json:"status"`
	// Values are the JSON answer's, by the path within it: {"a":{"b":1}} is a.b → 1.
	Values Values `json:"values,omitempty"`
}
