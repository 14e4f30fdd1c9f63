package crm

import (
	"encoding/json"
	"regexp"
	"time"
)

// CustomActivity is an activity of somebody else's program that bots may name: a worker of that program, in any language,
// does it. Programs register theirs when they start.
type CustomActivity struct {
	// Name is the activity's type, as its worker knows it.
	Name string `bun:",pk"`
	// Title and Help are what people read who choose it.
	Title, Help string
	// TaskQueue is the one that its workers poll.
	TaskQueue string
	// InputSchema and OutputSchema are JSON Schemas of what it gets and gives.
	InputSchema, OutputSchema json.RawMessage `bun:"type:jsonb"`
	// UpdatedBy is the user who registered it; 0 is a program.
	UpdatedBy            int64
	CreatedAt, UpdatedAt time.Time
}

var activityName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,63}$`)

// CheckActivityName is a FieldError for what can't be an activity's name.
func CheckActivityName(name string) error {
	if !activityName.MatchString(name) {
		return FieldError("name", "must have 1 to 64 letters, digits and _, and begin with a letter, such as ScoreLead")
	}
	return nil
}
