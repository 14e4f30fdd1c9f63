package steps

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"go.temporal.io/sdk/workflow"

	"salesbot/bot"
)

// The exits that several kinds have.
const (
	exitNext   = "next"
	exitFailed = "failed"
	exitElse   = "else"
)

var (
	nextExit   = Exit{Name: exitNext, Title: "Next"}
	failedExit = Exit{Name: exitFailed, Title: "Failed"}
)

// Delay is a length of time as people enter it; the limits are Kommo's (Salesbot guide, Pause).
type Delay struct {
	// Hours to wait.
	Hours int `json:"hours,omitempty" jsonschema:"minimum=0,maximum=8760"`
	// Minutes to wait.
	Minutes int `json:"minutes,omitempty" jsonschema:"minimum=0,maximum=60"`
	// Seconds to wait.
	Seconds int `json:"seconds,omitempty" jsonschema:"minimum=0,maximum=60"`
}

// Duration is the delay's length.
func (d Delay) Duration() time.Duration {
	return time.Duration(d.Hours)*time.Hour + time.Duration(d.Minutes)*time.Minute + time.Duration(d.Seconds)*time.Second
}

// afterChange leaves by "next" if the change was made. A refused one leaves by "failed" if the author connected that
// exit; otherwise it ends the run as failed: nobody said that the bot may go on without it.
func afterChange(run Run, err error) (string, error) {
	if err == nil {
		return exitNext, nil
	}
	var refusal *Refusal
	if errors.As(err, &refusal) && run.Step().Exits[exitFailed] != "" {
		run.Note("%s", refusal.Message)
		return exitFailed, nil
	}
	return "", err
}

// read reads what the templates name, all at once.
func read(ctx workflow.Context, run Run, templates ...string) (bot.Values, error) {
	names := bot.Names(strings.Join(templates, "\n"))
	if len(names) == 0 {
		return bot.Values{}, nil
	}
	return run.Values(ctx, names...)
}

// several is the values of a template that is one placeholder, else the expanded text as the only value.
func several(template string, values bot.Values) []string {
	if name, ok := bot.Single(template); ok && len(values[name]) > 0 {
		return values[name]
	}
	return []string{bot.Expand(template, values.Lookup)}
}

// asTemplate lets an author write lead.tags instead of {{lead.tags}}.
func asTemplate(subject string) string {
	if bot.Known(subject) {
		return "{{" + subject + "}}"
	}
	return subject
}

// matchPattern asks an activity: a match may take long, and how long must not decide what a replay does. A match that
// was given up counts as none.
func matchPattern(ctx workflow.Context, run Run, subject, pattern string) (bot.PatternFound, error) {
	var found bot.PatternFound
	if err := run.Change(ctx, "MatchPattern", bot.PatternMatch{Subject: subject, Pattern: pattern}, &found); err != nil {
		return bot.PatternFound{}, fmt.Errorf("match %q: %w", pattern, err)
	}
	if found.Error != "" {
		run.Note("%s", found.Error)
	}
	return found, nil
}

// keepAnswer keeps what a program outside has answered, as {{json.KEY}}.
func keepAnswer(run Run, values bot.Values) {
	keys := slices.Sorted(maps.Keys(values)) //workflowcheck:ignore sorted at once
	for _, key := range keys {
		run.SetValue("json."+key, values[key]...)
	}
}
