package steps

import "go.temporal.io/sdk/workflow"

func init() {
	register(Kind{
		Name: "goto", Title: "Go to another step", Group: "Flow",
		Help:    "Goes on at another step, also an earlier one.",
		Example: `{"step":"start"}`,
		New:     func() Step { return new(Goto) },
	})
}

// Goto leads to a step by its configuration, so that far steps need no arrow across the canvas.
type Goto struct {
	// The id of the step to go to.
	Step string `json:"step" jsonschema:"minLength=1,maxLength=40"`
}

// Links leads the one way out to the step.
func (g *Goto) Links() map[string]string { return map[string]string{exitNext: g.Step} }

// Run goes.
func (g *Goto) Run(workflow.Context, Run) (string, error) { return exitNext, nil }
