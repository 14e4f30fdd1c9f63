package workflows

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"go.temporal.io/sdk/workflow"

	"salesbot/bot"
	"salesbot/steps"
)

// The verbs of steps.Run. Each that touches the world goes through once, so that it happens once a visit.

var _ steps.Run = (*run)(nil)

// Step is the step under way.
func (r *run) Step() bot.Step {
	step, ok := r.document.Find(r.state.Step)
	if !ok {
		step.ID = r.state.Step
	}
	return step
}

// Visit is the number of the visit under way.
func (r *run) Visit() int { return r.state.Visit }

// RunID is the run's id.
func (r *run) RunID() int64 { return r.state.Launch.RunID }

// Message is the newest client message that the run has got.
func (r *run) Message() *bot.Message { return r.state.Heard }

// Note writes a line into the trace. A visit that is run again has written it already.
func (r *run) Note(format string, args ...any) {
	if !r.replaying {
		r.note(format, args...)
	}
}

func (r *run) note(format string, args ...any) {
	r.state.Current.Notes = append(r.state.Current.Notes, fmt.Sprintf(format, args...))
	r.state.Touched = true
}

// Values reads placeholders: the run's own cost nothing, the store's one local activity. What depends on time or chance stays as
// it was first read.
func (r *run) Values(_ workflow.Context, names ...string) (bot.Values, error) {
	values := r.vars(names)
	var others []string
	for _, name := range names {
		if _, ok := values[name]; !ok && !r.owns(name) {
			others = append(others, name)
		}
	}
	if len(others) == 0 && !r.numbersReading() {
		return values, nil
	}
	var read bot.Values
	err := r.once("read values", &read, func() (any, error) { return r.read(values, others) })
	maps.Copy(values, read)
	return values, err
}

// read gives the values that the journal keeps: those of the store, and of the run's own what would not be the same again.
func (r *run) read(own bot.Values, others []string) (bot.Values, error) {
	kept := bot.Values{}
	if r.numbersReading() {
		for _, name := range fleetingNames {
			if values, ok := own[name]; ok {
				kept[name] = values
			}
		}
	}
	if len(others) == 0 {
		return kept, nil
	}
	raw, err := r.effect("ReadValues", r.label("read values"), bot.ReadValues{Names: others}, nil)
	if err != nil {
		return nil, err
	}
	err = json.Unmarshal(raw, &kept)
	return kept, err
}

// numbersReading says that reading values is a verb of the visit even if the store need not be asked. Else whether it is one
// would depend on values that the visit itself has set since.
func (r *run) numbersReading() bool { return r.state.Rules >= 6 }

// Change makes a change to our own data.
func (r *run) Change(_ workflow.Context, activity string, input, result any) error {
	return r.once("change "+activity, result, func() (any, error) {
		return r.effect(activity, r.label(activity), input, nil)
	})
}

// Call does something outside. The trace is brought up to date first: an operator who looks meanwhile sees the step.
func (r *run) Call(_ workflow.Context, activity string, input, result any) error {
	return r.once("call "+activity, result, func() (any, error) {
		raw, err := json.Marshal(input)
		if err != nil {
			return nil, err
		}
		if err := r.goOutside(); err != nil {
			return nil, err
		}
		names := append(bot.JSONNames(raw), "message_text") // a webhook without a body of its own tells it
		e := bot.Effect{Key: r.key(activity), Subject: r.c.state.Subject, ChatID: r.state.Launch.ChatID, Vars: r.vars(names), Input: raw}
		var answer json.RawMessage
		ctx := withOutside(r.ctx, r.label(activity))
		err = untilOursIsBack(ctx, &answer, activity, e)
		return answer, r.refusal(err)
	})
}

// goOutside is before something outside is called.
func (r *run) goOutside() error {
	if err := r.gate(); err != nil {
		return err
	}
	return r.record(bot.Progress{Status: bot.RunRunning, Step: r.state.Step})
}

// Send writes the message and hands it to the providers that have to be called.
func (r *run) Send(_ workflow.Context, message bot.Outgoing, then *bot.Wait) (bot.Outcome, error) {
	var outcome bot.Outcome
	err := r.once("send", &outcome, func() (any, error) { return r.send(message, then) })
	return outcome, err
}

func (r *run) send(message bot.Outgoing, then *bot.Wait) (any, error) {
	raw, err := r.effect("SendMessage", r.label("send"), message, then)
	var refusal *steps.Refusal
	if asRefusal(err, &refusal) {
		return bot.Outcome{Failed: true, Error: refusal.Message}, nil
	}
	if err != nil {
		return nil, err
	}
	var sent []bot.Sent
	if err := json.Unmarshal(raw, &sent); err != nil {
		return nil, err
	}
	return r.deliverAll(sent)
}

// deliverAll hands the messages over, one after another, and tells of the first that failed.
func (r *run) deliverAll(sent []bot.Sent) (any, error) {
	outcome := bot.Outcome{}
	for _, s := range sent {
		one := bot.Outcome{MessageID: s.MessageID}
		if s.External {
			var err error
			if one, err = r.handOver(s); err != nil {
				return nil, err
			}
		}
		if outcome.MessageID == "" || one.Failed {
			outcome = one
		}
	}
	return outcome, nil
}

func (r *run) handOver(s bot.Sent) (bot.Outcome, error) {
	var outcome bot.Outcome
	err := r.unheld(func() (err error) {
		provider, own := withProvider(r.ctx, r.label("deliver")), withOwnData(r.base, r.label("record the delivery"))
		outcome, err = handOver(provider, own, s.MessageID, r.state.Settings.OnUnknownDelivery)
		return err
	})
	var refusal *steps.Refusal
	if !asRefusal(err, &refusal) {
		return outcome, err
	}
	ctx := withOwnData(r.base, r.label("give up the message"))
	err = workflow.ExecuteLocalActivity(ctx, act.GiveUpMessage, s.MessageID, refusal.Message).Get(ctx, nil)
	return bot.Outcome{MessageID: s.MessageID, Failed: true, Error: refusal.Message}, r.refusal(err)
}

// vars are the run's own values among the names; those that depend on time or chance are fixed for the visit's verb.
func (r *run) vars(names []string) bot.Values {
	values := bot.Values{}
	for _, name := range names {
		if own, ok := r.state.Values[name]; ok {
			values[name] = own
		} else if own, ok := r.builtin(name); ok {
			values[name] = own
		}
	}
	return values
}

// owns says that only the run can know the name, so that the store is not asked.
func (r *run) owns(name string) bool {
	return slices.Contains(ownNames, name) || bot.IsRunValue(name)
}

func (r *run) label(what string) string { return r.Step().Label() + ": " + what }
