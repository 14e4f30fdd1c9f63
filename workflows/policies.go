package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"salesbot/activities"
	"salesbot/bot"
)

// Every timeout and retry policy has its name here; no step and no other file invents numbers of its own.

const (
	// historyLimit is how many signals a workflow run takes before it continues as new, even if the server does not
	// suggest it yet: a short history is cheap to replay after a restart.
	historyLimit = 100
	// maxStepsWithoutWait is the loop guard.
	maxStepsWithoutWait = 200
	// untilItIs is for what must be tried until it has happened: ten years.
	untilItIs = 10 * 365 * 24 * time.Hour
)

// withOwnData is for changes to and reads of our own database: short, local, tried again until the database is back.
// Without an end of its own the tries would be over after the time that a single one has.
func withOwnData(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
		StartToCloseTimeout:    10 * time.Second,
		ScheduleToCloseTimeout: untilItIs,
		Summary:                summary,
		RetryPolicy:            &temporal.RetryPolicy{InitialInterval: 100 * time.Millisecond, BackoffCoefficient: 2, MaximumInterval: 30 * time.Second},
	})
}

// withProvider is for handing a message to a channel's provider: fifteen attempts, which take ten minutes if the provider does not
// ask for more patience; the step then leaves by its failed exit. Nothing outside is limited by the clock: when Temporal or all our
// processes are away, nobody tries, and that must not use up the time. StartToClose is short, because a crash in the middle costs
// the whole of it.
func withProvider(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout:    20 * time.Second,
		ScheduleToCloseTimeout: untilItIs,
		Summary:                summary,
		RetryPolicy:            &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: time.Minute, MaximumAttempts: 15},
	})
}

// withOutside is for calls to addresses that a bot's author entered, such as webhooks: five attempts, which take five minutes at most.
func withOutside(ctx workflow.Context, summary string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout:    35 * time.Second,
		ScheduleToCloseTimeout: untilItIs,
		Summary:                summary,
		RetryPolicy:            &temporal.RetryPolicy{InitialInterval: 2 * time.Second, BackoffCoefficient: 3, MaximumInterval: time.Minute, MaximumAttempts: 5},
	})
}

// withCustom is for other people's activities: on their own queue, with the limits that the bot's author has set.
func withCustom(ctx workflow.Context, summary string, p bot.Performance) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:              p.TaskQueue,
		StartToCloseTimeout:    p.Timeout,
		ScheduleToCloseTimeout: p.GiveUpAfter,
		Summary:                summary,
		RetryPolicy:            &temporal.RetryPolicy{InitialInterval: 2 * time.Second, BackoffCoefficient: 3, MaximumInterval: time.Minute, MaximumAttempts: int32(p.Attempts)},
	})
}

// untilOursIsBack does an activity anew whose last try found our own database away: the time and the tries that its policy
// has are meant for the outside, and an outage of ours must not use them up. Each round keeps the policy's pace.
func untilOursIsBack(ctx workflow.Context, result, activity any, args ...any) error {
	for {
		err := workflow.ExecuteActivity(ctx, activity, args...).Get(ctx, result)
		if !isOfType(err, activities.ErrorAway) {
			return err
		}
		workflow.GetLogger(ctx).Warn("the product's database was away until an activity's time was over; it is done anew", "error", err)
	}
}
