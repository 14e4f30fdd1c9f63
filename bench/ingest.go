package bench

import (
	"context"
	"fmt"
	"io"

	"github.com/google/uuid"
)

// silentVisitor posts messages that no bot answers: a turn is one accepted, durable message.
type silentVisitor struct{ *visitor }

func (v silentVisitor) turn(ctx context.Context) error {
	return v.post(ctx, "/messages", map[string]string{"client_id": uuid.NewString(), "text": "hello"}, nil)
}

func (silentVisitor) close() {}

// ingest measures accepted messages a second, each durable before it is acknowledged.
func ingest(ctx context.Context, out io.Writer, target Target, f fixture, o Options) error {
	fmt.Fprintln(out, "Messages accepted, durable, no bot")
	for _, n := range o.Conversations {
		visitors, err := many(n, func() (talker, error) { return newSilent(ctx, target, f.silent) })
		if err != nil {
			return err
		}
		var rounds []Figures
		for range o.Rounds {
			one, err := measure(ctx, visitors, o.Length)
			if err != nil {
				return err
			}
			rounds = append(rounds, one)
		}
		fmt.Fprintf(out, "  %5d visitors        %s\n", n, median(rounds))
	}
	fmt.Fprintln(out)
	return nil
}

func newSilent(ctx context.Context, target Target, channel int64) (talker, error) {
	v := &visitor{base: fmt.Sprintf("%s/live/%d", target.BaseURL, channel)}
	var made struct {
		Token string `json:"token"`
	}
	err := v.post(ctx, "/visitors", map[string]any{"page": map[string]string{"url": "http://localhost/bench"}}, &made)
	v.token = made.Token
	return silentVisitor{v}, err
}
