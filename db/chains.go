package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

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

// A circle may also lead through a service outside, which is called by a webhook and launches the bot anew, through the
// API or by a stage. Nothing in such a launch tells what caused it, so it is counted how often there is one: at most
// mostByPrograms of a bot on a lead within programsWindow, more than any process of people needs.
const (
	mostByPrograms = 30
	programsWindow = 10 * time.Minute
)

// follow places a run behind the one that causes it. The error says why it may not be launched.
func (tx *Tx) follow(ctx context.Context, run *crm.Run, causeID int64) error {
	if causeID == 0 {
		return tx.pace(ctx, *run)
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

// pace refuses a launch by a program that comes too soon after many others. A client's message and a person's click are
// no program's.
func (tx *Tx) pace(ctx context.Context, run crm.Run) error {
	if run.LaunchedBy == "user" || run.MessageID != "" {
		return nil
	}
	var earlier time.Time // when the one was launched that is mostByPrograms before this one
	err := tx.NewSelect().Model((*crm.Run)(nil)).Column("created_at").Where("lead_id = ?", run.LeadID).Where("workflow_id = ?", run.WorkflowID).
		Where("bot_id = ?", run.BotID).Where("launched_by = ?", run.LaunchedBy).Where("message_id = ''").Where("status <> ?", bot.RunRefused).
		OrderExpr("id DESC").Offset(mostByPrograms-1).Limit(1).Scan(ctx, &earlier)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("count the bot's launches: %w", err)
	}
	left := earlier.Add(programsWindow).Sub(tx.Now)
	if left <= 0 {
		return nil
	}
	refusal := crm.Errorf(crm.TooMany, "bot %d was launched %d times within %d minutes on this lead or contact by the API or a stage, which looks like a circle: "+
		"a service that the bot's webhook calls must not launch the bot again, or move the lead to where it is launched, each time", run.BotID, mostByPrograms, int(programsWindow.Minutes()))
	refusal.RetryAfter = left
	if run.LaunchedBy == byTrigger {
		refusal.Code = crm.Conflict // there is nobody to come back later
	}
	tx.store.log.Warn("a bot is launched in a circle", "bot", run.BotID, "lead", run.LeadID, "by", run.LaunchedBy)
	return refusal
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
