package steps

import "go.temporal.io/sdk/workflow"

func init() {
	register(Kind{
		Name: "stop", Title: "Stop bot", Group: "Flow",
		Help:    "Ends the run; it may close the conversation too.",
		Example: `{"close_talk":true}`,
		New:     func() Step { return new(Stop) },
	})
}

// Stop ends the run. It has no exits.
type Stop struct {
	// Close the conversation with the client; the client's next message opens a new one.
	CloseTalk bool `json:"close_talk,omitempty"`
}

// Run ends the run.
func (s *Stop) Run(ctx workflow.Context, run Run) (string, error) {
	if !s.CloseTalk {
		return "", nil
	}
	return "", run.Change(ctx, "CloseTalk", struct{}{}, nil)
}
