package app

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"salesbot/db"
)

// backlog tells, whenever the metrics are read, what waits to be done. The figures are the database's, so that every process of
// an installation tells the same.
type backlog struct {
	store *db.Store
	log   *slog.Logger
}

var (
	mailUnsent = prometheus.NewDesc("salesbot_mail_unsent", "Letters to conversations that Temporal has not got.", nil, nil)
	mailOldest = prometheus.NewDesc("salesbot_mail_oldest_seconds", "For how long the first of them has waited; 0 if there is none.", nil, nil)
	runsAlive  = prometheus.NewDesc("salesbot_runs", "Runs that have not ended, by status.", []string{"status"}, nil)
	runsLate   = prometheus.NewDesc("salesbot_runs_overdue", "Runs whose timer has been over for more than a minute.", nil, nil)
	runsIdle   = prometheus.NewDesc("salesbot_runs_idle", "Runs that have been busy with one step for more than ten minutes.", nil, nil)
	calling    = prometheus.NewDesc("salesbot_messages_calling", "Messages that a provider has had for over a minute without an answer.", nil, nil)
	behind     = prometheus.NewDesc("salesbot_relay_behind_events", "Events that a relay has still to hand over, about.", []string{"relay"}, nil)
)

// Describe names the figures.
func (b backlog) Describe(all chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{mailUnsent, mailOldest, runsAlive, runsLate, runsIdle, calling, behind} {
		all <- d
	}
}

// Collect counts. While the database is away the figures are missing, which an alert can tell from zero.
func (b backlog) Collect(all chan<- prometheus.Metric) {
	const patience = 5 * time.Second
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	waits, err := b.store.Backlog(ctx)
	if err != nil {
		b.log.Warn("the metrics of what waits are missing", "error", err)
		return
	}
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		all <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	gauge(mailUnsent, float64(waits.UnsentMail))
	gauge(mailOldest, waits.OldestMail.Seconds())
	gauge(runsLate, float64(waits.Overdue))
	gauge(runsIdle, float64(waits.Idle))
	gauge(calling, float64(waits.Calling))
	for status, n := range waits.Runs {
		gauge(runsAlive, float64(n), string(status))
	}
	for relay, n := range waits.Behind {
		gauge(behind, float64(n), relay)
	}
}
