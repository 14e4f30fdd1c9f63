package app

import (
	"context"
	"errors"
)

var errLostDatabase = errors.New("another salesbot has started its embedded Temporal server on this database while PostgreSQL did not know " +
	"of this one any more, as after a restart of PostgreSQL; this one stops, to leave the conversations to it. Run one of the two, or a " +
	"Temporal cluster and set TEMPORAL_ADDRESS in both")

// holdLocks returns an error as soon as this process must not go on, because another one has, or may have, what it works on.
func (a *App) holdLocks(ctx context.Context) error {
	var folder <-chan error
	if a.folder != nil {
		folder = a.folder.lost
	}
	var database <-chan struct{}
	if a.embedded != nil {
		database = a.embedded.Lost()
	}
	select {
	case <-ctx.Done():
		return nil
	case err := <-folder:
		return err
	case <-database:
		return errLostDatabase
	}
}
