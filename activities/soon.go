package activities

import (
	"context"
	"time"
)

// ownIn is how long an attempt waits for our own database. What a provider has answered must not be lost with the attempt's
// time; a database that takes longer is away.
const ownIn = 4 * time.Second

// soon gives up waiting after ownIn, also for SQLite's writer, which goes on with what it has begun.
func soon[T any](ctx context.Context, fn func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, ownIn)
	defer cancel()
	type answer struct {
		value T
		err   error
	}
	answers := make(chan answer, 1)
	go func() {
		value, err := fn(ctx)
		answers <- answer{value, err}
	}()
	select {
	case a := <-answers:
		return a.value, a.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}
