package workflows

import (
	"encoding/json"

	"go.temporal.io/sdk/workflow"

	"salesbot/bot"
)

// StartBot runs another bot inside this conversation and returns when that run has ended.
func (r *run) StartBot(_ workflow.Context, botID int64) (bot.RunStatus, error) {
	var launch bot.Launch
	err := r.once("start bot", &launch, func() (any, error) {
		raw, err := r.effect("StartRun", r.label("start bot"), bot.StartRun{BotID: botID}, nil)
		if err != nil {
			return nil, err
		}
		launch := bot.Launch{}
		if err := json.Unmarshal(raw, &launch); err != nil {
			return nil, err
		}
		launch.Message = r.state.Heard
		r.c.launch(launch, r)
		return launch, nil
	})
	if err != nil {
		return "", err
	}
	var end bot.Event
	err = r.once("await the sub-bot", &end, func() (any, error) {
		return r.await(Wait{Wait: bot.Wait{For: bot.ForSubBot}, Child: launch.RunID})
	})
	if err != nil {
		return "", err
	}
	var status bot.RunStatus
	err = json.Unmarshal(end.Answer.Value, &status)
	return status, err
}

// tellParent wakes the run that waits for this one.
func (r *run) tellParent() {
	parent := r.c.find(r.state.Parent)
	if r.state.Parent == 0 || parent == nil || parent.state.Wait == nil || parent.state.Wait.Child != r.state.Launch.RunID {
		return
	}
	status, err := json.Marshal(r.outcome)
	if err != nil {
		return
	}
	if r.c.sharesSteps() {
		parent.state.SinceWait = r.state.SinceWait
	}
	if r.state.Heard != nil {
		parent.state.Heard = r.state.Heard
	}
	parent.offer(bot.Event{Kind: bot.EventAnswer, Answer: &bot.Answer{RunID: parent.state.Launch.RunID, Visit: parent.state.Visit, Value: status}}, workflow.Now(r.c.ctx))
}
