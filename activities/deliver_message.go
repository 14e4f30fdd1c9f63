package activities

import (
	"context"
	"errors"
	"io"

	"github.com/google/uuid"
	"go.temporal.io/sdk/temporal"

	"salesbot/bot"
	"salesbot/channels"
	"salesbot/crm"
	"salesbot/db"
)

// delivering is one attempt.
type delivering struct {
	*Activities
	db.Delivery

	call   string
	unsure bot.OnUnknown
	// tells says that the conversation records what this attempt can't.
	tells bool
}

// DeliverMessage hands one written message to its channel's provider and writes down what became of it. The message's
// row says "calling" while the provider is called: an attempt that finds it so, after a crash, does not know whether
// the earlier one got through. Without a provider that drops repeats it then does what the bot's setting says.
//
// It fails only while trying again makes sense; a provider's refusal is an outcome. If our own database is away when the
// outcome is known, the outcome carries what has to be recorded, if tells says that the caller will; else the error is Away,
// and the next attempt will not know.
func (a *Activities) DeliverMessage(ctx context.Context, messageID string, unsure bot.OnUnknown, tells bool) (bot.Outcome, error) {
	attempt := &delivering{Activities: a, call: uuid.NewString(), unsure: unsure, tells: tells}
	var err error
	attempt.Delivery, err = soon(ctx, func(ctx context.Context) (db.Delivery, error) {
		return a.Store.BeginDelivery(ctx, messageID, attempt.call)
	})
	if tells && db.Unavailable(err) {
		notCalled := bot.Handed{Call: attempt.call, Status: string(crm.MessageSending)}
		a.answers.keep(notCalled)
		return bot.Outcome{MessageID: messageID, Unrecorded: &notCalled}, nil
	}
	if err != nil {
		return bot.Outcome{}, wire(err)
	}
	return attempt.goOn(ctx)
}

// goOn takes up the message where it stands.
func (d *delivering) goOn(ctx context.Context) (bot.Outcome, error) {
	if d.Done {
		return d.outcome(), nil
	}
	h, known := d.answers.of(d.Message.CalledBy)
	if !d.Unsure || !d.tells || !known {
		return d.deliver(ctx)
	}
	if h.Status == string(crm.MessageSending) { // recorded first: people may hold the run by now
		return bot.Outcome{MessageID: d.Message.ID, Unrecorded: &h}, nil
	}
	d.Delivery = d.Ended(h)
	return d.end(ctx, d.outcome())
}

func (d *delivering) deliver(ctx context.Context) (bot.Outcome, error) {
	channel, ok := d.Channels[d.Channel.Kind]
	if !ok {
		return d.refused(ctx, &channels.SendError{Code: "no_channel", Message: "this server has no channel kind " + d.Channel.Kind, Permanent: true})
	}
	if d.Unsure && d.unsure != bot.UnknownRetry && !channel.Capabilities().Idempotent {
		return d.leaveUnknown(ctx)
	}
	secrets, err := d.Store.OpenSecrets(d.Channel)
	if err != nil {
		return bot.Outcome{}, err
	}
	account := channels.Account{ID: d.Channel.ID, Settings: d.Channel.Settings, Secrets: secrets}
	parts := channels.Fit(d.outbound(d.Delivery), channel.Capabilities())
	for _, part := range parts[min(d.Message.PartsSent, len(parts)):] {
		receipt, err := channel.Send(ctx, account, part)
		if err != nil {
			return d.afterError(ctx, err)
		}
		d.Message.ExternalID = receipt.MessageID
		d.Message.PartsSent++
	}
	d.Message.Status = crm.MessageSent
	return d.end(ctx, d.outcome())
}

func (a *Activities) outbound(d db.Delivery) channels.Outbound {
	out := channels.Outbound{ChatID: d.Chat.ExternalID, Text: d.Message.Text, Buttons: d.Message.Buttons, Key: d.Message.ID}
	for _, f := range d.Message.Files {
		file := channels.OutFile{File: f}
		if f.ID != "" {
			file.Open = func(ctx context.Context) (io.ReadCloser, int64, error) {
				stored, content, err := a.Store.OpenFile(ctx, f.ID)
				return content, stored.Size, err
			}
		}
		out.Files = append(out.Files, file)
	}
	return out
}

func (d *delivering) afterError(ctx context.Context, err error) (bot.Outcome, error) {
	var sendErr *channels.SendError
	if !errors.As(err, &sendErr) {
		sendErr = &channels.SendError{Code: "error", Message: err.Error(), Unknown: true}
	}
	switch {
	case sendErr.Permanent:
		return d.refused(ctx, sendErr)
	case sendErr.Unknown && d.unsure != bot.UnknownRetry:
		return d.leaveUnknown(ctx)
	}
	d.Message.Status, d.Message.ErrorCode, d.Message.Error = crm.MessageSending, sendErr.Code, sendErr.Message
	result, ended := d.end(ctx, bot.Outcome{MessageID: d.Message.ID})
	if result.Unrecorded != nil {
		result.Unrecorded.RetryAfter = sendErr.RetryAfter
		return result, nil
	}
	if ended != nil {
		return result, ended
	}
	return bot.Outcome{}, temporal.NewApplicationErrorWithOptions(sendErr.Message, "Provider",
		temporal.ApplicationErrorOptions{NextRetryDelay: sendErr.RetryAfter, Cause: err})
}

func (d *delivering) refused(ctx context.Context, e *channels.SendError) (bot.Outcome, error) {
	d.Blocked = e.Blocked
	d.Message.Status, d.Message.ErrorCode, d.Message.Error = crm.MessageFailed, e.Code, e.Message
	return d.end(ctx, d.outcome())
}

func (d *delivering) leaveUnknown(ctx context.Context) (bot.Outcome, error) {
	d.Message.Status, d.Message.ErrorCode = crm.MessageUnknown, "unknown"
	d.Message.Error = "the connection broke while the message was handed over; the provider may have sent it"
	return d.end(ctx, d.outcome())
}

func (d *delivering) outcome() bot.Outcome {
	failed := d.Message.Status == crm.MessageFailed || d.Message.Status == crm.MessageUnknown && d.unsure == bot.UnknownFailed
	return bot.Outcome{MessageID: d.Message.ID, Failed: failed, Error: d.Message.Error}
}

// end writes down what became of the message. A worker that stops waits for it.
func (d *delivering) end(ctx context.Context, result bot.Outcome) (bot.Outcome, error) {
	_, err := soon(context.WithoutCancel(ctx), func(ctx context.Context) (struct{}, error) {
		return struct{}{}, d.Store.EndDelivery(ctx, d.Delivery)
	})
	if d.tells && db.Unavailable(err) {
		handed := d.Handed()
		d.answers.keep(handed)
		result.Unrecorded = &handed
		return result, nil
	}
	if err == nil {
		d.answers.forget(d.Message.CalledBy)
	}
	return result, wire(err)
}
