package steps

import (
	"errors"
	"fmt"

	"go.temporal.io/sdk/workflow"

	"salesbot/bot"
)

func init() {
	register(Kind{
		Name: "start_bot", Title: "Start bot", Group: "Flow", Waits: true,
		Help:    "Runs another bot and goes on when that one has ended.",
		Exits:   []Exit{nextExit, failedExit},
		Example: `{"bot_id":1}`,
		New:     func() Step { return new(StartBot) },
	})
}

// StartBot runs a sub-bot that returns (Salesbot guide, Start bot).
type StartBot struct {
	// The bot to run; its published version is taken.
	BotID int64 `json:"bot_id" jsonschema:"minimum=1"`
}

// Run returns when the other bot has.
func (s *StartBot) Run(ctx workflow.Context, run Run) (string, error) {
	status, err := run.StartBot(ctx, s.BotID)
	var refusal *Refusal
	if errors.As(err, &refusal) {
		run.Note("bot %d was not started: %s", s.BotID, refusal.Message)
		return exitFailed, nil
	}
	if err != nil {
		return "", err
	}
	run.Note("bot %d: %s", s.BotID, status)
	if status == bot.RunFinished {
		return exitNext, nil
	}
	return exitFailed, nil
}

// Starts names the other bot.
func (s *StartBot) Starts() int64 { return s.BotID }

// Check finds what the schema can't say.
func (s *StartBot) Check(env Env) []Problem {
	if env.Bots == nil || env.Bots[s.BotID] {
		return nil
	}
	return []Problem{{Code: "unknown_bot", Path: "bot_id", Message: fmt.Sprintf("there is no published bot %d", s.BotID), Fix: "choose a bot that is published"}}
}
