package api

import (
	"context"
	"net/http"

	"salesbot/crm"
	"salesbot/db"
)

func (s *Server) triggerRoutes() {
	register(s, Operation{ID: "listTriggers", Method: http.MethodGet, Path: "/api/v4/bots/{id}/triggers", Tag: botsTag, Role: crm.Manager,
		Summary: "List what launches a bot by itself"}, s.listTriggers)
	register(s, Operation{ID: "addTrigger", Method: http.MethodPost, Repeat: Keyed, Path: "/api/v4/bots/{id}/triggers", Tag: botsTag, Role: crm.Administrator,
		Status: http.StatusCreated, Summary: "Let a bot launch by itself"}, s.addTrigger)
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
	CreatedAt  int64           `json:"created_at"`
}

type triggersEmbedded struct {
	Triggers []triggerJSON `json:"triggers"`
}

func showTrigger(_ context.Context, t crm.Trigger) triggerJSON {
	return triggerJSON{ID: t.ID, BotID: t.BotID, Kind: t.Kind, PipelineID: t.PipelineID, StatusID: t.StageID, ChannelID: t.ChannelID, CreatedAt: unix(t.CreatedAt)}
}

func (s *Server) listTriggers(ctx context.Context, p byID, _ None) (Collection[triggersEmbedded], error) {
	list, err := s.Store.Triggers(ctx, p.ID)
	return whole(ctx, len(list), triggersEmbedded{Triggers: showAll(ctx, list, showTrigger)}), err
}

// newTrigger: what is left out, or 0, is any.
type newTrigger struct {
	Kind       crm.TriggerKind `json:"kind" enum:"talk_started,message,no_bot_running,stage_created,stage_moved,stage_entered"`
	PipelineID int64           `json:"pipeline_id,omitempty"`
	StatusID   int64           `json:"status_id,omitempty"`
	ChannelID  int64           `json:"channel_id,omitempty"`
}

func (s *Server) addTrigger(ctx context.Context, p byID, body newTrigger) (triggerJSON, error) {
	t := crm.Trigger{BotID: p.ID, Kind: body.Kind, PipelineID: body.PipelineID, StageID: body.StatusID, ChannelID: body.ChannelID}
	err := s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		t, err = tx.AddTrigger(ctx, actorOf(ctx), t)
		return err
	})
	return showTrigger(ctx, t), err
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
