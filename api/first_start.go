package api

import (
	"context"
	"fmt"
	"net/http"

	"salesbot/crm"
	"salesbot/db"
)

func (s *Server) firstStartRoutes() {
	const tag, path = "Account", "/api/v4/first_start"
	register(s, Operation{ID: "getFirstStart", Method: http.MethodGet, Path: path, Tag: tag, Role: crm.Manager, Summary: "Say whether to show what to do first",
		Description: "It is shown while the account has no lead, to every user until that user has dismissed it."}, s.getFirstStart)
	register(s, Operation{ID: "dismissFirstStart", Method: http.MethodDelete, Path: path, Tag: tag, Role: crm.Manager,
		Status: http.StatusNoContent, Summary: "Dismiss what to do first", Description: "For the user who asks, in every browser."}, s.dismissFirstStart)
}

type firstStartJSON struct {
	IsShown bool `json:"is_shown"`
}

// firstStartSetting is the name under which it is kept that the caller has dismissed it.
func firstStartSetting(ctx context.Context) string {
	return fmt.Sprintf("first_start_dismissed.%d", callerOf(ctx).UserID)
}

func (s *Server) getFirstStart(ctx context.Context, _ None, _ None) (firstStartJSON, error) {
	var dismissed bool
	if _, err := s.Store.Setting(ctx, firstStartSetting(ctx), &dismissed); err != nil || dismissed {
		return firstStartJSON{}, err
	}
	found, err := s.Store.HasLead(ctx)
	return firstStartJSON{IsShown: !found}, err
}

func (s *Server) dismissFirstStart(ctx context.Context, _ None, _ None) (None, error) {
	return None{}, s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) error {
		return tx.SetSetting(ctx, firstStartSetting(ctx), true)
	})
}
