package workflows

import (
	"go.temporal.io/sdk/workflow"

	"salesbot/bot"
	"salesbot/crm"
)

// handOver hands a written message to its provider. What an attempt could not write down, because our own database was away,
// is recorded from here, which the provider's time limit does not count; what surely did not go out is tried anew.
func handOver(provider, own workflow.Context, messageID string, unsure bot.OnUnknown) (bot.Outcome, error) {
	for {
		var outcome bot.Outcome
		err := untilOursIsBack(provider, &outcome, act.DeliverMessage, messageID, unsure, true)
		handed := outcome.Unrecorded
		if err != nil || handed == nil {
			return outcome, err
		}
		if err := workflow.ExecuteLocalActivity(own, act.RecordDelivery, messageID, *handed).Get(own, nil); err != nil {
			return outcome, err
		}
		if handed.Status != string(crm.MessageSending) {
			outcome.Unrecorded = nil
			return outcome, nil
		}
		if err := workflow.Sleep(provider, handed.RetryAfter); err != nil {
			return outcome, err
		}
	}
}
