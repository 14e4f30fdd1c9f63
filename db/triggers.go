package db

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"salesbot/crm"
)

// Triggers lists what launches a bot, the first one first.
func (s *Store) Triggers(ctx context.Context, botID int64) ([]crm.Trigger, error) {
	var triggers []crm.Trigger
	if err := s.read.NewSelect().Model(&triggers).Where("bot_id = ?", botID).Order("priority", "id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("read triggers: %w", err)
	}
	return triggers, nil
}

// AddTrigger makes a bot launch by itself, after all other triggers. Adding the same trigger again gives the first one,
// which then stands alongside others or not, as it was said last.
func (tx *Tx) AddTrigger(ctx context.Context, actor crm.Actor, t crm.Trigger) (crm.Trigger, error) {
	if _, err := tx.lockBot(ctx, t.BotID); err != nil {
		return t, err
	}
	if err := tx.checkTrigger(ctx, t); err != nil {
		return t, err
	}
	same := tx.NewSelect().Model((*crm.Trigger)(nil)).Where("bot_id = ?", t.BotID).Where("kind = ?", t.Kind).
		Where("pipeline_id = ?", t.PipelineID).Where("stage_id = ?", t.StageID).Where("channel_id = ?", t.ChannelID)
	var there []crm.Trigger
	if err := same.Scan(ctx, &there); err != nil {
		return t, fmt.Errorf("look for the trigger: %w", err)
	}
	if len(there) > 0 {
		return tx.UpdateTrigger(ctx, actor, there[0].BotID, there[0].ID, TriggerChange{Alongside: &t.Alongside})
	}
	err := tx.NewSelect().Model((*crm.Trigger)(nil)).ColumnExpr("COALESCE(max(priority), 0) + 1").Scan(ctx, &t.Priority)
	if err != nil {
		return t, fmt.Errorf("read the triggers' order: %w", err)
	}
	t.CreatedAt = tx.Now
	if _, err := tx.NewInsert().Model(&t).Exec(ctx); err != nil {
		return t, fmt.Errorf("add trigger: %w", err)
	}
	return t, tx.event(ctx, actor, crm.BotChangedEvent{BotID: t.BotID, After: crm.BotPart{TriggerID: t.ID}})
}

// DeleteTrigger takes a trigger away from its bot.
func (tx *Tx) DeleteTrigger(ctx context.Context, actor crm.Actor, botID, id int64) error {
	result, err := tx.NewDelete().Model((*crm.Trigger)(nil)).Where("id = ?", id).Where("bot_id = ?", botID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("delete trigger %d: %w", id, err)
	}
	if err := touched(result, "trigger", id); err != nil {
		return err
	}
	return tx.event(ctx, actor, crm.BotChangedEvent{BotID: botID, After: crm.BotPart{TriggerDeleted: id}})
}

func (tx *Tx) checkTrigger(ctx context.Context, t crm.Trigger) error {
	if err := checkNarrowing(t); err != nil {
		return err
	}
	if t.ChannelID != 0 {
		if err := tx.exists(ctx, "channel_id", (*crm.Channel)(nil), t.ChannelID); err != nil {
			return err
		}
	}
	if t.PipelineID == 0 {
		return nil
	}
	if err := tx.holdPipeline(ctx, t.PipelineID); err != nil || t.StageID == 0 {
		return blame("pipeline_id", err)
	}
	if _, err := stageOf(ctx, tx, t.PipelineID, t.StageID); err != nil {
		return blame("status_id", err)
	}
	return nil
}

// checkNarrowing refuses what means nothing for the kind of trigger.
func checkNarrowing(t crm.Trigger) error {
	switch t.Kind {
	case crm.TriggerTalkStarted, crm.TriggerMessage, crm.TriggerNoBot:
		if t.PipelineID != 0 || t.StageID != 0 {
			return crm.FieldError("pipeline_id", "a trigger on messages is narrowed by channel_id, not by pipeline or stage")
		}
		if t.Alongside {
			return crm.FieldError("alongside", "a message launches one bot; only triggers at a stage stand alongside others")
		}
	case crm.TriggerStageCreated, crm.TriggerStageMoved, crm.TriggerStageEntered:
		if t.ChannelID != 0 {
			return crm.FieldError("channel_id", "a trigger at a stage is narrowed by pipeline_id and status_id, not by channel")
		}
		if t.StageID != 0 && t.PipelineID == 0 {
			return crm.FieldError("pipeline_id", "say to which pipeline the stage belongs")
		}
	default:
		return crm.FieldError("kind", "%q is none of talk_started, message, no_bot_running, stage_created, stage_moved, stage_entered", t.Kind)
	}
	return nil
}

// exists blames a field that names a row which is not there.
func (tx *Tx) exists(ctx context.Context, field string, model any, id int64) error {
	ok, err := tx.NewSelect().Model(model).Where("id = ?", id).Exists(ctx)
	if err != nil {
		return fmt.Errorf("look for %s %d: %w", field, id, err)
	}
	if !ok {
		return crm.FieldError(field, "%d does not exist", id)
	}
	return nil
}

// StageTriggers are those that a lead pulls which comes to the stage in one of these ways, the first one first.
func (tx *Tx) StageTriggers(ctx context.Context, pipelineID, stageID int64, kinds ...crm.TriggerKind) ([]crm.Trigger, error) {
	var triggers []crm.Trigger
	err := tx.liveTriggers(&triggers, kinds).Where("trigger.pipeline_id IN (0, ?)", pipelineID).Where("trigger.stage_id IN (0, ?)", stageID).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("read triggers: %w", err)
	}
	return triggers, nil
}

// liveTriggers are those of active, published bots.
func (tx *Tx) liveTriggers(into *[]crm.Trigger, kinds []crm.TriggerKind) *bun.SelectQuery {
	return inOrder(tx.NewSelect().Model(into)).Join("JOIN bots ON bots.id = trigger.bot_id").
		Where("bots.is_active = ?", true).Where("bots.version_id <> 0").Where("bots.deleted_at IS NULL").
		Where("trigger.kind IN (?)", bun.List(kinds))
}
