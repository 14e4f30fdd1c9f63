package activities

import (
	"context"
	"log/slog"

	"salesbot/bot"
)

// Adopt reads what a conversation has to go on with that begins: nothing, for a lead's first bot, or what an earlier
// workflow has left that is gone. If that one was ended by hand, so that nothing shall go on, its runs end here.
func (a *Activities) Adopt(ctx context.Context, in bot.Adopt) (bot.Adopted, error) {
	if !in.Outdated {
		if err := a.endStopped(ctx, in.Subject); err != nil {
			return bot.Adopted{}, wire(err)
		}
	}
	adopted, err := a.Store.Adopt(ctx, in.Subject)
	if n := len(adopted.Alive); n > 0 {
		a.tellLost(in.Subject, bot.FateAdopted, n, "the conversation goes on from what the database knows")
	}
	return adopted, wire(err)
}

// endStopped ends the runs of a workflow that was ended by hand.
func (a *Activities) endStopped(ctx context.Context, subject bot.Subject) error {
	runID, ok, err := a.Store.KeptBy(ctx, subject)
	if err != nil || !ok || a.EndedByHand == nil {
		return err
	}
	reason, err := a.EndedByHand(ctx, subject.WorkflowID(), runID)
	if err != nil || reason == "" {
		return err
	}
	ended, err := a.Store.EndRuns(ctx, subject, reason)
	if ended > 0 {
		a.tellLost(subject, bot.FateEnded, ended, reason)
	}
	return err
}

func (a *Activities) tellLost(subject bot.Subject, fate string, runs int, reason string) {
	slog.Warn("runs had lost their workflow", "workflow", subject.WorkflowID(), "fate", fate, "runs", runs, "reason", reason)
	if a.Lost != nil {
		a.Lost(fate, runs)
	}
}
