package api

import (
	"context"
	"net/http"

	"salesbot/crm"
	"salesbot/db"
)

func (s *Server) secretRoutes() {
	const tag = "Account"
	register(s, Operation{ID: "listSecrets", Method: http.MethodGet, Path: "/api/v4/secrets", Tag: tag, Role: crm.Administrator, Summary: "List the secrets of webhooks",
		Description: "Their names and which bots use them; a value never comes back."}, s.listSecrets)
	register(s, Operation{ID: "putSecret", Method: http.MethodPut, Path: "/api/v4/secrets/{name}", Tag: tag, Role: crm.Administrator, Status: http.StatusNoContent,
		Summary: "Add or replace a secret", Description: "Bots write {{secret.NAME}} in the address, the headers or the body of a webhook. The value is kept encrypted, is never shown again, " +
			"and is filled in only when a request is made. What replaces it counts from the next request on."}, s.putSecret)
	register(s, Operation{ID: "deleteSecret", Method: http.MethodDelete, Path: "/api/v4/secrets/{name}", Tag: tag, Role: crm.Administrator,
		Summary: "Delete a secret", Description: "409 if a bot's published version, or a run that is under way, uses it."}, s.deleteSecret)
}

type secretJSON struct {
	Name string `json:"name"`
	// UpdatedBy is the user who set the value; 0 is a program.
	UpdatedBy int64 `json:"updated_by"`
	CreatedAt int64 `json:"created_at"`
	UpdatedAt int64 `json:"updated_at"`
	// UsedBy are the bots whose published version, or a run that is under way, uses it.
	UsedBy []botName `json:"used_by"`
}

type botName struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

type secretsEmbedded struct {
	Secrets []secretJSON `json:"secrets"`
}

func (s *Server) listSecrets(ctx context.Context, _ None, _ None) (Collection[secretsEmbedded], error) {
	list, err := s.Store.Secrets(ctx)
	if err != nil {
		return Collection[secretsEmbedded]{}, err
	}
	users, err := s.Store.SecretUsers(ctx)
	shown := showAll(ctx, list, func(_ context.Context, secret crm.Secret) secretJSON {
		return secretJSON{Name: secret.Name, UpdatedBy: secret.UpdatedBy, CreatedAt: unix(secret.CreatedAt), UpdatedAt: unix(secret.UpdatedAt), UsedBy: showUsers(users[secret.Name])}
	})
	return whole(ctx, len(shown), secretsEmbedded{Secrets: shown}), err
}

func showUsers(bots []crm.Bot) []botName {
	shown := make([]botName, len(bots))
	for i, b := range bots {
		shown[i] = botName{ID: b.ID, Name: b.Name}
	}
	return shown
}

type bySecret struct {
	Name string `path:"name"`
}

type secretBody struct {
	// Value is one line of 8 to 2048 characters.
	Value string `json:"value" maxLength:"2048"`
}

func (s *Server) putSecret(ctx context.Context, p bySecret, body secretBody) (None, error) {
	return None{}, s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) error { return tx.PutSecret(ctx, actorOf(ctx), p.Name, body.Value) })
}

func (s *Server) deleteSecret(ctx context.Context, p bySecret, _ None) (None, error) {
	return None{}, s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) error { return tx.DeleteSecret(ctx, p.Name) })
}
