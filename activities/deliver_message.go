package activities

import (
	"context"
	"errors"
	"io"

	"go.temporal.io/sdk/temporal"

	"salesbot/bot"
	"salesbot/channels"
	"salesbot/crm"
	"salesbot/db"
)

// DeliverMessage hands one written message to its channel's provider and writes down what became of it. The message's
// row says "calling" while the provider is called: an attempt that finds it so, after a crash, does not know whether
// the earlier one got through. Without a provider that drops repeats it then does what the bot's setting says.
//
// It fails only while trying again makes sense; a provider's refusal is an outcome.
func (a *Activities) DeliverMessage(ctx context.Context, messageID string, unsure bot.OnUnknown) (bot.Outcome, error) {
	d, err := a.Store.BeginDelivery(ctx, messageID)
	if err != nil {
		return bot.Outcome{}, wire(err)
	}
	if d.Done {
		return outcome(d), nil
	}
	channel, ok := a.Channels[d.Channel.Kind]
	if !ok {
		return a.settle(ctx, d, &channels.SendError{Code: "no_channel", Message: "this server has no channel kind " + d.Channel.Kind, Permanent: true})
	}
	if d.Unsure && unsure != bot.UnknownRetry && !channel.Capabilities().Idempotent {
		return a.leaveUnknown(ctx, d, unsure)
	}
	return a.call(ctx, channel, d, unsure)
}

func (a *Activities) call(ctx context.Context, channel channels.Channel, d db.Delivery, unsure bot.OnUnknown) (bot.Outcome, error) {
	secrets, err := a.Store.OpenSecrets(d.Channel)
	if err != nil {
		return bot.Outcome{}, err
	}
	account := channels.Account{ID: d.Channel.ID, Settings: d.Channel.Settings, Secrets: secrets}
	parts := channels.Fit(a.outbound(d), channel.Capabilities())
	for _, part := range parts[min(d.Message.PartsSent, len(parts)):] {
		receipt, err := channel.Send(ctx, account, part)
		if err != nil {
			return a.afterError(ctx, d, err, unsure)
		}
		d.Message.ExternalID = receipt.MessageID
		d.Message.PartsSent++
	}
	d.Message.Status = crm.MessageSent
	return outcome(d), wire(a.Store.EndDelivery(ctx, d))
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

func (a *Activities) afterError(ctx context.Context, d db.Delivery, err error, unsure bot.OnUnknown) (bot.Outcome, error) {
	var sendErr *channels.SendError
	if !errors.As(err, &sendErr) {
		sendErr = &channels.SendError{Code: "error", Message: err.Error(), Unknown: true}
	}
	switch {
	case sendErr.Permanent:
		return a.settle(ctx, d, sendErr)
	case sendErr.Unknown && unsure != bot.UnknownRetry:
		return a.leaveUnknown(ctx, d, unsure)
	}
	d.Message.Status, d.Message.ErrorCode, d.Message.Error = crm.MessageSending, sendErr.Code, sendErr.Message
	if err := a.Store.EndDelivery(ctx, d); err != nil {
		return bot.Outcome{}, wire(err)
	}
	return bot.Outcome{}, temporal.NewApplicationErrorWithOptions(sendErr.Message, "Provider",
		temporal.ApplicationErrorOptions{NextRetryDelay: sendErr.RetryAfter, Cause: err})
}

// settle writes a refusal down.
func (a *Activities) settle(ctx context.Context, d db.Delivery, e *channels.SendError) (bot.Outcome, error) {
	if e.Blocked {
		if err := a.Store.BlockChat(ctx, d.Chat); err != nil {
			return bot.Outcome{}, wire(err)
		}
	}
	d.Message.Status, d.Message.ErrorCode, d.Message.Error = crm.MessageFailed, e.Code, e.Message
	return outcome(d), wire(a.Store.EndDelivery(ctx, d))
}

func (a *Activities) leaveUnknown(ctx context.Context, d db.Delivery, unsure bot.OnUnknown) (bot.Outcome, error) {
	d.Message.Status, d.Message.ErrorCode = crm.MessageUnknown, "unknown"
	d.Message.Error = "the connection broke while the message was handed over; the provider may have sent it"
	result := outcome(d)
	result.Failed = unsure == bot.UnknownFailed
	return result, wire(a.Store.EndDelivery(ctx, d))
}

func outcome(d db.Delivery) bot.Outcome {
	return bot.Outcome{MessageID: d.Message.ID, Failed: d.Message.Status == crm.MessageFailed, Error: d.Message.Error}
}

// GiveUpMessage marks a message as failed whose delivery was tried until its time was over.
func (a *Activities) GiveUpMessage(ctx context.Context, messageID, reason string) error {
	return wire(a.Store.GiveUp(ctx, messageID, reason))
}
