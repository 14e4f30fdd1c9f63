package api

import (
	"context"
	"net/http"

	"salesbot/crm"
	"salesbot/db"
)

func (s *Server) triggerRoutes() {
	register(s, Operation{ID: "listTriggers", Method: http.MethodGet, Path: "/api/v4/bots/{id}/triggers", Tag: botsTag, Role: crm.Manager,
		Summary: "List what launches a bot by itself",
		Description: "In the order in which triggers are asked. An event launches one bot, that of the first trigger that matches, and at a stage those that stand alongside. " +
			"collisions names the triggers of other bots that the same event may match."}, s.listTriggers)
	register(s, Operation{ID: "addTrigger", Method: http.MethodPost, Repeat: Keyed, Path: "/api/v4/bots/{id}/triggers", Tag: botsTag, Role: crm.Administrator,
		Status: http.StatusCreated, Summary: "Let a bot launch by itself", Description: "400 if the bot would come back to itself through others without waiting."}, s.addTrigger)
	register(s, Operation{ID: "updateTrigger", Method: http.MethodPatch, Path: "/api/v4/bots/{id}/triggers/{trigger}", Tag: botsTag, Role: crm.Administrator,
		Summary: "Move a trigger in the order in which triggers are asked"}, s.updateTrigger)
	register(s, Operation{ID: "deleteTrigger", Method: http.MethodDelete, Path: "/api/v4/bots/{id}/triggers/{trigger}", Tag: botsTag, Role: crm.Administrator,
		Summary: "Take a trigger away"}, s.deleteTrigger)
}

type triggerJSON struct {
	ID         int64           `json:"id"`
	BotID      int64           `json:"bot_id"`
	Kind       crm.TriggerKind `json:"kind"`
	PipelineID int64           `json:"pipeline_id"`
	StatusID   int64           `json:"status_id"`
	ChannelID  int64           `json:"channel_id"`
	// Priority decides among triggers of one kind that match the same event: the smallest goes first.
	Priority  int64 `json:"priority"`
	Alongside bool  `json:"alongside"`
	CreatedAt int64 `json:"created_at"`
	// Collisions are the triggers of other bots that the same event may match; one bot of them is launched.
	Collisions []collisionJSON `json:"collisions"`
}

type collisionJSON struct {
	TriggerID int64           `json:"trigger_id"`
	BotID     int64           `json:"bot_id"`
	BotName   string          `json:"bot_name"`
	Kind      crm.TriggerKind `json:"kind"`
	// GoesFirst says that it is the other bot that is launched.
	GoesFirst bool `json:"goes_first"`
}

type triggersEmbedded struct {
	Triggers []triggerJSON `json:"triggers"`
}

func (s *Server) showTriggers(ctx context.Context, triggers []crm.Trigger) ([]triggerJSON, error) {
	collisions, err := s.Store.Collisions(ctx, triggers)
	return showAll(ctx, triggers, func(ctx context.Context, t crm.Trigger) triggerJSON {
		return triggerJSON{ID: t.ID, BotID: t.BotID, Kind: t.Kind, PipelineID: t.PipelineID, StatusID: t.StageID, ChannelID: t.ChannelID, Priority: t.Priority,
			Alongside: t.Alongside, CreatedAt: unix(t.CreatedAt), Collisions: showAll(ctx, collisions[t.ID], showCollision)}
	}), err
}

func (s *Server) showTrigger(ctx context.Context, t crm.Trigger) (triggerJSON, error) {
	shown, err := s.showTriggers(ctx, []crm.Trigger{t})
	return shown[0], err
}

func showCollision(_ context.Context, c db.Collision) collisionJSON {
	return collisionJSON{TriggerID: c.ID, BotID: c.BotID, BotName: c.BotName, Kind: c.Kind, GoesFirst: c.First}
}

func (s *Server) listTriggers(ctx context.Context, p byID, _ None) (Collection[triggersEmbedded], error) {
	list, err := s.Store.Triggers(ctx, p.ID)
	if err != nil {
		return Collection[triggersEmbedded]{}, err
	}
	shown, err := s.showTriggers(ctx, list)
	return whole(ctx, len(list), triggersEmbedded{Triggers: shown}), err
}

// newTrigger: what is left out, or 0, is any.
type newTrigger struct {
	Kind       crm.TriggerKind `json:"kind" enum:"talk_started,message,no_bot_running,stage_created,stage_moved,stage_entered"`
	PipelineID int64           `json:"pipeline_id,omitempty"`
	StatusID   int64           `json:"status_id,omitempty"`
	ChannelID  int64           `json:"channel_id,omitempty"`
	// Alongside, for kinds at a stage, launches the bot whatever other bot the stage launches.
	Alongside bool `json:"alongside,omitempty"`
}

func (s *Server) addTrigger(ctx context.Context, p byID, body newTrigger) (triggerJSON, error) {
	t := crm.Trigger{BotID: p.ID, Kind: body.Kind, PipelineID: body.PipelineID, StageID: body.StatusID, ChannelID: body.ChannelID, Alongside: body.Alongside}
	if err := s.closesCircle(ctx, t); err != nil {
		return triggerJSON{}, err
	}
	err := s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		t, err = tx.AddTrigger(ctx, actorOf(ctx), t)
		return err
	})
	if err != nil {
		return triggerJSON{}, err
	}
	return s.showTrigger(ctx, t)
}

// triggerChange: before and after name the trigger, of whichever bot, beside which this one moves.
type triggerChange struct {
	Before    int64 `json:"before,omitempty"`
	After     int64 `json:"after,omitempty"`
	Alongside *bool `json:"alongside,omitempty"`
}

func (s *Server) updateTrigger(ctx context.Context, p triggerParams, body triggerChange) (triggerJSON, error) {
	var t crm.Trigger
	err := s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		t, err = tx.UpdateTrigger(ctx, actorOf(ctx), p.ID, p.Trigger, db.TriggerChange{Before: body.Before, After: body.After, Alongside: body.Alongside})
		return err
	})
	if err != nil {
		return triggerJSON{}, err
	}
	return s.showTrigger(ctx, t)
}

type triggerParams struct {
	byID

	Trigger int64 `path:"trigger"`
}

func (s *Server) deleteTrigger(ctx context.Context, p triggerParams, _ None) (None, error) {
	return None{}, s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) error {
		return tx.DeleteTrigger(ctx, actorOf(ctx), p.ID, p.Trigger)
	})
}
