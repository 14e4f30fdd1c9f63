package api

import (
	"context"
	"encoding/json"
	"net/http"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
	"salesbot/steps"
)

func (s *Server) versionRoutes() {
	register(s, Operation{ID: "publishBot", Method: http.MethodPost, Repeat: Keyed, Path: "/api/v4/bots/{id}/publish", Tag: botsTag, Role: crm.Administrator,
		Summary: "Publish a bot", Description: "Makes the draft the version that new runs get. 400 if the draft has errors; each names its step and rule. " +
			"With a revision, 409 if the draft is another one by now."}, s.publishBot)
	register(s, Operation{ID: "listVersions", Method: http.MethodGet, Path: "/api/v4/bots/{id}/versions", Tag: botsTag, Role: crm.Manager,
		Summary: "List a bot's versions", Description: "Newest first."}, s.listVersions)
	register(s, Operation{ID: "getVersion", Method: http.MethodGet, Path: "/api/v4/bots/{id}/versions/{number}", Tag: botsTag, Role: crm.Manager,
		Summary: "Get a version with its document"}, s.getVersion)
}

type versionJSON struct {
	ID        int64           `json:"id"`
	BotID     int64           `json:"bot_id"`
	Number    int             `json:"number"`
	CreatedAt int64           `json:"created_at"`
	CreatedBy int64           `json:"created_by"`
	Document  json.RawMessage `json:"document,omitempty"`
}

type versionsEmbedded struct {
	Versions []versionJSON `json:"versions"`
}

func showVersion(_ context.Context, v crm.BotVersion) versionJSON {
	return versionJSON{ID: v.ID, BotID: v.BotID, Number: v.Number, CreatedAt: unix(v.CreatedAt), CreatedBy: v.CreatedBy, Document: v.Document}
}

type publishBody struct {
	Revision *int64 `json:"revision,omitempty"`
}

// publishBot lints outside the transaction, which is allowed because the store publishes only the revision that was linted.
func (s *Server) publishBot(ctx context.Context, p byID, body publishBody) (versionJSON, error) {
	b, err := s.Store.Bot(ctx, p.ID)
	if err != nil {
		return versionJSON{}, err
	}
	if body.Revision != nil && *body.Revision != b.Revision {
		return versionJSON{}, crm.Errorf(crm.Conflict, "somebody saved revision %d of this bot since; look at it and publish again", b.Revision)
	}
	doc, err := bot.Parse(b.Draft)
	if err != nil {
		return versionJSON{}, crm.FieldError("document", "%s", err)
	}
	env, err := s.lintEnv(ctx, b.ID)
	if err != nil {
		return versionJSON{}, err
	}
	if issues := steps.Lint(doc, env.Env); env.failure == nil && steps.HasErrors(issues) {
		return versionJSON{}, faulty(issues)
	}
	if env.failure != nil {
		return versionJSON{}, env.failure
	}
	var version crm.BotVersion
	err = s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		version, err = tx.PublishBot(ctx, actorOf(ctx), p.ID, b.Revision)
		return err
	})
	return showVersion(ctx, version), err
}

type versionsParams struct {
	byID
	Paging
}

func (s *Server) listVersions(ctx context.Context, p versionsParams, _ None) (Collection[versionsEmbedded], error) {
	list, next, err := s.Store.Versions(ctx, p.ID, p.store())
	return collection(ctx, p.Paging, len(list), next, versionsEmbedded{Versions: showAll(ctx, list, showVersion)}), err
}

type versionParams struct {
	byID

	Number int `path:"number"`
}

func (s *Server) getVersion(ctx context.Context, p versionParams, _ None) (versionJSON, error) {
	version, err := s.Store.VersionByNumber(ctx, p.ID, p.Number)
	return showVersion(ctx, version), err
}
