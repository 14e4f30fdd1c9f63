package bot

import (
	"encoding/json"
	"slices"
	"time"
)

// KindActivity is the kind of the step that has somebody else's activity done. The store looks for it in documents.
const KindActivity = "activity"

// MaxActivityInput is the largest input of a custom activity in bytes, with its placeholders filled in. Temporal takes two
// million of them for all of a call.
const MaxActivityInput = 500_000

// CustomCall asks for a registered activity of somebody else's; texts in Input may hold placeholders.
type CustomCall struct {
	Name  string          `json:"name" most:"64"`
	Input json.RawMessage `json:"input,omitempty"`
}

// Performance is a call with its placeholders filled in, and the queue that its workers poll.
type Performance struct {
	Name      string          `json:"name"`
	TaskQueue string          `json:"task_queue"`
	Input     json.RawMessage `json:"input,omitempty"`
	// Timeout is for one attempt, Attempts is the most of them, and GiveUpAfter is for all together, with the time in which no
	// worker is there.
	Timeout     time.Duration `json:"-"`
	Attempts    int           `json:"-"`
	GiveUpAfter time.Duration `json:"-"`
}

// CustomInput is the one argument that a custom activity gets. Workers in any language read it: it is never compressed.
type CustomInput struct {
	// IdempotencyKey is the same in every attempt, and another for every visit of a step.
	IdempotencyKey string `json:"idempotency_key"`
	RunID          int64  `json:"run_id"`
	BotID          int64  `json:"bot_id"`
	// LeadID is the lead's that the run is about; 0 if it is about a contact.
	LeadID    int64 `json:"lead_id,omitempty"`
	ContactID int64 `json:"contact_id,omitempty"`
	// ChatID is the chat's in which the run talks; empty if it talks in none.
	ChatID string `json:"chat_id,omitempty"`
	// Input is what the step's author entered, with its placeholders filled in.
	Input json.RawMessage `json:"input"`
}

// Uncompressed tells the codec.
func (CustomInput) Uncompressed() {}

// ActivityNames are the custom activities that a document names.
func ActivityNames(document json.RawMessage) []string {
	var doc Document
	if json.Unmarshal(document, &doc) != nil {
		return nil
	}
	var names []string
	for _, step := range doc.Steps {
		var call CustomCall
		if step.Kind == KindActivity && json.Unmarshal(step.Config, &call) == nil && !slices.Contains(names, call.Name) {
			names = append(names, call.Name)
		}
	}
	return names
}
