package steps

import (
	"fmt"

	"go.temporal.io/sdk/workflow"

	"salesbot/bot"
	"salesbot/crm"
)

func init() {
	register(Kind{
		Name: "change_stage", Title: "Change lead status", Group: "Actions",
		Help:    "Moves the lead to a stage of a pipeline, named by ids or, so that a bot can be carried to another account, by names.",
		Exits:   []Exit{nextExit, failedExit},
		Example: `{"stage":"Negotiation"}`,
		New:     func() Step { return new(ChangeStage) },
	})
}

// ChangeStage moves the lead (Salesbot guide, Change lead status).
type ChangeStage struct {
	// The pipeline by its id.
	PipelineID int64 `json:"pipeline_id,omitempty" jsonschema:"minimum=1"`
	// The stage by its id; 142 is won and 143 lost in every pipeline.
	StageID int64 `json:"stage_id,omitempty" jsonschema:"minimum=1"`
	// The pipeline by its name; without any the lead stays in its own.
	Pipeline string `json:"pipeline,omitempty" jsonschema:"maxLength=255"`
	// The stage by its name. It is looked up when the step runs.
	Stage string `json:"stage,omitempty" jsonschema:"maxLength=255"`
}

// Run moves it.
func (c *ChangeStage) Run(ctx workflow.Context, run Run) (string, error) {
	change := crm.StageChange{PipelineID: c.PipelineID, StageID: c.StageID, Pipeline: c.Pipeline, Stage: c.Stage}
	return afterChange(run, run.Change(ctx, "ChangeStage", change, nil))
}

// MovesTo are the stages that are meant. Without a pipeline it is the lead's own, as far as that is known.
func (c *ChangeStage) MovesTo(pipelines []Pipeline, from Place) []Place {
	var places []Place
	for _, p := range pipelines {
		if !p.is(c.PipelineID, c.Pipeline) || c.staysIn(from.PipelineID) && p.ID != from.PipelineID {
			continue
		}
		for _, s := range p.Stages {
			if s.is(c.StageID, c.Stage) {
				places = append(places, Place{p.ID, s.ID})
			}
		}
	}
	return places
}

// staysIn: a stage that several pipelines may have is that of the lead's own, if none is named.
func (c *ChangeStage) staysIn(pipeline int64) bool {
	return pipeline != 0 && c.PipelineID == 0 && c.Pipeline == "" && (c.StageID == 0 || c.StageID == crm.StageWon || c.StageID == crm.StageLost)
}

// Check finds what the schema can't say.
func (c *ChangeStage) Check(env Env) []Problem {
	switch {
	case c.StageID == 0 && c.Stage == "":
		return []Problem{{Code: "bad_config", Path: "stage_id", Message: "no stage is chosen", Fix: "set stage_id, or stage by its name"}}
	case c.StageID != 0 && c.Stage != "":
		return []Problem{{Code: "bad_config", Path: "stage", Message: "the stage is named by its id and by its name", Fix: "keep one of stage_id and stage"}}
	case c.PipelineID != 0 && c.Pipeline != "":
		return []Problem{{Code: "bad_config", Path: "pipeline", Message: "the pipeline is named by its id and by its name", Fix: "keep one of pipeline_id and pipeline"}}
	case env.Pipelines == nil, len(bot.Names(c.Pipeline+c.Stage)) > 0:
		return nil // not checked, or known only when the step runs
	}
	return c.find(env.Pipelines)
}

func (c *ChangeStage) find(pipelines []Pipeline) []Problem {
	anyPipeline, known := false, false
	for _, p := range pipelines {
		if !p.is(c.PipelineID, c.Pipeline) {
			continue
		}
		anyPipeline = true
		known = known || p.has(c.StageID, c.Stage)
	}
	if !anyPipeline {
		return []Problem{{Code: "unknown_pipeline", Path: "pipeline_id", Message: fmt.Sprintf("there is no pipeline %s", named(c.PipelineID, c.Pipeline)), Fix: "choose one of the pipelines"}}
	}
	if !known {
		return []Problem{{Code: "unknown_stage", Path: "stage_id", Message: fmt.Sprintf("there is no stage %s in the pipeline", named(c.StageID, c.Stage)), Fix: "choose one of the pipeline's stages"}}
	}
	return nil
}

func named(id int64, name string) string {
	if name != "" {
		return fmt.Sprintf("%q", name)
	}
	return fmt.Sprint(id)
}
