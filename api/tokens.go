package api

import (
	"context"
	"net/http"
	"time"

	"salesbot/crm"
	"salesbot/db"
)

func (s *Server) tokenRoutes() {
	const tag = "Tokens"
	register(s, Operation{ID: "listTokens", Method: http.MethodGet, Path: "/api/v4/tokens", Tag: tag, Role: crm.Administrator, Summary: "List tokens"}, s.listTokens)
	register(s, Operation{ID: "addToken", Method: http.MethodPost, Repeat: Another, Path: "/api/v4/tokens", Tag: tag, Role: crm.Administrator,
		Status: http.StatusCreated, Summary: "Make a token", Description: "The answer is the only place where the token is ever shown. " +
			"A token never may do more than its maker may at that time, and does nothing once its maker is switched off."}, s.addToken)
	register(s, Operation{ID: "deleteToken", Method: http.MethodDelete, Path: "/api/v4/tokens/{id}", Tag: tag, Role: crm.Administrator, Summary: "Revoke a token"}, s.deleteToken)
}

type tokenJSON struct {
	ID         int64    `json:"id"`
	Name       string   `json:"name"`
	Role       crm.Role `json:"role"`
	CreatedBy  int64    `json:"created_by"`
	CreatedAt  int64    `json:"created_at"`
	ExpiresAt  *int64   `json:"expires_at"`
	LastUsedAt *int64   `json:"last_used_at"`
	// Token is the secret itself, only in the answer to making it.
	Token string `json:"token,omitempty"`
}

type tokensEmbedded struct {
	Tokens []tokenJSON `json:"tokens"`
}

type newToken struct {
	Name string `json:"name"`
	// Role is administrator unless said.
	Role crm.Role `json:"role,omitempty" enum:"administrator,manager"`
	// ExpiresAt is in Unix seconds; without it the token never expires.
	ExpiresAt *seconds `json:"expires_at,omitempty"`
}

func showToken(_ context.Context, t crm.Token) tokenJSON {
	return tokenJSON{ID: t.ID, Name: t.Name, Role: t.Role, CreatedBy: t.CreatedBy, CreatedAt: unix(t.CreatedAt),
		ExpiresAt: unixOrNil(t.ExpiresAt), LastUsedAt: unixOrNil(t.LastUsedAt)}
}

func (s *Server) listTokens(ctx context.Context, p Paging, _ None) (Collection[tokensEmbedded], error) {
	list, next, err := s.Store.Tokens(ctx, p.store())
	return collection(ctx, p, len(list), next, tokensEmbedded{Tokens: showAll(ctx, list, showToken)}), err
}

func (s *Server) addToken(ctx context.Context, _ None, body newToken) (tokenJSON, error) {
	if body.Role == "" {
		body.Role = crm.Administrator
	}
	var expires *time.Time
	if body.ExpiresAt != nil {
		at := body.ExpiresAt.time()
		expires = &at
	}
	var shown tokenJSON
	err := s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) error {
		token, secret, err := tx.AddToken(ctx, actorOf(ctx), body.Name, body.Role, expires)
		shown = showToken(ctx, token)
		shown.Token = secret
		return err
	})
	return shown, err
}

func (s *Server) deleteToken(ctx context.Context, p byID, _ None) (None, error) {
	return None{}, s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) error { return tx.DeleteToken(ctx, p.ID) })
}
