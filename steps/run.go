// Package steps is the catalogue: one file a step kind or action. A kind's configuration struct is its only
// description; schema, types, form, documentation and lint come from it.
package steps

import (
	"encoding/json"

	"go.temporal.io/sdk/workflow"

	"salesbot/bot"
)

// Step is one step's configuration, decoded, that can do itself. Run returns the name of the exit to leave by; an exit
// that leads nowhere ends the run. An error ends the run as failed, so a step returns one only for what no exit stands for.
//
// Run is workflow code: deterministic, and its only verbs are the Run interface's. After a continue-as-new a step that
// waits is run again from its beginning, and its verbs return what they returned before; so keep no state between
// verbs but in local variables.
type Step interface {
	Run(ctx workflow.Context, run Run) (exit string, err error)
}

// Run is what a step may do.
type Run interface {
	// Step is the step as it stands in the document.
	Step() bot.Step
	// Visit is the number of this visit, from 1; it makes button ids unique within the run.
	Visit() int
	// RunID is the run's id.
	RunID() int64
	// Message is the newest client message that the run has got; nil before the first.
	Message() *bot.Message
	// Values reads what these placeholder names stand for now; names without a value are absent.
	Values(ctx workflow.Context, names ...string) (bot.Values, error)
	// SetValue keeps a value for the rest of the run, readable as a placeholder.
	SetValue(name string, values ...string)
	// Send sends a message and returns when its fate is known. If the step waits next, then says for what, so that
	// message and wait are recorded at once. Channel errors are in the outcome, not in err.
	Send(ctx workflow.Context, message bot.Outgoing, then *bot.Wait) (bot.Outcome, error)
	// Await waits.
	Await(ctx workflow.Context, wait bot.Wait) (bot.Event, error)
	// Change makes a change to our own data: a local activity by its name, idempotent, in one transaction. Texts in
	// input may hold placeholders. result, if not nil, gets what the activity returned. An error of the domain (a
	// *crm.Error: unknown stage, bad value …) comes back as Refusal.
	Change(ctx workflow.Context, activity string, input, result any) error
	// Call does something outside: a regular activity by its name, with retries as policies.go says. Refusal as in Change.
	Call(ctx workflow.Context, activity string, input, result any) error
	// Perform has a custom activity done on its own task queue; answer gets the JSON that it returned. A Refusal, whose code is
	// the error's type, if it failed for good, or timeout if its time was over.
	Perform(ctx workflow.Context, p bot.Performance, answer *json.RawMessage) error
	// StartBot runs another bot's published version and returns when that run has ended. A Refusal if it can't be started.
	StartBot(ctx workflow.Context, botID int64) (bot.RunStatus, error)
	// Note writes a line into the trace of this visit.
	Note(format string, args ...any)
}

// Refusal is a change or a call that was understood and refused; trying again changes nothing.
type Refusal struct {
	// Code is a crm.Code, or the outside service's word.
	Code    string
	Message string
}

func (r *Refusal) Error() string { return r.Message }
