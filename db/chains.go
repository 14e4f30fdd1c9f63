package db

import (
	"context"
	"fmt"

	"salesbot/bot"
	"salesbot/crm"
)

// Bots that launch one another would never end by themselves. Two limits hold them: at most mostNested runs stand inside
// one another, the outermost counted, and at most mostHops runs launch one another in a row, as sub-bots or by moving
// the lead to a stage, without any of them having waited for something from outside.
const (
	mostNested = 10
	mostHops   = 10
)

// follow places a run behind the one that causes it. The error says why it may not be launched.
func (tx *Tx) follow(ctx context.Context, run *crm.Run, causeID int64) error {
	if causeID == 0 {
		return nil
	}
	var cause crm.Run
	err := tx.NewSelect().Model(&cause).Column("id", "bot_id", "depth", "hops").Where("id = ?", causeID).Scan(ctx)
	if err := found(err, "run", causeID); err != nil {
		return err
	}
	run.Hops = cause.Hops + 1
	if run.ParentID != 0 {
		run.Depth = cause.Depth + 1
	}
	switch {
	case run.Depth >= mostNested:
		return crm.Errorf(crm.Conflict, "bots started one another %d deep, and bot %d would be the next; make sure that they do not start one another in a circle", mostNested, run.BotID)
	case run.Hops >= mostHops:
		return crm.Errorf(crm.Conflict, "bots launched one another %d times in a row without waiting for anybody, and bot %d would be the next; put a pause or a question into the circle", mostHops, run.BotID)
	}
	return nil
}

// refuseLaunch writes a run that ends where it would begin, so that people see that it was not launched, and why.
func (tx *Tx) refuseLaunch(ctx context.Context, actor crm.Actor, run crm.Run, reason string) (crm.Run, error) {
	tx.store.log.Warn("a bot is not launched", "bot", run.BotID, "lead", run.LeadID, "reason", reason)
	run.Status, run.Reason, run.EndedAt = string(bot.RunRefused), reason, &tx.Now
	if _, err := tx.NewInsert().Model(&run).Exec(ctx); err != nil {
		return run, fmt.Errorf("write the run: %w", err)
	}
	return run, tx.runEvent(ctx, actor, run)
}

// heardOutside begins the count of hops anew, for a run that waits for something from outside and for those that wait
// for it.
func (tx *Tx) heardOutside(ctx context.Context, run *crm.Run) error {
	run.Hops = 0
	for id := run.ParentID; id != 0; {
		var parent crm.Run
		err := tx.NewUpdate().Model(&parent).Set("hops = 0").Where("id = ?", id).Returning("parent_id").Scan(ctx)
		if err := found(err, "run", id); err != nil {
			return err
		}
		id = parent.ParentID
	}
	return nil
}
