// Package bottest runs a bot with a script, by the same workflow code and on the same store as in production, but with
// skipped time and without any server: days of silence take milliseconds. Only what is outside is played: the
// client, webhooks, programs that do custom activities, and the provider of an external channel.
package bottest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"salesbot/activities"
	"salesbot/bot"
	"salesbot/channels"
	"salesbot/channels/livechat"
	"salesbot/crm"
	"salesbot/db"
	"salesbot/workflows"
)

// Start is when every script begins: a Monday morning.
var Start = time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)

// testKey seals a test's secrets, which are written out in its script.
var testKey = []byte("a key of 32 bytes for tests only")

// Options say what world a bot is put into.
type Options struct {
	// Documents are the bots; the first is the one that the client's message launches. Bot ids count from 1.
	Documents []bot.Document
	// Channel is the kind of the client's channel: livechat, the default, or any other name for an external one.
	Channel string
	// Trigger is what launches the first bot: talk_started, the default, message, no_bot_running, or none.
	Trigger string
	// Settings are the account's, by name.
	Settings map[string]json.RawMessage
	// Secrets are the account's, by name.
	Secrets map[string]string
	// At is when the world begins; zero is Start.
	At time.Time
	// Twice delivers every piece of mail two times, as a resend would.
	Twice bool
	// ContinueAsNew makes the conversation continue as new whenever it waits.
	ContinueAsNew bool
	// Lost makes Temporal lose the conversation whenever it waits: it begins again from what the database has.
	Lost bool
	// SetBack sets Temporal back, whenever the conversation waits, to where it waited before.
	SetBack bool
	// Backwards delivers mail that waits at the same time in the wrong order.
	Backwards bool
	// Around, if set, is called in the activity's goroutine instead of the activity, which is next.
	Around func(w *World, activity string, next func() (any, error)) (any, error)
}

func (o Options) copies() int {
	if o.Twice {
		return 2
	}
	return 1
}

// World is an account with one client, one conversation and a clock that only moves when it is told to. Its methods
// are for one goroutine, apart from those that say otherwise.
type World struct {
	ctx        context.Context
	options    Options
	store      *db.Store
	activities *activities.Activities
	// Web answers webhooks; Provider takes the messages of an external channel.
	Web      *Web
	Provider *Provider
	// Foreign plays the programs that do custom activities.
	Foreign *Foreign

	user    crm.User
	channel crm.Channel
	bots    []crm.Bot
	chat    crm.Chat
	sent    int

	workflowID string
	session    atomic.Pointer[session]
	// clock is the time while no session runs.
	clock atomic.Pointer[time.Time]
	// pokes are the numbers of mail that exists only to make the conversation look around.
	pokes int64
	// Renewed counts how often the conversation continued as new.
	Renewed int
	// earlier is the state with which the conversation continued as new the last time.
	earlier workflows.State

	mu      sync.Mutex
	failure error
	close   func()
}

// New makes a world. Close it.
func New(ctx context.Context, o Options) (*World, error) {
	w := &World{ctx: context.WithoutCancel(ctx), options: o, Web: &Web{}, Foreign: &Foreign{}}
	w.Web.world = w
	if w.options.At.IsZero() {
		w.options.At = Start
	}
	w.clock.Store(&w.options.At)
	if w.options.Channel == "" {
		w.options.Channel = livechat.Kind
	}
	if err := w.open(); err != nil {
		return nil, err
	}
	if err := w.furnish(); err != nil {
		w.Close()
		return nil, err
	}
	return w, nil
}

func (w *World) open() error {
	folder, err := os.MkdirTemp(scratch(), "bottest-")
	if err != nil {
		return fmt.Errorf("make room for the test's database: %w", err)
	}
	w.close = func() { _ = os.RemoveAll(folder) }
	file := filepath.Join(folder, "salesbot.db")
	if err := copyTemplate(file); err != nil {
		w.close()
		return err
	}
	w.store, err = db.Open(w.ctx, db.Options{URL: "sqlite://" + file, Key: testKey, Now: w.Now, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		w.close()
		return err
	}
	w.close = func() { _ = w.store.Close(); _ = os.RemoveAll(folder) }
	w.store.OnMail(w.mail)
	w.Provider = &Provider{kind: w.options.Channel}
	kinds := map[string]channels.Channel{livechat.Kind: livechat.Channel{}}
	if w.options.Channel != livechat.Kind {
		kinds[w.options.Channel] = w.Provider
	}
	w.activities = &activities.Activities{Store: w.store, Channels: kinds, Outside: &http.Client{Transport: w.Web}}
	return nil
}

// Close ends the conversation where it stands and forgets the world.
func (w *World) Close() {
	if s := w.session.Load(); s != nil {
		s.abandoned = true
		s.orders <- 0
		<-s.ended
	}
	w.close()
}

// Store is the world's store.
func (w *World) Store() *db.Store { return w.store }

// Now is the world's clock.
func (w *World) Now() time.Time {
	if s := w.session.Load(); s != nil {
		return s.env.Now().UTC()
	}
	return *w.clock.Load()
}

// mail is told where there is mail. It may be called by any goroutine.
func (w *World) mail(workflowIDs []string) {
	for _, id := range workflowIDs {
		if _, err := bot.ParseWorkflowID(id); err != nil {
			continue // not a conversation's
		}
		if s := w.session.Load(); s != nil {
			if id != w.workflowID {
				w.fail(fmt.Errorf("there is mail for %s while %s goes on: a script follows one conversation at a time", id, w.workflowID))
				continue
			}
			s.env.RegisterDelayedCallback(s.deliver, 0)
			continue
		}
		w.workflowID = id
	}
}

// fail keeps the first error of the world itself, for whoever acts next.
func (w *World) fail(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.failure = errors.Join(w.failure, err)
}

func (w *World) trouble() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.failure
}

// Settle lets the conversation do what there is to do now, until it waits or has ended.
func (w *World) Settle() error { return w.Silent(0) }

// Silent lets time pass, and then settles.
func (w *World) Silent(length time.Duration) error {
	end := w.Now().Add(length)
	for {
		if err := w.step(end); err != nil {
			return err
		}
		switch {
		case w.hasMail():
		case w.session.Load() == nil:
			if w.Now().Before(end) {
				w.clock.Store(&end)
			}
			return w.trouble()
		case !w.Now().Before(end):
			return w.trouble()
		}
	}
}

// step lets the session go on, or begins one if there is mail, and returns when it rests or has ended.
func (w *World) step(end time.Time) error {
	s := w.session.Load()
	if s == nil {
		if !w.hasMail() {
			return nil
		}
		subject, err := bot.ParseWorkflowID(w.workflowID)
		if err != nil {
			return err
		}
		s = w.begin(workflows.State{Subject: subject})
	} else {
		s.orders <- max(end.Sub(w.Now()), 0)
	}
	resting, err := w.follow(s)
	switch {
	case err != nil || !resting:
		return err
	case w.options.SetBack:
		return errors.Join(w.Renew(), w.settleAgain())
	case w.options.ContinueAsNew:
		return w.Renew()
	case w.options.Lost:
		return w.Lose()
	}
	return nil
}

func (w *World) begin(state workflows.State) *session {
	s := newSession(w, state)
	w.session.Store(s)
	go s.run(state)
	return s
}

// follow returns when the conversation rests, or has ended for good.
func (w *World) follow(s *session) (resting bool, err error) {
	for {
		select {
		case <-s.rest:
			return true, nil
		case <-s.ended:
		}
		now := s.env.Now().UTC()
		w.clock.Store(&now)
		w.session.Store(nil)
		state, again, err := s.continued()
		if err != nil || !again {
			return false, err
		}
		w.Renewed++
		s = w.begin(w.setBack(state))
	}
}

// setBack is the state with which a conversation goes on that continues as new with the given one.
func (w *World) setBack(state workflows.State) workflows.State {
	earlier := w.earlier
	w.earlier = state
	if w.options.SetBack && len(earlier.Runs) > 0 && len(state.Runs) > 0 {
		return earlier
	}
	return state
}

// settleAgain lets a conversation that has just begun anew notice what is due.
func (w *World) settleAgain() error {
	s := w.session.Load()
	if s == nil {
		return nil
	}
	s.orders <- time.Millisecond
	_, err := w.follow(s)
	return err
}

// Lose lets Temporal forget a conversation that rests, and begins it again.
func (w *World) Lose() error {
	s := w.session.Load()
	if s == nil {
		return nil
	}
	now := s.env.Now().UTC()
	s.abandoned = true
	s.orders <- 0
	<-s.ended
	w.clock.Store(&now)
	w.session.Store(nil)
	return w.Revive()
}

// Vanish lets Temporal forget the conversation, whatever it does just then. It may be called by any goroutine; Revive begins it
// again.
func (w *World) Vanish() {
	if s := w.session.Load(); s != nil {
		s.env.RegisterDelayedCallback(func() { s.abandoned = true; s.poke() }, 0)
	}
}

// Revive begins a conversation again that Temporal has forgotten, and settles.
func (w *World) Revive() error {
	subject, err := bot.ParseWorkflowID(w.workflowID)
	if err != nil {
		return err
	}
	_, err = w.follow(w.begin(workflows.State{Subject: subject}))
	return err
}

// Renew makes a conversation that rests continue as new.
func (w *World) Renew() error {
	s := w.session.Load()
	if s == nil {
		return nil
	}
	w.pokes--
	s.env.SetContinueAsNewSuggested(true)
	s.env.SignalWorkflow(bot.SignalReceipt, bot.Receipt{Mail: bot.Mail{Seq: w.pokes}}) // news that concern nobody
	s.orders <- 0
	_, err := w.follow(s)
	return err
}

func (w *World) hasMail() bool {
	if w.workflowID == "" {
		return false
	}
	letters, err := w.store.UnsentMail(w.ctx, w.workflowID)
	w.fail(err)
	return len(letters) > 0
}

func (w *World) actor() crm.Actor { return crm.Actor{Kind: crm.ByUser, ID: w.user.ID} }
