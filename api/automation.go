package api

import (
	"context"
	"net/http"
	"unicode/utf8"

	"salesbot/crm"
	"salesbot/db"
)

// The settings that bots go by: when the account works, and what signs their webhooks.

func (s *Server) automationRoutes() {
	const tag = "Account"
	register(s, Operation{ID: "getWorkingHours", Method: http.MethodGet, Path: "/api/v4/account/working_hours", Tag: tag, Role: crm.Manager,
		Summary: "Get the working hours", Description: "Bots that wait outside working hours go by them. Without any the account always works."}, s.getWorkingHours)
	register(s, Operation{ID: "setWorkingHours", Method: http.MethodPut, Path: "/api/v4/account/working_hours", Tag: tag, Role: crm.Administrator,
		Summary: "Set the working hours"}, s.setWorkingHours)
	register(s, Operation{ID: "setWebhookSecret", Method: http.MethodPut, Path: "/api/v4/account/webhook_secret", Tag: tag, Role: crm.Administrator, Status: http.StatusNoContent,
		Summary: "Set what signs the webhooks of bots", Description: "Kept encrypted and never shown again. An empty secret ends the signing."}, s.setWebhookSecret)
}

func (s *Server) getWorkingHours(ctx context.Context, _ None, _ None) (crm.WorkingHours, error) {
	var hours crm.WorkingHours
	_, err := s.Store.Setting(ctx, crm.SettingWorkingHours, &hours)
	return hours, err
}

func (s *Server) setWorkingHours(ctx context.Context, _ None, hours crm.WorkingHours) (crm.WorkingHours, error) {
	if err := hours.Validate(); err != nil {
		return hours, err
	}
	return hours, s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) error { return tx.SetSetting(ctx, crm.SettingWorkingHours, hours) })
}

type webhookSecretBody struct {
	// Secret has 16 to 200 characters, or none.
	Secret string `json:"secret"`
}

func (s *Server) setWebhookSecret(ctx context.Context, _ None, body webhookSecretBody) (None, error) {
	const shortest, longest = 16, 200
	if n := utf8.RuneCountInString(body.Secret); n != 0 && (n < shortest || n > longest) {
		return None{}, crm.FieldError("secret", "must have %d to %d characters, or none", shortest, longest)
	}
	return None{}, s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) error {
		return tx.SealSetting(ctx, crm.SettingWebhookSecret, body.Secret)
	})
}
