package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"salesbot/crm"
	"salesbot/steps"
)

func (s *Server) lintRoutes() {
	register(s, Operation{ID: "lintBot", Method: http.MethodPost, Repeat: Harmless, Path: "/api/v4/bots/lint", Tag: botsTag, Role: crm.Manager,
		Summary: "Check a bot document", Description: "Changes nothing. An error keeps a document from being published, a warning does not."}, s.lintBot)
	register(s, Operation{ID: "listSteps", Method: http.MethodGet, Path: "/api/v4/steps", Tag: botsTag, Role: crm.Manager,
		Summary: "List the kinds of steps", Description: "Each with its exits, an example and the JSON Schema of its configuration."}, s.listSteps)
}

// lintBody: with the id of the document's bot circles are found that lead back to it.
type lintBody struct {
	Document json.RawMessage `json:"document"`
	BotID    int64           `json:"bot_id,omitempty"`
}

type lintAnswer struct {
	Issues []steps.Issue `json:"issues"`
}

func (s *Server) lintBot(ctx context.Context, _ None, body lintBody) (lintAnswer, error) {
	env, err := s.lintEnv(ctx, body.BotID)
	if err != nil {
		return lintAnswer{}, err
	}
	_, issues := steps.LintFile(body.Document, env.Env)
	return lintAnswer{Issues: issues}, env.failure
}

// faulty refuses a document because of its errors.
func faulty(issues []steps.Issue) error {
	refusal := &rejected{detail: "The bot can't be published: its document has errors"}
	for _, issue := range issues {
		if issue.Level != steps.LevelError {
			continue
		}
		path := issue.Path
		if issue.Step != "" {
			path = strings.TrimSuffix("steps."+issue.Step+"."+path, ".")
		}
		refusal.faults = append(refusal.faults, FieldProblem{Code: issue.Code, Path: path, Detail: strings.TrimSuffix(issue.Message+"; "+issue.Fix, "; ")})
	}
	return refusal
}

// lintEnv is what a document of the bot, 0 if it has none yet, may name: the account's pipelines, bots, channels, users
// and fields.
func (s *Server) lintEnv(ctx context.Context, botID int64) (*botsEnv, error) {
	env := &botsEnv{Env: steps.Env{Self: botID, Bots: map[int64]bool{}, Channels: map[int64]bool{}, Users: map[int64]bool{}, Secrets: map[string]bool{}, Activities: map[string]steps.CustomActivity{}, Fields: []steps.Field{}, Pipelines: []steps.Pipeline{}}}
	if err := s.circlesOf(ctx, env); err != nil {
		return env, err
	}
	if err := s.pipelinesOf(ctx, env); err != nil {
		return env, err
	}
	names, err := s.Store.LintNames(ctx)
	if err != nil {
		return env, err
	}
	for _, id := range names.Bots {
		env.Bots[id] = true
	}
	for _, id := range names.Users {
		env.Users[id] = true
	}
	for _, f := range names.Fields {
		env.Fields = append(env.Fields, steps.Field{Card: cardWord[f.EntityType], ID: f.ID, Code: f.Code})
	}
	for _, name := range names.Secrets {
		env.Secrets[name] = true
	}
	for _, a := range names.Activities {
		has := s.hasWorker(ctx, a.TaskQueue)
		env.Activities[a.Name] = steps.CustomActivity{TaskQueue: a.TaskQueue, InputSchema: a.InputSchema, Unserved: has != nil && !*has}
	}
	for _, c := range names.Channels {
		env.Channels[c.ID] = true
		if kind, ok := s.Channels[c.Kind]; ok {
			if most := kind.Capabilities().Buttons; most > 0 && (env.MostButtons == 0 || most < env.MostButtons) {
				env.MostButtons = most
			}
		}
	}
	return env, nil
}

func (s *Server) pipelinesOf(ctx context.Context, env *botsEnv) error {
	pipelines, err := s.Store.Pipelines(ctx)
	if err != nil {
		return err
	}
	for _, p := range pipelines {
		stages, err := s.Store.Stages(ctx, p.ID)
		if err != nil {
			return err
		}
		shown := steps.Pipeline{ID: p.ID, Name: p.Name}
		for _, stage := range stages {
			shown.Stages = append(shown.Stages, steps.Stage{ID: stage.ID, Name: stage.Name})
		}
		env.Pipelines = append(env.Pipelines, shown)
	}
	return nil
}

// cardWord is how placeholders call a card.
var cardWord = map[crm.EntityType]string{crm.Leads: "lead", crm.Contacts: "contact", crm.Companies: "company"}

type stepJSON struct {
	Name    string          `json:"name"`
	Title   string          `json:"title"`
	Group   string          `json:"group"`
	Help    string          `json:"help"`
	Waits   bool            `json:"waits"`
	Exits   []steps.Exit    `json:"exits"`
	Example json.RawMessage `json:"example,omitempty"`
	Schema  json.RawMessage `json:"schema,omitempty"`
}

type stepsEmbedded struct {
	Steps []stepJSON `json:"steps"`
}

func (s *Server) listSteps(ctx context.Context, _ None, _ None) (Collection[stepsEmbedded], error) {
	var schema struct {
		Defs map[string]json.RawMessage `json:"$defs"`
	}
	if err := json.Unmarshal(steps.SchemaJSON, &schema); err != nil {
		return Collection[stepsEmbedded]{}, err
	}
	shown := showAll(ctx, steps.Kinds(), func(_ context.Context, k steps.Kind) stepJSON {
		exits := k.Exits
		if exits == nil {
			exits = []steps.Exit{}
		}
		return stepJSON{Name: k.Name, Title: k.Title, Group: k.Group, Help: k.Help, Waits: k.Waits, Exits: exits,
			Example: json.RawMessage(k.Example), Schema: schema.Defs[k.Name]}
	})
	return whole(ctx, len(shown), stepsEmbedded{Steps: shown}), nil
}
