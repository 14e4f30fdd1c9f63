package activities

import (
	"context"
	"encoding/json"
	"errors"

	"go.temporal.io/sdk/temporal"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
)

// The types of the errors that a conversation tells apart; they stand in histories.
const (
	// ErrorRefused is an error of the domain; its detail is the crm.Code. Trying again changes nothing.
	ErrorRefused = "Refused"
	// ErrorHeld says that the run was stopped, paused or taken over meanwhile.
	ErrorHeld = "Held"
	// ErrorOutdated says that the database, which was set back to an older state, goes on without the one who asks.
	ErrorOutdated = "Outdated"
	// ErrorAway says that our own database was away. It is tried again for as long as it takes.
	ErrorAway = "Away"
)

// effect makes one change to our own data: placeholders in the input's texts are filled in, fn makes the change, and
// what it returns is kept under the effect's key, all in one transaction.
func effect[T any](ctx context.Context, a *Activities, e bot.Effect, fn func(ctx context.Context, tx *db.Tx, in T) (any, error)) (json.RawMessage, error) {
	result, err := a.Store.Effect(ctx, e, func(ctx context.Context, tx *db.Tx) (any, error) {
		in, err := input[T](ctx, tx, e)
		if err != nil {
			return nil, err
		}
		return fn(ctx, tx, in)
	})
	return result, wire(err)
}

// input decodes the effect's input with the placeholders of all its texts filled in.
func input[T any](ctx context.Context, tx *db.Tx, e bot.Effect) (T, error) {
	var in T
	expanded, err := bot.ExpandJSON(e.Input, func(name string) ([]string, bool, error) { return value(ctx, tx, e, name) })
	if err != nil {
		return in, err
	}
	if err := json.Unmarshal(expanded, &in); err != nil {
		return in, crm.Errorf(crm.Invalid, "the step's input can't be read: %v", err) // trying again would not change it
	}
	return in, checkLengths(in)
}

// value is what a placeholder stands for: the run's own value, or one of the store's.
func value(ctx context.Context, tx *db.Tx, e bot.Effect, name string) ([]string, bool, error) {
	if values, ok := e.Vars[name]; ok {
		return values, true, nil
	}
	return tx.Fact(ctx, e.Subject, e.ChatID, name)
}

// wire gives an error the type by which a conversation knows what to do: a domain error is final, all else is tried again.
func wire(err error) error {
	if db.Unavailable(err) { // before the domain's: what was joined with it may be no more than a consequence
		return temporal.NewApplicationErrorWithOptions(err.Error(), ErrorAway, temporal.ApplicationErrorOptions{Cause: err})
	}
	var domain *crm.Error
	if !errors.As(err, &domain) {
		return err
	}
	switch domain.Code {
	case crm.Held:
		return temporal.NewNonRetryableApplicationError(domain.Error(), ErrorHeld, nil)
	case crm.Outdated:
		return temporal.NewNonRetryableApplicationError(domain.Error(), ErrorOutdated, nil)
	}
	return temporal.NewNonRetryableApplicationError(domain.Error(), ErrorRefused, nil, string(domain.Code))
}
