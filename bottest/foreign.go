package bottest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
)

// Foreign plays the programs that do custom activities. It is safe for concurrent use.
type Foreign struct {
	mu      sync.Mutex
	answers map[string]Performed
	calls   []Performance
}

// Performed is what a custom activity answers.
type Performed struct {
	// JSON is what it returns; {} if left out.
	JSON json.RawMessage `json:"json,omitempty"`
	// Error is the type of the error by which it fails for good.
	Error string `json:"error,omitempty"`
}

// Performance is one call of a custom activity.
type Performance struct {
	Name  string
	Input json.RawMessage
	At    time.Time
	// Outcome is what it answered, in words.
	Outcome string
	// after is the number of the event before it.
	after int64
}

// Say sets what these activities answer from now on, by name.
func (f *Foreign) Say(answers map[string]Performed) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.answers == nil {
		f.answers = map[string]Performed{}
	}
	maps.Copy(f.answers, answers)
}

// Calls are the calls so far.
func (f *Foreign) Calls() []Performance {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.calls)
}

// do is every custom activity.
func (f *Foreign) do(w *World) func(ctx context.Context, in bot.CustomInput) (json.RawMessage, error) {
	return func(ctx context.Context, in bot.CustomInput) (json.RawMessage, error) {
		name := activity.GetInfo(ctx).ActivityType.Name
		call := Performance{Name: name, Input: in.Input, At: w.Now(), after: w.lastEvent()}
		f.mu.Lock()
		defer f.mu.Unlock()
		answer := f.answers[name]
		call.Outcome = "done"
		if answer.Error != "" {
			call.Outcome = answer.Error
		}
		f.calls = append(f.calls, call)
		if answer.Error != "" {
			return nil, temporal.NewNonRetryableApplicationError("the script says so", answer.Error, nil)
		}
		if len(answer.JSON) == 0 {
			return json.RawMessage("{}"), nil
		}
		return answer.JSON, nil
	}
}

// foreignNames are the custom activities that the bots name.
func (w *World) foreignNames() ([]string, error) {
	var names []string
	for _, document := range w.options.Documents {
		raw, err := json.Marshal(document)
		if err != nil {
			return nil, err
		}
		for _, name := range bot.ActivityNames(raw) {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names, nil
}

// addForeign registers what the bots name, with schemas that take anything.
func (w *World) addForeign(ctx context.Context, tx *db.Tx) error {
	names, err := w.foreignNames()
	for _, name := range names {
		_, refused := tx.PutCustomActivity(ctx, w.actor(), crm.CustomActivity{Name: name, Title: name, TaskQueue: "played", InputSchema: json.RawMessage(`{}`), OutputSchema: json.RawMessage(`{}`)})
		err = errors.Join(err, refused)
	}
	return err
}

type performedWith struct {
	Name  string          `json:"name,omitempty"`
	Input json.RawMessage `json:"input,omitempty"`
}

// performed expects the next call of a custom activity.
func (p *player) performed(want performedWith) error {
	calls := p.w.Foreign.Calls()
	if p.performances >= len(calls) {
		return &mismatch{"a call of the activity " + want.Name, "none"}
	}
	call := calls[p.performances]
	p.performances++
	if want.Name != "" && want.Name != call.Name {
		return &mismatch{want.Name, call.Name}
	}
	if len(want.Input) > 0 && !sameJSON(want.Input, call.Input) {
		return &mismatch{string(want.Input), string(call.Input)}
	}
	return nil
}

func sameJSON(a, b json.RawMessage) bool {
	var left, right any
	if json.Unmarshal(a, &left) != nil || json.Unmarshal(b, &right) != nil {
		return false
	}
	return fmt.Sprint(left) == fmt.Sprint(right) // maps print in the order of their keys
}
