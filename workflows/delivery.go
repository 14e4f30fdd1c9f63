package workflows

import (
	"errors"

	"go.temporal.io/sdk/workflow"

	"salesbot/bot"
	"salesbot/steps"
)

// Delivery hands the messages that people of ours write in one chat to the channel's provider, in their order: it tries
// each until its time is over, and then marks it as failed. It lives while there is something to deliver. Messages of
// bots need none; their conversation does that.
func Delivery(ctx workflow.Context) error {
	orders := workflow.GetSignalChannelWithOptions(ctx, bot.SignalDeliver, workflow.SignalChannelOptions{Description: "a message that a person of ours wrote"})
	for {
		var order bot.Deliver
		if !orders.ReceiveAsync(&order) {
			return nil
		}
		err := deliverOne(ctx, order.MessageID)
		if isOutdated(err) {
			return nil // the database goes on without this delivery
		}
		if err != nil {
			return err
		}
	}
}

func deliverOne(ctx workflow.Context, messageID string) error {
	provider, own := withProvider(ctx, "Deliver a manager's message"), withOwnData(ctx, "Record the delivery")
	_, err := handOver(provider, own, messageID, bot.UnknownDelivered)
	var refusal *steps.Refusal
	if isOutdated(err) || !errors.As(refusalOf(err), &refusal) {
		return err
	}
	own = withOwnData(ctx, "Give up the message")
	return workflow.ExecuteLocalActivity(own, act.GiveUpMessage, messageID, refusal.Message).Get(own, nil)
}
