package api

import (
	"context"
	"encoding/json"
	"net/http"

	"salesbot/crm"
	"salesbot/db"
)

func (s *Server) customActivityRoutes() {
	register(s, Operation{ID: "listActivities", Method: http.MethodGet, Path: "/api/v4/activities", Tag: botsTag, Role: crm.Manager,
		Summary: "List the custom activities", Description: "Those that programs have registered, with what they take and give, and whether a worker does them."}, s.listActivities)
	register(s, Operation{ID: "getActivity", Method: http.MethodGet, Path: "/api/v4/activities/{name}", Tag: botsTag, Role: crm.Manager, Summary: "Get a custom activity"}, s.getActivity)
	register(s, Operation{ID: "putActivity", Method: http.MethodPut, Path: "/api/v4/activities/{name}", Tag: botsTag, Role: crm.Administrator,
		Summary: "Register a custom activity", Description: "A worker does it when it starts: again and again is as good as once. Bots name the activity in a step of the kind activity. " +
			"What a run has under way goes on as it began; what begins later goes by the new registration."}, s.putActivity)
	register(s, Operation{ID: "deleteActivity", Method: http.MethodDelete, Path: "/api/v4/activities/{name}", Tag: botsTag, Role: crm.Administrator,
		Summary: "Delete the registration of an activity", Description: "409 if a bot's published version, or a run that is under way, names it."}, s.deleteActivity)
}

type activityBody struct {
	// Title is what people read who choose it.
	Title string `json:"title" minLength:"1" maxLength:"120"`
	// Help is a sentence or two about it.
	Help string `json:"help,omitempty" maxLength:"2000"`
	// TaskQueue is the Temporal task queue that its workers poll, in the product's namespace.
	TaskQueue string `json:"task_queue" minLength:"1" maxLength:"200"`
	// InputSchema is the JSON Schema of the field input of its argument; anything if left out.
	InputSchema json.RawMessage `json:"input_schema,omitempty"`
	// OutputSchema is the JSON Schema of what it returns, for people.
	OutputSchema json.RawMessage `json:"output_schema,omitempty"`
}

type activityJSON struct {
	Name         string          `json:"name"`
	Title        string          `json:"title"`
	Help         string          `json:"help"`
	TaskQueue    string          `json:"task_queue"`
	InputSchema  json.RawMessage `json:"input_schema"`
	OutputSchema json.RawMessage `json:"output_schema"`
	// HasWorker says whether a worker polls the queue; null if Temporal can't say.
	HasWorker *bool `json:"has_worker"`
	// UpdatedBy is the user who registered it; 0 is a program.
	UpdatedBy int64 `json:"updated_by"`
	CreatedAt int64 `json:"created_at"`
	UpdatedAt int64 `json:"updated_at"`
	// UsedBy are the bots whose published version, or a run that is under way, names it.
	UsedBy []botName `json:"used_by"`
}

type activitiesEmbedded struct {
	Activities []activityJSON `json:"activities"`
}

type byActivity struct {
	Name string `path:"name"`
}

func (s *Server) listActivities(ctx context.Context, _ None, _ None) (Collection[activitiesEmbedded], error) {
	list, err := s.Store.CustomActivities(ctx)
	if err != nil {
		return Collection[activitiesEmbedded]{}, err
	}
	users, err := s.Store.ActivityUsers(ctx)
	shown := showAll(ctx, list, func(ctx context.Context, a crm.CustomActivity) activityJSON {
		return s.showActivity(ctx, a, users[a.Name])
	})
	return whole(ctx, len(shown), activitiesEmbedded{Activities: shown}), err
}

func (s *Server) getActivity(ctx context.Context, p byActivity, _ None) (activityJSON, error) {
	one, err := s.Store.CustomActivity(ctx, p.Name)
	if err != nil {
		return activityJSON{}, err
	}
	return s.withUsers(ctx, one)
}

func (s *Server) putActivity(ctx context.Context, p byActivity, body activityBody) (activityJSON, error) {
	one := crm.CustomActivity{Name: p.Name, Title: body.Title, Help: body.Help, TaskQueue: body.TaskQueue,
		InputSchema: orAnything(body.InputSchema), OutputSchema: orAnything(body.OutputSchema)}
	err := s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		one, err = tx.PutCustomActivity(ctx, actorOf(ctx), one)
		return err
	})
	if err != nil {
		return activityJSON{}, err
	}
	return s.withUsers(ctx, one)
}

// orAnything is the schema that everything fits.
func orAnything(schema json.RawMessage) json.RawMessage {
	if len(schema) == 0 {
		return json.RawMessage(`{}`)
	}
	return schema
}

func (s *Server) deleteActivity(ctx context.Context, p byActivity, _ None) (None, error) {
	return None{}, s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) error { return tx.DeleteCustomActivity(ctx, p.Name) })
}

func (s *Server) withUsers(ctx context.Context, a crm.CustomActivity) (activityJSON, error) {
	users, err := s.Store.ActivityUsers(ctx)
	return s.showActivity(ctx, a, users[a.Name]), err
}

func (s *Server) showActivity(ctx context.Context, a crm.CustomActivity, users []crm.Bot) activityJSON {
	return activityJSON{Name: a.Name, Title: a.Title, Help: a.Help, TaskQueue: a.TaskQueue, InputSchema: a.InputSchema, OutputSchema: a.OutputSchema,
		HasWorker: s.hasWorker(ctx, a.TaskQueue), UpdatedBy: a.UpdatedBy, CreatedAt: unix(a.CreatedAt), UpdatedAt: unix(a.UpdatedAt), UsedBy: showUsers(users)}
}

// hasWorker is nil if nobody can say: that keeps nobody from working on.
func (s *Server) hasWorker(ctx context.Context, queue string) *bool {
	if s.HasWorker == nil {
		return nil
	}
	has, err := s.HasWorker(ctx, queue)
	if err != nil {
		s.Log.Warn("ask Temporal who polls a task queue", "queue", queue, "error", err)
		return nil
	}
	return &has
}
