package bot

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"
)

// EffectKey names one effect of a run, so that a repeated attempt finds what the first one did and changes nothing.
type EffectKey struct {
	RunID int64 `json:"run_id"`
	// Birth is the run's: an effect of another run of the same number is another effect.
	Birth string `json:"birth,omitempty"`
	// Visit counts the steps that the run has visited, from 1.
	Visit int `json:"visit"`
	// Ordinal counts the effects of that visit, from 0.
	Ordinal int `json:"ordinal"`
	// Mark tells apart what stands at the same place on two different ways. A workflow task that was cut off by a crash
	// is done again, perhaps with mail that has come meanwhile, and may then take another way than it did before.
	Mark string `json:"mark,omitempty"`
}

// String is the key as one word, for services that take an idempotency key. It is the same for every attempt, and for a
// run that goes on from an older state until it takes another way than it did before; nothing else ever has it. The key
// of a run without a birth has nothing but numbers.
func (k EffectKey) String() string {
	numbers := fmt.Sprintf("run-%d.%d.%d", k.RunID, k.Visit, k.Ordinal)
	if k.Birth == "" {
		return numbers
	}
	mark := sha256.Sum256([]byte(k.Mark))
	return fmt.Sprintf("%s.%s.%x", numbers, k.Birth, mark[:4])
}

// Effect is what an activity gets: one change to the world, asked for by one step.
type Effect struct {
	Key EffectKey `json:"key"`
	// Subject and ChatID are whom it concerns.
	Subject Subject `json:"subject"`
	ChatID  string  `json:"chat_id,omitempty"`
	// Vars are the run's own values that the input's placeholders name.
	Vars Values `json:"vars,omitempty"`
	// Input is the activity's own; every text in it may hold placeholders.
	Input json.RawMessage `json:"input,omitempty"`
	// Progress is what the run has done since its last effect, recorded in the same transaction.
	Progress Progress `json:"progress,omitzero"`
}

// RunStatus is the state of a run.
type RunStatus string

// The states of a run; the last five are final.
const (
	RunStarting RunStatus = "starting"
	RunRunning  RunStatus = "running"
	RunWaiting  RunStatus = "waiting"
	RunPaused   RunStatus = "paused"
	RunFinished RunStatus = "finished"
	RunStopped  RunStatus = "stopped"
	RunReplaced RunStatus = "replaced"
	RunRefused  RunStatus = "refused"
	RunFailed   RunStatus = "failed"
)

// AliveStatuses are the states of a run that has not ended.
var AliveStatuses = []RunStatus{RunStarting, RunRunning, RunWaiting, RunPaused}

// Final says that a run in this state never moves again.
func (s RunStatus) Final() bool {
	switch s {
	case RunFinished, RunStopped, RunReplaced, RunRefused, RunFailed:
		return true
	}
	return false
}

// Progress is a run's state for its row and its trace.
type Progress struct {
	// Visits are the step visits that began or ended since the last record, oldest first.
	Visits []Visit   `json:"visits,omitempty"`
	Status RunStatus `json:"status,omitempty"`
	// Step is the id of the step at which the run stands.
	Step string `json:"step,omitempty"`
	// WaitingFor says in words what the run waits for: "message", "message or timer".
	WaitingFor string `json:"waiting_for,omitempty"`
	// WaitingUntil is when the wait's timer fires; nil without one.
	WaitingUntil *time.Time `json:"waiting_until,omitempty"`
	// Reason says why the run ended or stands still.
	Reason string `json:"reason,omitempty"`
	// Birth is the run's.
	Birth string `json:"birth,omitempty"`
	// Resumed ends a pause that the run ended by itself, when its time was over.
	Resumed bool `json:"resumed,omitempty"`
	// Keep is the conversation's state, which is kept together with the progress.
	Keep *Keep `json:"keep,omitempty"`
}

// Visit is one step of the trace.
type Visit struct {
	// Number counts the run's visits from 1.
	Number int       `json:"number"`
	Step   string    `json:"step"`
	Kind   string    `json:"kind"`
	At     time.Time `json:"at"`
	// Left is when the run left the step; nil while it stands there.
	Left *time.Time `json:"left,omitempty"`
	Exit string     `json:"exit,omitempty"`
	// Got are the client's messages that the visit consumed, in order.
	Got []Heard `json:"got,omitempty"`
	// Notes are what happened in words: why an exit was taken, what failed.
	Notes []string `json:"notes,omitempty"`
}

// Heard is a message as the trace shows it.
type Heard struct {
	MessageID string `json:"message_id"`
	Text      string `json:"text,omitempty"`
}

// StartRun is the input of the effect that starts a sub-bot.
type StartRun struct {
	BotID int64 `json:"bot_id"`
}

// ReadValues is the input of the effect that reads what placeholders stand for.
type ReadValues struct {
	Names []string `json:"names"`
}
