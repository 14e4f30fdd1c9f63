package api

import (
	"context"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/steps"
)

// botsEnv is a lint's environment that reads other bots' documents when it is asked for them.
type botsEnv struct {
	steps.Env

	// failure is the first error of such a reading; it has to be looked at after the lint.
	failure error
}

// circlesOf lets circles of bots be found: by what the bots' documents say, and by the triggers at stages.
func (s *Server) circlesOf(ctx context.Context, env *botsEnv) error {
	triggers, err := s.Store.TriggersAtStages(ctx, env.Self)
	if err != nil {
		return err
	}
	for _, t := range triggers {
		env.StageTriggers = append(env.StageTriggers, stageTrigger(t))
	}
	env.Document = func(id int64) (bot.Document, bool) {
		doc, published, err := s.publishedDocument(ctx, id)
		if err != nil && env.failure == nil {
			env.failure = err
		}
		return doc, published
	}
	return nil
}

// publishedDocument is the version that new runs get, under the bot's name; false if there is none.
func (s *Server) publishedDocument(ctx context.Context, id int64) (bot.Document, bool, error) {
	b, err := s.Store.Bot(ctx, id)
	if crm.CodeOf(err) == crm.NotFound || err == nil && b.VersionID == 0 {
		return bot.Document{}, false, nil
	}
	if err != nil {
		return bot.Document{}, false, err
	}
	version, err := s.Store.Version(ctx, b.VersionID)
	if err != nil {
		return bot.Document{}, false, err
	}
	doc, err := bot.Parse(version.Document)
	doc.Name = b.Name
	return doc, err == nil, err
}

func stageTrigger(t crm.Trigger) steps.StageTrigger {
	return steps.StageTrigger{BotID: t.BotID, PipelineID: t.PipelineID, StageID: t.StageID}
}

// closesCircle refuses a trigger by which a published bot would come back to itself.
func (s *Server) closesCircle(ctx context.Context, t crm.Trigger) error {
	if t.Kind != crm.TriggerStageMoved && t.Kind != crm.TriggerStageEntered {
		return nil
	}
	env, err := s.lintEnv(ctx, t.BotID)
	if err != nil {
		return err
	}
	doc, published := env.Document(t.BotID)
	if !published {
		return env.failure // its publishing will look
	}
	env.StageTriggers = append(env.StageTriggers, stageTrigger(t))
	issues := steps.LintCircles(doc, env.Env)
	if env.failure != nil || !steps.HasErrors(issues) {
		return env.failure
	}
	return crm.FieldError("status_id", "%s; %s", issues[0].Message, issues[0].Fix)
}
