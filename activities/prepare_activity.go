package activities

import (
	"context"
	"encoding/json"
	"strings"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
)

// PrepareActivity fills in the placeholders of a call to a custom activity, gives its input the types that the registered
// schema wants, and returns a bot.Performance. A Refused if no activity is registered under that name, or if its schema does not
// take the input.
func (a *Activities) PrepareActivity(ctx context.Context, e bot.Effect) (json.RawMessage, error) {
	return effect(ctx, a, e, func(ctx context.Context, tx *db.Tx, call bot.CustomCall) (any, error) {
		if n := len(call.Input); n > bot.MaxActivityInput {
			return nil, crm.FieldError("input", "has %d bytes with its placeholders filled in; at most %d fit", n, bot.MaxActivityInput)
		}
		registered, err := tx.CustomActivity(ctx, call.Name)
		if err != nil {
			return nil, err
		}
		if len(call.Input) == 0 {
			call.Input = json.RawMessage("{}")
		}
		call.Input = bot.Fit(registered.InputSchema, call.Input)
		if err := takes(registered, call.Input); err != nil {
			return nil, err
		}
		return bot.Performance{Name: call.Name, TaskQueue: registered.TaskQueue, Input: call.Input}, nil
	})
}

func takes(registered crm.CustomActivity, input json.RawMessage) error {
	schema, err := bot.CompileSchema(registered.InputSchema)
	if err != nil {
		return crm.Errorf(crm.Invalid, "the input schema of the activity %s is no JSON Schema any more: %v", registered.Name, err)
	}
	for _, fault := range bot.SchemaFaults(schema, input) {
		return crm.Errorf(crm.Invalid, "the activity %s does not take this input: %s: %s", registered.Name, strings.Join(append([]string{"input"}, fault.Path...), "."), fault.Message)
	}
	return nil
}
