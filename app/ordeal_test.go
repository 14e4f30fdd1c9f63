package app_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/channels/telegram/telegramtest"
)

// ordeal is one conversation in the state in which an outage finds it.
type ordeal struct {
	state

	name string
	p    *program
	// bot and channel are its own.
	bot, channel int64
	// client is at the live chat, or nil if the client is on Telegram.
	client   *visitor
	telegram *telegramtest.Server
	// slow is a server that answers when it is told to: the webhook's, or the one before Telegram.
	slow *gate
}

type moment func(ctx context.Context, o *ordeal) error

// state says what happens, and what has to have come of it.
type state struct {
	bot      string
	child    string
	telegram bool
	// before and lastMoment are before the outage, during is in it, and after when it is over.
	before, lastMoment, during, after moment
	// silentBefore: what lastMoment sets off must not have come before the outage.
	silentBefore bool
	hears        []string
	ends         string
}

const telegramClient = 4711

func newOrdeal(ctx context.Context, name string, p *program, s state) *ordeal {
	nothing := func(context.Context, *ordeal) error { return nil }
	for _, m := range []*moment{&s.before, &s.lastMoment, &s.during, &s.after} {
		if *m == nil {
			*m = nothing
		}
	}
	o := &ordeal{state: s, name: name, p: p, slow: newGate(p.t)}
	if s.telegram {
		o.telegram = telegramtest.New(p.t)
		o.slow.to(p.t, o.telegram.URL)
		o.channel = p.telegramAt(o.slow.URL)
	} else {
		o.channel = p.liveChat()
		o.client = p.visitor(ctx, o.channel)
	}
	document := strings.ReplaceAll(s.bot, "SHOP", o.slow.URL)
	if s.child != "" {
		document = strings.ReplaceAll(document, "CHILD", fmt.Sprint(p.bot(s.child, 0)))
	}
	if document != "" {
		o.bot = p.bot(document, o.channel)
	}
	return o
}

// hearsAll waits for everything that the client has to hear, and for the run's end.
func (o *ordeal) hearsAll(ctx context.Context) error {
	for _, text := range o.hears {
		if o.client == nil {
			break
		}
		if _, err := o.client.hear(ctx, text); err != nil {
			return err
		}
	}
	return o.until(ctx, "the end", func() bool {
		if o.telegram != nil && len(o.telegram.Calls("sendMessage")) < len(o.hears) {
			return false
		}
		return o.bot == 0 || o.runIs(o.ends)
	})
}

func (o *ordeal) runIs(status string) bool {
	runs := o.p.runs(path("filter[bot_id]=%d", o.bot))
	return len(runs) == 1 && runs[0].Status == status
}

// check compares what was heard, word by word.
func (o *ordeal) check(t *testing.T) {
	t.Helper()
	want, got := map[string]int{}, map[string]int{}
	for _, text := range o.hears {
		want[text]++
	}
	if o.client != nil {
		got = o.client.said()
	} else {
		for _, call := range o.telegram.Calls("sendMessage") {
			got[fmt.Sprint(call.Params["text"])]++
		}
	}
	require.Equal(t, want, got, o.name)
}

func (o *ordeal) until(ctx context.Context, what string, there func() bool) error {
	every := time.NewTicker(50 * time.Millisecond)
	defer every.Stop()
	for !there() {
		select {
		case <-every.C:
		case <-ctx.Done():
			return fmt.Errorf("%s never came: %w", what, ctx.Err())
		}
	}
	return nil
}

func says(text string) moment {
	return func(ctx context.Context, o *ordeal) error { return o.client.say(ctx, text) }
}

func hears(text string) moment {
	return func(ctx context.Context, o *ordeal) error { _, err := o.client.hear(ctx, text); return err }
}

func then(moments ...moment) moment {
	return func(ctx context.Context, o *ordeal) error {
		for _, m := range moments {
			if err := m(ctx, o); err != nil {
				return err
			}
		}
		return nil
	}
}

// writesOnTelegram goes on until the update is taken, as Telegram does for a day.
func writesOnTelegram(ctx context.Context, o *ordeal) error {
	return o.until(ctx, "the client's message", func() bool {
		_, err := o.telegram.Say(telegramClient, "hi", nil)
		return err == nil
	})
}

// isThere waits until the slow server has been called.
func isThere(ctx context.Context, o *ordeal) error {
	select {
	case <-o.slow.arrived:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func answers(_ context.Context, o *ordeal) error { o.slow.open(); return nil }

func isWaiting(ctx context.Context, o *ordeal) error {
	return o.until(ctx, "the wait", func() bool { return o.runIs("waiting") })
}

// gate is a server that holds each request until it is opened, and tells of the first.
type gate struct {
	*httptest.Server

	arrived chan struct{}
	open    func()
	behind  http.Handler
	held    func(*http.Request) bool
}

func newGate(t *testing.T) *gate {
	t.Helper()
	opened := make(chan struct{})
	g := &gate{arrived: make(chan struct{}), open: sync.OnceFunc(func() { close(opened) })}
	g.behind = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"status":"fine"}`) })
	g.held = func(r *http.Request) bool { return r.URL.Path == "/slow" }
	tell := sync.OnceFunc(func() { close(g.arrived) })
	g.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if g.held(r) {
			tell()
			<-opened
		}
		g.behind.ServeHTTP(w, r)
	}))
	t.Cleanup(func() { g.open(); g.Close() })
	return g
}

// to puts the gate before Telegram: it holds messages.
func (g *gate) to(t *testing.T, address string) {
	t.Helper()
	target, err := url.Parse(address)
	require.NoError(t, err)
	g.behind = httputil.NewSingleHostReverseProxy(target)
	g.held = func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/sendMessage") }
}
