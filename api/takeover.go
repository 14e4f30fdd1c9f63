package api

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"salesbot/crm"
	"salesbot/db"
)

func (s *Server) takeOverRoutes() {
	register(s, Operation{ID: "takeOver", Method: http.MethodPost, Repeat: Keyed, Path: "/api/v4/leads/{id}/take_over", Tag: runsTag, Role: crm.Manager, Status: http.StatusAccepted,
		Summary: "Take a lead's chats over from its bots", Description: "Holds the bots and assigns the lead to the user in one act. When it answers, no bot writes to this lead any more.",
		Settle: s.silence}, s.takeOver)
	register(s, Operation{ID: "handBack", Method: http.MethodPost, Repeat: Keyed, Path: "/api/v4/leads/{id}/hand_back", Tag: runsTag, Role: crm.Manager, Status: http.StatusAccepted,
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
	return None{}, s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) error { return tx.TakeOver(ctx, actorOf(ctx), p.ID, user.ID) })
}

// longestSend is more than a provider's call may take; a message that is still out then was lost with its process.
const longestSend = 30 * time.Second

// silence waits until no message of the lead's bots is at a provider: those were on their way before the take-over.
func (s *Server) silence(c echo.Context) error {
	var lead byID
	if err := decodeParams(c, &lead); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), longestSend)
	defer cancel()
	const look = 100 * time.Millisecond // another process may end the call, which no watch of ours sees
	again := time.NewTicker(look)
	defer again.Stop()
	for {
		calling, err := s.Store.Calling(ctx, lead.ID)
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
