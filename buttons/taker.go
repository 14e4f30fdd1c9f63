// Package buttons takes the quick replies of questions that are over off the messages that providers show.
//
// It works beside the dialogue and never in its way: what is due stands in the messages' rows, written by the transaction
// that spent them, and survives this process. A provider that is away or wants us to wait is tried again, later each
// time; after some hours its buttons stay, and a tap on one is a message in words.
package buttons

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"golang.org/x/sync/errgroup"

	"salesbot/channels"
	"salesbot/crm"
	"salesbot/db"
)

const (
	// lookEvery is how soon buttons go after they are spent.
	lookEvery = time.Second
	// callTime bounds one call, so that a batch is done before anybody else gets it.
	callTime = 10 * time.Second
	// mostTries is how often a provider is told; with firstDelay, doubled each time up to lastDelay, that is four hours.
	mostTries  = 13
	firstDelay = 5 * time.Second
	lastDelay  = time.Hour
)

// Taker tells providers of spent buttons. Several may share a database.
type Taker struct {
	store *db.Store
	kinds map[string]channels.Channel
	log   *slog.Logger
}

// New makes a taker for these kinds of channels.
func New(store *db.Store, kinds map[string]channels.Channel, log *slog.Logger) *Taker {
	return &Taker{store: store, kinds: kinds, log: log}
}

// Run works until ctx ends.
func (t *Taker) Run(ctx context.Context) {
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for {
		n, err := t.Round(ctx)
		if err != nil && ctx.Err() == nil {
			t.log.Warn("spent buttons can't be taken off for the moment", "error", err)
		}
		if err == nil && n == db.ButtonEditBatch {
			continue // there may be more
		}
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
	}
}

// Round does what is due, at most a batch, and says how much that was. Channels don't wait for each other.
func (t *Taker) Round(ctx context.Context) (int, error) {
	due, err := t.store.DueButtonEdits(ctx)
	if err != nil {
		return 0, err
	}
	byChannel := map[int64][]db.ButtonEdit{}
	for _, edit := range due {
		byChannel[edit.Channel.ID] = append(byChannel[edit.Channel.ID], edit)
	}
	var group errgroup.Group
	for _, edits := range byChannel {
		group.Go(func() error { return t.channel(ctx, edits) })
	}
	return len(due), group.Wait()
}

// channel does one channel's edits in their order. After a failure that may pass the others wait as long: a provider that
// is asked again at once only wants us to wait longer.
func (t *Taker) channel(ctx context.Context, edits []db.ButtonEdit) error {
	var wait *time.Time
	for _, edit := range edits {
		m := edit.Message
		if wait != nil {
			if err := t.store.EndButtonEdit(ctx, m, wait, m.EditTries); err != nil {
				return err
			}
			continue
		}
		tries := m.EditTries + 1
		failure := t.take(ctx, edit)
		var again *time.Time
		if failure != nil {
			again = t.again(edit, failure, tries)
		}
		if err := t.store.EndButtonEdit(ctx, m, again, tries); err != nil {
			return err
		}
		if !errors.Is(failure, errNotSent) {
			wait = again
		}
	}
	return nil
}

// errNotSent: the message is on its way; its buttons can be taken once it is there.
var errNotSent = errors.New("the message is still on its way")

// take is nil if there is nothing more to do.
func (t *Taker) take(ctx context.Context, edit db.ButtonEdit) error {
	m, kind := edit.Message, t.kinds[edit.Channel.Kind]
	taker, ok := kind.(channels.ButtonTaker)
	if !ok || kind.Capabilities().SpentButtons != channels.SpentTaken || !edit.Channel.IsActive {
		return nil
	}
	left, shown := channels.Spent(m.Buttons, kind.Capabilities())
	switch {
	case !shown:
		return nil
	case m.Status == crm.MessageSending || m.Status == crm.MessageCalling:
		return errNotSent
	case m.ExternalID == "":
		return nil
	}
	secrets, err := t.store.OpenSecrets(edit.Channel)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	account := channels.Account{ID: edit.Channel.ID, Settings: edit.Channel.Settings, Secrets: secrets}
	return taker.TakeButtons(ctx, account, edit.Chat.ExternalID, m.ExternalID, left)
}

// again is when to try next; nil is never.
func (t *Taker) again(edit db.ButtonEdit, failure error, tries int) *time.Time {
	var refused *channels.SendError
	permanent := errors.As(failure, &refused) && refused.Permanent
	if permanent || tries >= mostTries {
		t.log.Warn("spent buttons stay", "message", edit.Message.ID, "channel", edit.Channel.ID, "tries", tries, "error", failure)
		return nil
	}
	delay := min(firstDelay<<(tries-1), lastDelay)
	if refused != nil {
		delay = max(delay, refused.RetryAfter)
	}
	at := t.store.Now().Add(delay)
	return &at
}
