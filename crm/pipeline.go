package crm

import (
	"slices"
	"time"
)

// The two closing stages have the same ids in every pipeline (Kommo API v4, pipelines).
const (
	StageWon  int64 = 142
	StageLost int64 = 143
)

// The types of a stage: where incoming leads wait, or an ordinary one.
const (
	StageNormal   = 0
	StageIncoming = 1
)

// Limits of Kommo's pipelines: a pipeline's stages include the system ones.
const (
	MaxPipelines = 50
	MaxStages    = 100
)

// Pipeline is an ordered set of stages.
type Pipeline struct {
	ID   int64 `bun:",pk,autoincrement"`
	Name string
	Sort int
	// IsMain marks the account's one main pipeline.
	IsMain bool
	// IsUnsortedOn says that incoming leads wait in a stage of their own.
	IsUnsortedOn bool
	IsArchive    bool
	CreatedAt    time.Time
	UpdatedAt    time.Time
}

// Stage is one column of a pipeline (API: status). Won and lost exist in every pipeline under the same ids, so a stage
// is known by pipeline and id together.
type Stage struct {
	Key        int64 `bun:",pk,autoincrement"`
	ID         int64
	PipelineID int64
	Name       string
	Sort       int
	Color      string
	Type       int
	// IsEditable is false for the system stages; they may still be renamed.
	IsEditable bool
}

// StageColors are the colours that Kommo's API accepts.
var StageColors = []string{
	"#fffeb2", "#fffd7f", "#fff000", "#ffeab2", "#ffdc7f", "#ffce5a", "#ffdbdb", "#ffc8c8", "#ff8f92", "#d6eaff", "#c1e0ff",
	"#98cbff", "#ebffb1", "#deff81", "#87f2c0", "#f9deff", "#f3beff", "#ccc8f9", "#eb93ff", "#f2f3f4", "#e6e8ea",
}

// ValidStageColor says whether the API takes that colour.
func ValidStageColor(color string) bool { return slices.Contains(StageColors, color) }
