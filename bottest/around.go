package bottest

import (
	"context"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/interceptor"
)

// around puts Options.Around around every activity.
type around struct {
	interceptor.WorkerInterceptorBase

	w *World
}

func (a *around) InterceptActivity(_ context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	return &aroundActivity{ActivityInboundInterceptorBase: interceptor.ActivityInboundInterceptorBase{Next: next}, w: a.w}
}

// inside marks the context within: the test environment runs a local activity's interceptors a second time there.
type inside struct{}

type aroundActivity struct {
	interceptor.ActivityInboundInterceptorBase

	w *World
}

func (a *aroundActivity) ExecuteActivity(ctx context.Context, in *interceptor.ExecuteActivityInput) (any, error) {
	if a.w.options.Around == nil || ctx.Value(inside{}) != nil {
		return a.Next.ExecuteActivity(ctx, in)
	}
	next := func() (any, error) { return a.Next.ExecuteActivity(context.WithValue(ctx, inside{}, true), in) }
	return a.w.options.Around(a.w, activity.GetInfo(ctx).ActivityType.Name, next)
}
