package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"salesbot/db"
	"salesbot/postman"
)

// Resend brings back what a Temporal cluster has lost: mail that was sent since that long ago and that no conversation has
// handled is sent again, and all conversations are compared with their workflows. It works beside running servers, and is
// harmless where nothing was lost. The embedded Temporal needs none: it does the same at the first start after a loss.
func Resend(ctx context.Context, config Config, since time.Duration, out io.Writer) error {
	if config.embedsTemporal() {
		return errors.New("the embedded Temporal finds out by itself what it has lost, at the next start; this command is for an outside cluster (TEMPORAL_ADDRESS)")
	}
	keys, err := openKeys(config)
	if err != nil {
		return err
	}
	_, metrics, err := newMetrics()
	if err != nil {
		return err
	}
	log := slog.New(slog.DiscardHandler)
	temporal, err := dial(ctx, config, "", config.payloadKey(keys), log, metrics)
	if err != nil {
		return err
	}
	defer temporal.Close()
	return withStore(ctx, config, func(store *db.Store) error {
		if err := postman.New(store, temporal, log).Recover(ctx, store.Now().Add(-since)); err != nil {
			return err
		}
		_, err := fmt.Fprintf(out, "Mail of the last %s that no conversation has handled is sent again, and conversations whose workflow was gone have begun again.\n", since)
		return err
	})
}
