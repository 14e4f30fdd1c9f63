package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
)

const runsTag = "Runs"

func (s *Server) runRoutes() {
	register(s, Operation{ID: "listRuns", Method: http.MethodGet, Path: "/api/v4/runs", Tag: runsTag, Role: crm.Manager, Summary: "List runs",
		Description: "Newest first."}, s.listRuns)
	register(s, Operation{ID: "getRun", Method: http.MethodGet, Path: "/api/v4/runs/{id}", Tag: runsTag, Role: crm.Manager,
		Summary: "Get a run with its trace and its version's document"}, s.getRun)
	for command, summary := range map[bot.Command]string{bot.CommandStop: "Stop a run", bot.CommandPause: "Pause a run",
		bot.CommandResume: "Let a paused run go on", bot.CommandSkip: "Skip what a run waits for"} {
		register(s, Operation{ID: string(command) + "Run", Method: http.MethodPost, Repeat: Keyed, Path: "/api/v4/runs/{id}/" + string(command), Tag: runsTag,
			Role: crm.Manager, Status: http.StatusAccepted, Summary: summary}, func(ctx context.Context, p byID, body commandBody) (runJSON, error) {
			return s.commandRun(ctx, p.ID, bot.Control{Command: command, Reason: body.Reason})
		})
	}
	register(s, Operation{ID: "gotoRun", Method: http.MethodPost, Repeat: Keyed, Path: "/api/v4/runs/{id}/goto", Tag: runsTag, Role: crm.Manager,
		Status: http.StatusAccepted, Summary: "Let a run go on at another step"}, s.gotoRun)
	register(s, Operation{ID: "answerRun", Method: http.MethodPost, Repeat: Keyed, Path: "/api/v4/runs/{id}/answer", Tag: runsTag, Role: crm.Manager,
		Status: http.StatusAccepted, Summary: "Answer a run that waits for a person or a service"}, s.answerRun)
}

type runJSON struct {
	ID           int64        `json:"id"`
	BotID        int64        `json:"bot_id"`
	BotName      string       `json:"bot_name"`
	VersionID    int64        `json:"version_id"`
	Version      int          `json:"version"`
	LeadID       int64        `json:"lead_id"`
	ContactID    int64        `json:"contact_id"`
	ChatID       string       `json:"chat_id"`
	ParentID     int64        `json:"parent_id"`
	WorkflowID   string       `json:"workflow_id"`
	Status       string       `json:"status"`
	Hold         string       `json:"hold"`
	Step         string       `json:"step"`
	Visit        int          `json:"visit"`
	WaitingFor   string       `json:"waiting_for"`
	WaitingUntil *int64       `json:"waiting_until"`
	Reason       string       `json:"reason"`
	LaunchedBy   string       `json:"launched_by"`
	CreatedAt    int64        `json:"created_at"`
	UpdatedAt    int64        `json:"updated_at"`
	EndedAt      *int64       `json:"ended_at"`
	Links        Links        `json:"_links"`
	Embedded     *runEmbedded `json:"_embedded,omitempty"`
}

type runEmbedded struct {
	Visits   []visitJSON     `json:"visits"`
	Document json.RawMessage `json:"document"`
}

// visitJSON is one step of the trace. Times are in Unix milliseconds: many steps take less than a second.
type visitJSON struct {
	Number   int         `json:"number"`
	Step     string      `json:"step"`
	Kind     string      `json:"kind"`
	AtMS     int64       `json:"at_ms"`
	LeftAtMS *int64      `json:"left_at_ms"`
	Exit     string      `json:"exit"`
	Got      []bot.Heard `json:"got"`
	Notes    []string    `json:"notes"`
}

type runsEmbedded struct {
	Runs []runJSON `json:"runs"`
}

func showVisit(_ context.Context, v bot.Visit) visitJSON {
	shown := visitJSON{Number: v.Number, Step: v.Step, Kind: v.Kind, AtMS: v.At.UnixMilli(), Exit: v.Exit, Got: v.Got, Notes: v.Notes}
	if v.Left != nil {
		left := v.Left.UnixMilli()
		shown.LeftAtMS = &left
	}
	return shown
}

// showRuns adds to runs the names of their bots and the numbers of their versions.
func (s *Server) showRuns(ctx context.Context, runs []crm.Run) ([]runJSON, error) {
	bots, versions := make([]int64, len(runs)), make([]int64, len(runs))
	for i, r := range runs {
		bots[i], versions[i] = r.BotID, r.VersionID
	}
	names, err := s.Store.BotNames(ctx, bots)
	if err != nil {
		return nil, err
	}
	numbers, err := s.Store.VersionNumbers(ctx, versions)
	if err != nil {
		return nil, err
	}
	return showAll(ctx, runs, func(ctx context.Context, r crm.Run) runJSON {
		return runJSON{ID: r.ID, BotID: r.BotID, BotName: names[r.BotID], VersionID: r.VersionID, Version: numbers[r.VersionID], LeadID: r.LeadID,
			ContactID: r.ContactID, ChatID: r.ChatID, ParentID: r.ParentID, WorkflowID: r.WorkflowID, Status: r.Status, Hold: r.Hold, Step: r.Step,
			Visit: r.Visit, WaitingFor: r.WaitingFor, WaitingUntil: unixOrNil(r.WaitingUntil), Reason: r.Reason, LaunchedBy: r.LaunchedBy,
			CreatedAt: unix(r.CreatedAt), UpdatedAt: unix(r.UpdatedAt), EndedAt: unixOrNil(r.EndedAt),
			Links: selfLink(ctx, fmt.Sprintf("/runs/%d", r.ID))}
	}), nil
}

type listRunsParams struct {
	Paging

	LeadID int64    `query:"filter[lead_id]"`
	BotID  int64    `query:"filter[bot_id]"`
	Status []string `query:"filter[status][]"`
	Alive  bool     `query:"filter[alive]"`
	// Stuck leaves runs that should have moved: a timer has been over for a minute, or a step busy for ten. The metrics
	// salesbot_runs_overdue and salesbot_runs_idle count the same.
	Stuck bool `query:"filter[stuck]"`
}

func (p listRunsParams) filter(now time.Time) db.RunFilter {
	f := db.RunFilter{LeadID: p.LeadID, BotID: p.BotID, Statuses: p.Status, Alive: p.Alive}
	if p.Stuck {
		f.StuckAt = now
	}
	return f
}

func (s *Server) listRuns(ctx context.Context, p listRunsParams, _ None) (Collection[runsEmbedded], error) {
	list, next, err := s.Store.Runs(ctx, p.filter(s.Store.Now()), p.store())
	if err != nil {
		return Collection[runsEmbedded]{}, err
	}
	shown, err := s.showRuns(ctx, list)
	return collection(ctx, p.Paging, len(shown), next, runsEmbedded{Runs: shown}), err
}

func (s *Server) getRun(ctx context.Context, p byID, _ None) (runJSON, error) {
	run, err := s.Store.Run(ctx, p.ID)
	if err != nil {
		return runJSON{}, err
	}
	shown, err := s.showRuns(ctx, []crm.Run{run})
	if err != nil {
		return runJSON{}, err
	}
	visits, err := s.Store.Visits(ctx, run.ID)
	if err != nil {
		return runJSON{}, err
	}
	version, err := s.Store.Version(ctx, run.VersionID)
	if err != nil {
		return runJSON{}, err
	}
	shown[0].Embedded = &runEmbedded{Visits: showAll(ctx, visits, showVisit), Document: version.Document}
	return shown[0], nil
}

type commandBody struct {
	// Reason is shown in the trace.
	Reason string `json:"reason,omitempty"`
}

// commandRun answers with the run as it is; the conversation carries the command out a moment later. A stop or a pause
// holds from now on.
func (s *Server) commandRun(ctx context.Context, id int64, control bot.Control) (runJSON, error) {
	var run crm.Run
	err := s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		run, err = tx.ControlRun(ctx, actorOf(ctx), id, control)
		return err
	})
	if err != nil {
		return runJSON{}, err
	}
	shown, err := s.showRuns(ctx, []crm.Run{run})
	if err != nil {
		return runJSON{}, err
	}
	return shown[0], nil
}

type gotoBody struct {
	Step   string `json:"step"`
	Reason string `json:"reason,omitempty"`
}

func (s *Server) gotoRun(ctx context.Context, p byID, body gotoBody) (runJSON, error) {
	run, err := s.Store.Run(ctx, p.ID)
	if err != nil {
		return runJSON{}, err
	}
	version, err := s.Store.Version(ctx, run.VersionID)
	if err != nil {
		return runJSON{}, err
	}
	doc, err := bot.Parse(version.Document)
	if err != nil {
		return runJSON{}, fmt.Errorf("version %d: %w", version.ID, err)
	}
	if _, ok := doc.Find(body.Step); !ok {
		return runJSON{}, crm.FieldError("step", "version %d of the bot has no step %q", version.Number, body.Step)
	}
	return s.commandRun(ctx, p.ID, bot.Control{Command: bot.CommandGoto, Step: body.Step, Reason: body.Reason})
}

type answerBody struct {
	Value json.RawMessage `json:"value,omitempty"`
	// Visit is the step visit that asked; without it, the one at which the run stands.
	Visit int `json:"visit,omitempty"`
}

func (s *Server) answerRun(ctx context.Context, p byID, body answerBody) (None, error) {
	if body.Visit == 0 {
		run, err := s.Store.Run(ctx, p.ID)
		if err != nil {
			return None{}, err
		}
		body.Visit = run.Visit
	}
	return None{}, s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) error {
		return tx.AnswerRun(ctx, actorOf(ctx), p.ID, body.Visit, body.Value)
	})
}
