package api

import (
	"context"
	"net/http"
	"time"

	"salesbot/crm"
	"salesbot/db"
)

func (s *Server) takeOverRoutes() {
	register(s, Operation{ID: "takeOver", Method: http.MethodPost, Path: "/api/v4/leads/{id}/take_over", Tag: runsTag, Role: crm.Manager, Status: http.StatusAccepted,
		Summary: "Take a lead's chats over from its bots", Description: "Holds the bots and assigns the lead to the user in one act. When it answers, no bot writes to this lead any more."}, s.takeOver)
	register(s, Operation{ID: "handBack", Method: http.MethodPost, Path: "/api/v4/leads/{id}/hand_back", Tag: runsTag, Role: crm.Manager, Status: http.StatusAccepted,
		Summary: "Give a lead's chats back to its bots"}, s.handBack)
}

type takeOverBody struct {
	// UserID is who takes over; without it, the caller.
	UserID int64 `json:"user_id,omitempty"`
}

func (s *Server) takeOver(ctx context.Context, p byID, body takeOverBody) (None, error) {
	if body.UserID == 0 {
		body.UserID = callerOf(ctx).UserID
	}
	if body.UserID == 0 {
		return None{}, crm.FieldError("user_id", "say who takes over; this token has no user")
	}
	user, err := s.Store.User(ctx, body.UserID)
	if err != nil || !user.IsActive {
		return None{}, crm.FieldError("user_id", "there is no active user %d", body.UserID)
	}
	err = s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) error { return tx.TakeOver(ctx, actorOf(ctx), p.ID, user.ID) })
	if err != nil {
		return None{}, err
	}
	return None{}, s.silence(ctx, p.ID)
}

// longestSend is more than a provider's call may take; a message that is still out then was lost with its process.
const longestSend = 30 * time.Second

// silence waits until no message of the lead's bots is at a provider: those were on their way before the take-over.
func (s *Server) silence(ctx context.Context, leadID int64) error {
	ctx, cancel := context.WithTimeout(ctx, longestSend)
	defer cancel()
	const look = 100 * time.Millisecond // another process may end the call, which no watch of ours sees
	again := time.NewTicker(look)
	defer again.Stop()
	for {
		calling, err := s.Store.Calling(ctx, leadID)
		if err != nil || calling == 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-again.C:
		}
	}
}

func (s *Server) handBack(ctx context.Context, p byID, _ None) (None, error) {
	return None{}, s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) error { return tx.HandBack(ctx, actorOf(ctx), p.ID) })
}
