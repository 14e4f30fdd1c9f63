package db

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// arrivingFor is how long a file may be on its way: longer than the slowest body that the server puts up with.
const arrivingFor = 3 * time.Hour

// collectedAtOnce is how many files one look of the collector finds.
const collectedAtOnce = 100

// CollectFiles removes what nobody needs: files that no message and no bot has named for a day, what was on its way when
// a process died, and blobs whose row is gone. A row goes before its blob, never the other way round, and the blob's
// name is kept until it is gone; so it may be interrupted anywhere, and several processes may do it at once.
func (s *Store) CollectFiles(ctx context.Context) error {
	if s.blobs == nil {
		return errNoBlobs
	}
	for {
		ids, err := s.forgotten(ctx)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := s.forget(ctx, id); err != nil {
				return err
			}
		}
		if len(ids) < collectedAtOnce {
			break
		}
	}
	if err := s.emptyTrash(ctx); err != nil {
		return err
	}
	return s.blobs.Sweep(ctx, time.Now().Add(-arrivingFor)) // a file's own time is the machine's
}

const isForgotten = "loose AND (created_at < ? OR arriving AND created_at < ?)"

func (s *Store) forgotten(ctx context.Context) ([]string, error) {
	var ids []string
	now := s.Now()
	err := s.read.NewSelect().Model((*fileRow)(nil)).Column("id").Where(isForgotten, now.Add(-fileDay), now.Add(-arrivingFor)).
		Order("created_at").Limit(collectedAtOnce).Scan(ctx, &ids)
	if err != nil {
		return nil, fmt.Errorf("look for files that nobody names: %w", err)
	}
	return ids, nil
}

// forget deletes the row if it is still one that nobody names, and writes down which blob has to follow.
func (s *Store) forget(ctx context.Context, id string) error {
	return s.Change(ctx, func(ctx context.Context, tx *Tx) error {
		var blobs []string
		_, err := tx.NewDelete().Model((*fileRow)(nil)).Where("id = ?", id).
			Where(isForgotten, tx.Now.Add(-fileDay), tx.Now.Add(-arrivingFor)).Returning("blob").Exec(ctx, &blobs)
		if err != nil {
			return fmt.Errorf("forget file %s: %w", id, err)
		}
		for _, blob := range blobs {
			if err := tx.trash(ctx, blob); err != nil {
				return err
			}
		}
		return nil
	})
}

// trash writes down that a blob has to go.
func (tx *Tx) trash(ctx context.Context, blob string) error {
	if blob == "" {
		return nil
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO file_trash (blob, created_at) VALUES (?, ?) ON CONFLICT (blob) DO NOTHING", blob, tx.Now); err != nil {
		return fmt.Errorf("write down that blob %s has to go: %w", blob, err)
	}
	return nil
}

// emptyTrash leaves what can't be deleted now for another time, and goes on with the rest.
func (s *Store) emptyTrash(ctx context.Context) error {
	var failed []error
	for after := ""; ; {
		var blobs []string
		err := s.read.NewSelect().Table("file_trash").Column("blob").Where("blob > ?", after).Order("blob").Limit(collectedAtOnce).Scan(ctx, &blobs)
		if err != nil {
			return fmt.Errorf("look for blobs that have to go: %w", err)
		}
		for _, blob := range blobs {
			if err := s.burn(ctx, blob); err != nil {
				failed = append(failed, err)
			}
			after = blob
		}
		if len(blobs) < collectedAtOnce || ctx.Err() != nil {
			return errors.Join(failed...)
		}
	}
}

// burn deletes a blob that was written down as trash, and then what was written down.
func (s *Store) burn(ctx context.Context, blob string) error {
	if err := s.blobs.Delete(ctx, blob); err != nil {
		return err
	}
	return s.Change(ctx, func(ctx context.Context, tx *Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM file_trash WHERE blob = ?", blob)
		return err
	})
}
