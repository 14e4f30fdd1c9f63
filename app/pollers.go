package app

import (
	"context"
	"sync"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
)

const (
	// pollerLasts is how long what Temporal has said of a queue is believed: a bot's editor asks at every stroke.
	pollerLasts = 5 * time.Second
	// pollerAge is how old a poll may be: a worker's poll lasts a minute, and Temporal remembers it for five.
	pollerAge = 90 * time.Second
)

// pollers knows which task queues have workers for activities.
type pollers struct {
	temporal client.Client
	mu       sync.Mutex
	known    map[string]polled
}

type polled struct {
	has   bool
	until time.Time
}

func newPollers(temporal client.Client) *pollers {
	return &pollers{temporal: temporal, known: map[string]polled{}}
}

func (p *pollers) has(ctx context.Context, queue string) (bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if one := p.known[queue]; now.Before(one.until) {
		return one.has, nil
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	described, err := p.temporal.DescribeTaskQueue(ctx, queue, enumspb.TASK_QUEUE_TYPE_ACTIVITY)
	if err != nil {
		return false, err
	}
	one := polled{until: now.Add(pollerLasts)}
	for _, poller := range described.GetPollers() {
		one.has = one.has || now.Sub(poller.GetLastAccessTime().AsTime()) < pollerAge
	}
	p.known[queue] = one
	return one.has, nil
}
