package workflows

import (
	"encoding/json"

	"go.temporal.io/sdk/workflow"

	"salesbot/bot"
)

// Perform has somebody else's activity done. Its workers know nothing of ours but what the input says.
func (r *run) Perform(_ workflow.Context, p bot.Performance, answer *json.RawMessage) error {
	return r.once("perform "+p.Name, answer, func() (any, error) {
		if err := r.goOutside(); err != nil {
			return nil, err
		}
		launch, subject := r.state.Launch, r.c.state.Subject
		in := bot.CustomInput{IdempotencyKey: r.key(p.Name).String(), RunID: launch.RunID, BotID: launch.BotID,
			LeadID: subject.LeadID, ContactID: subject.ContactID, ChatID: launch.ChatID, Input: p.Input}
		var result json.RawMessage
		err := workflow.ExecuteActivity(withCustom(r.ctx, r.label(p.Name), p), p.Name, in).Get(r.ctx, &result)
		return result, r.refusal(err)
	})
}
