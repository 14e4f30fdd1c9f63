package bot

import (
	"encoding/json"
	"strings"
	"time"
)

// Keep is a conversation's state on its way into our own database. It goes there with every change that the conversation
// makes, in the same transaction, together with the mail that was handled by then. So the database alone knows
// everything that a conversation must not forget, and one whose workflow is gone goes on from there.
type Keep struct {
	WorkflowID string `json:"workflow_id"`
	// Before is the stamp of the state that was kept last, empty if none is. If the database has another one, it was
	// set back, or Temporal was, and the change is refused as outdated.
	Before string `json:"before,omitempty"`
	// Stamp names this state.
	Stamp string `json:"stamp"`
	// State is the conversation's own; empty when it has nothing more to remember.
	State json.RawMessage `json:"state,omitempty"`
	// Handled is the mail that State knows of and the one before did not. Mail that the database does not have, because it
	// was set back, or because an earlier state knew of it, must not be handled; the change is refused as outdated.
	Handled []Mail `json:"handled,omitempty"`
	// Seen are keys of mail that was handled before states were kept.
	Seen []int64 `json:"seen,omitempty"`
}

// Stamp names the states of a workflow run: its own id, which is unique, and what tells apart the states within it.
func Stamp(runID, rest string) string { return runID + stampEnd + rest }

// StampedBy is the id of the workflow run that kept a state.
func StampedBy(stamp string) string {
	runID, _, _ := strings.Cut(stamp, stampEnd)
	return runID
}

const stampEnd = "."

// Adopt asks what a conversation has to go on with that begins.
type Adopt struct {
	Subject Subject `json:"subject"`
	// Outdated says that the workflow itself has found out that its state is not what the database has. Otherwise runs
	// that are alive have lost their workflow, and it matters how that one ended.
	Outdated bool `json:"outdated,omitempty"`
}

// Adopted is the answer.
type Adopted struct {
	// Stamp and State are what was kept last; empty if nothing was.
	Stamp string          `json:"stamp,omitempty"`
	State json.RawMessage `json:"state,omitempty"`
	// Alive are the runs that have not ended, oldest first. The state may lack some of them, and hold others that have
	// ended. A run whose launch is among Letters is not here.
	Alive []Launch `json:"alive,omitempty"`
	// Parents are the parents of those in Alive that are sub-bots, by their ids.
	Parents map[int64]int64 `json:"parents,omitempty"`
	// Ended says how sub-bots ended that a run may wait for, by their ids.
	Ended map[int64]RunStatus `json:"ended,omitempty"`
	// Letters are the mail that no kept state knows of, in order.
	Letters []SentLetter `json:"letters,omitempty"`
}

// The fates of runs that had lost their workflow: a person had ended it, or the conversation went on from what was kept.
const (
	FateEnded   = "ended"
	FateAdopted = "adopted"
)

// SentLetter is mail as it is kept.
type SentLetter struct {
	Seq     int64           `json:"seq"`
	At      time.Time       `json:"at"`
	Signal  string          `json:"signal"`
	Payload json.RawMessage `json:"payload"`
}

// Read reads it, as its signal would bring it.
func (l SentLetter) Read() (Letter, error) { return ReadLetter(l.Signal, l.Payload, l.Seq, l.At) }
