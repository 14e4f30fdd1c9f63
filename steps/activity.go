package steps

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.temporal.io/sdk/workflow"

	"salesbot/bot"
)

func init() {
	register(Kind{
		Name: bot.KindActivity, Title: "Custom activity", Group: "Actions",
		Help:    "Has a program of yours do something: an activity that it has registered. Values of its answer can be used as {{json.KEY}} afterwards.",
		Exits:   []Exit{nextExit, failedExit},
		Example: `{"name":"ScoreLead","input":{"price":"{{lead.price}}"},"result_as":"score","errors":["NotCreditworthy"]}`,
		New:     func() Step { return new(Activity) },
	})
}

const (
	defaultActivityTimeout  = time.Minute
	defaultActivityAttempts = 5
	defaultActivityGiveUp   = time.Hour
	exitErrorPrefix         = "error:"
)

var resultName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)

// Activity has a registered activity done by the workers of its own task queue. Every attempt gets the same idempotency key.
type Activity struct {
	// The registered activity.
	Name string `json:"name" jsonschema:"minLength=1,maxLength=64"`
	// What it gets: a JSON object, as the activity's schema describes it. Texts may hold placeholders; where the schema wants a number they become one.
	Input json.RawMessage `json:"input,omitempty"`
	// The name under which the answer is kept: score makes {{json.score.KEY}}. Left out, an object's values are {{json.KEY}}, and anything else is {{json.result}}.
	ResultAs string `json:"result_as,omitempty" jsonschema:"maxLength=64"`
	// The types of errors that have an exit of their own.
	Errors []string `json:"errors,omitempty" jsonschema:"maxItems=10"`
	// How long one attempt may take.
	TimeoutSeconds int `json:"timeout_seconds,omitempty" jsonschema:"minimum=1,maximum=3600,default=60"`
	// How often it is tried.
	Attempts int `json:"attempts,omitempty" jsonschema:"minimum=1,maximum=20,default=5"`
	// How long it is tried altogether, with the time in which no worker is there. One hour if left out.
	GiveUpAfter *Delay `json:"give_up_after,omitempty"`
}

// Exits has one an error that the author names.
func (a *Activity) Exits() []Exit {
	exits := make([]Exit, len(a.Errors))
	for i, name := range a.Errors {
		exits[i] = Exit{Name: exitErrorPrefix + name, Title: name}
	}
	return exits
}

// Run has it done and keeps the answer's values.
func (a *Activity) Run(ctx workflow.Context, run Run) (string, error) {
	var prepared bot.Performance
	err := run.Change(ctx, "PrepareActivity", bot.CustomCall{Name: a.Name, Input: a.Input}, &prepared)
	if err != nil {
		return afterChange(run, err)
	}
	prepared.Timeout, prepared.Attempts, prepared.GiveUpAfter = a.timeout(), a.attempts(), a.giveUpAfter()
	var answer json.RawMessage
	err = run.Perform(ctx, prepared, &answer)
	var refusal *Refusal
	if errors.As(err, &refusal) {
		return a.failed(run, refusal), nil
	}
	if err != nil {
		return "", err
	}
	keepAnswer(run, a.values(answer))
	return exitNext, nil
}

func (a *Activity) timeout() time.Duration {
	if a.TimeoutSeconds == 0 {
		return defaultActivityTimeout
	}
	return time.Duration(a.TimeoutSeconds) * time.Second
}

func (a *Activity) attempts() int {
	if a.Attempts == 0 {
		return defaultActivityAttempts
	}
	return a.Attempts
}

func (a *Activity) giveUpAfter() time.Duration {
	if a.GiveUpAfter == nil || a.GiveUpAfter.Duration() == 0 {
		return defaultActivityGiveUp
	}
	return a.GiveUpAfter.Duration()
}

// failed is the exit of the error's type, if the author has named it.
func (a *Activity) failed(run Run, refusal *Refusal) string {
	run.Note("the activity %s failed: %s (%s)", a.Name, refusal.Message, refusal.Code)
	if slices.Contains(a.Errors, refusal.Code) {
		return exitErrorPrefix + refusal.Code
	}
	return exitFailed
}

// values are the answer's, by path.
func (a *Activity) values(answer json.RawMessage) bot.Values {
	name := a.ResultAs
	if name == "" && !strings.HasPrefix(strings.TrimSpace(string(answer)), "{") {
		name = "result"
	}
	if name != "" {
		answer = json.RawMessage(fmt.Sprintf("{%q:%s}", name, answer))
	}
	return bot.FlattenJSON(answer, nil)
}

// Check looks whether the activity is registered, whether it takes the input, and whether anybody does it.
func (a *Activity) Check(env Env) []Problem {
	problems := a.checkNames()
	if env.Activities == nil {
		return problems
	}
	registered, ok := env.Activities[a.Name]
	if !ok {
		return append(problems, Problem{Code: "unknown_activity", Path: "name", Message: fmt.Sprintf("no program has registered an activity %q", a.Name),
			Fix: "start the worker that has it, or choose another one"})
	}
	if registered.Unserved {
		problems = append(problems, Problem{Code: "no_worker", Path: "name", Message: fmt.Sprintf("no worker polls the queue %s: runs will wait at this step", registered.TaskQueue),
			Fix: "start the worker that has the activity " + a.Name, Warning: true})
	}
	return append(problems, a.checkInput(registered)...)
}

func (a *Activity) checkNames() []Problem {
	var problems []Problem
	if a.ResultAs != "" && !resultName.MatchString(a.ResultAs) {
		problems = append(problems, Problem{Code: "bad_config", Path: "result_as", Message: fmt.Sprintf("%q is no name of a value", a.ResultAs), Fix: "use small letters, digits and _"})
	}
	for i, name := range a.Errors {
		if name == "" || slices.Contains(a.Errors[:i], name) {
			problems = append(problems, Problem{Code: "bad_config", Path: fmt.Sprintf("errors.%d", i), Message: "is empty or there twice", Fix: "name each type of error once"})
		}
	}
	return problems
}

// checkInput goes by the schema, but not where placeholders stand: what they stand for is known only in a run.
func (a *Activity) checkInput(registered CustomActivity) []Problem {
	schema, err := bot.CompileSchema(registered.InputSchema)
	if err != nil {
		return nil // it was compiled when it was registered
	}
	input := a.Input
	if len(input) == 0 {
		input = json.RawMessage("{}")
	}
	var problems []Problem
	for _, fault := range bot.SchemaFaults(schema, bot.Fit(registered.InputSchema, input)) {
		if len(bot.Names(textAt(input, fault.Path))) > 0 {
			continue
		}
		problems = append(problems, Problem{Code: "bad_config", Path: strings.Join(append([]string{"input"}, fault.Path...), "."), Message: fault.Message,
			Fix: "see what the activity " + a.Name + " takes"})
	}
	return problems
}

// textAt is the text at a path of a JSON value; empty if there is none.
func textAt(raw json.RawMessage, path []string) string {
	for _, key := range path {
		var object map[string]json.RawMessage
		var list []json.RawMessage
		switch {
		case json.Unmarshal(raw, &object) == nil:
			raw = object[key]
		case json.Unmarshal(raw, &list) == nil:
			var at int
			if _, err := fmt.Sscan(key, &at); err != nil || at >= len(list) {
				return ""
			}
			raw = list[at]
		}
	}
	var text string
	_ = json.Unmarshal(raw, &text)
	return text
}
