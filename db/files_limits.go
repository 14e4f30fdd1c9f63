package db

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"salesbot/crm"
)

// FileLimits bound in bytes what strangers send us; 0 is no limit. Visitor, Address and Channel are for any 24 hours.
type FileLimits struct {
	// Visitor is one client's on one channel; Address what comes from one network; Channel what all of a channel's send.
	Visitor, Address, Channel int64
	// Unattached is what lies here of all strangers' files that no message names.
	Unattached int64
}

// fileDay is how long a file counts, and how long one may lie here without a message that names it.
const fileDay = 24 * time.Hour

// checkFileLimits says whether there is room for a file that a stranger sends. Whatever is on its way counts as if it
// were here. The check and the row that takes the room are one at a time, or two would find the same room.
func (tx *Tx) checkFileLimits(ctx context.Context, row fileRow) error {
	if row.ChannelID == 0 {
		return nil
	}
	if tx.store.Postgres() {
		if _, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ' files', 0))"); err != nil {
			return fmt.Errorf("lock the count of files: %w", err)
		}
	}
	limits := tx.store.fileLimits
	for _, limit := range []struct {
		most  int64
		of    func(*bun.SelectQuery) *bun.SelectQuery
		words string
	}{
		{limits.Visitor, where("chat_id = ?", row.ChatID), "These are more files than one person may send in a day. Write instead, or send this one tomorrow"},
		{limits.Address, where("network <> '' AND network = ?", row.Network), "Too many files came from your network today. Write instead, or send this one tomorrow"},
		{limits.Channel, where("channel_id <> 0 AND channel_id = ?", row.ChannelID), "We can't take more files today. Write instead, or send this one tomorrow"},
		{limits.Unattached, where("loose AND channel_id <> ?", 0), "We can't take more files at the moment. Write instead, or send this one later"},
	} {
		if err := tx.roomFor(ctx, row.Size, limit.most, limit.of, limit.words); err != nil {
			return err
		}
	}
	return nil
}

func where(condition string, value any) func(*bun.SelectQuery) *bun.SelectQuery {
	return func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where(condition, value) }
}

// roomFor refuses with the time at which the oldest file that counts will count no more.
func (tx *Tx) roomFor(ctx context.Context, size, most int64, of func(*bun.SelectQuery) *bun.SelectQuery, words string) error {
	if most <= 0 {
		return nil
	}
	count := func() *bun.SelectQuery {
		return of(tx.NewSelect().Model((*fileRow)(nil))).Where("created_at > ?", tx.Now.Add(-fileDay))
	}
	var used int64
	if err := count().ColumnExpr("COALESCE(SUM(size), 0)").Scan(ctx, &used); err != nil {
		return fmt.Errorf("count what has come: %w", err)
	}
	if used+size <= most {
		return nil
	}
	wait := fileDay
	var oldest []time.Time
	if err := count().Column("created_at").Order("created_at").Limit(1).Scan(ctx, &oldest); err != nil {
		return fmt.Errorf("look for the oldest that has come: %w", err)
	}
	if len(oldest) > 0 {
		wait = oldest[0].Add(fileDay).Sub(tx.Now)
	}
	return &crm.Error{Code: crm.TooMany, Message: words, RetryAfter: wait}
}

// networkMark stands for an address: it tells whether two are the same, and nobody which.
func (s *Store) networkMark(network string) string {
	if network == "" {
		return ""
	}
	mac := hmac.New(sha256.New, s.keys.file)
	mac.Write([]byte("network\x00" + network))
	const enough = 12
	return hex.EncodeToString(mac.Sum(nil)[:enough])
}
