package crm

import (
	"cmp"
	"time"
)

// TriggerKind says what launches a bot.
type TriggerKind string

// The kinds of trigger: a client's first message of a talk, any message, a message to which nobody would answer, a lead
// created in or moved to a stage.
const (
	TriggerTalkStarted  TriggerKind = "talk_started"
	TriggerMessage      TriggerKind = "message"
	TriggerNoBot        TriggerKind = "no_bot_running"
	TriggerStageCreated TriggerKind = "stage_created"
	TriggerStageMoved   TriggerKind = "stage_moved"
	TriggerStageEntered TriggerKind = "stage_entered"
)

// AtStage says that the trigger is pulled by a lead's stage, and not by a client's message.
func (k TriggerKind) AtStage() bool {
	return k == TriggerStageCreated || k == TriggerStageMoved || k == TriggerStageEntered
}

// Rank orders the kinds that one event may pull: what is said of fewer messages goes first. Kinds at a stage are equal.
func (k TriggerKind) Rank() int {
	switch k {
	case TriggerMessage:
		return 1
	case TriggerNoBot:
		return 2
	}
	return 0
}

// Trigger launches a bot by itself. PipelineID, StageID and ChannelID narrow it; 0 is any.
type Trigger struct {
	ID         int64 `bun:",pk,autoincrement"`
	BotID      int64
	Kind       TriggerKind
	PipelineID int64
	StageID    int64
	ChannelID  int64
	// Priority decides among triggers of one rank that match the same event: the smallest goes first, of equal ones the
	// older.
	Priority int64
	// Alongside, at a stage, launches the bot whatever other bot is launched by the same event.
	Alongside bool
	CreatedAt time.Time
}

// Before says that the trigger goes first of the two when both match.
func (t Trigger) Before(other Trigger) bool {
	return cmp.Or(cmp.Compare(t.Kind.Rank(), other.Kind.Rank()), cmp.Compare(t.Priority, other.Priority), cmp.Compare(t.ID, other.ID)) < 0
}

// Collides says that one event may match both triggers, of two bots, where only one of them counts. The beginning of a
// talk and a message while no bot is running are no collision: they are made to stand beside each other.
func (t Trigger) Collides(other Trigger) bool {
	if t.BotID == other.BotID || t.Alongside || other.Alongside || t.Kind.AtStage() != other.Kind.AtStage() {
		return false
	}
	if !overlap(t.PipelineID, other.PipelineID) || !overlap(t.StageID, other.StageID) || !overlap(t.ChannelID, other.ChannelID) {
		return false
	}
	both := TriggerMessage
	if t.Kind.AtStage() {
		both = TriggerStageEntered
	}
	return t.Kind == other.Kind || t.Kind == both || other.Kind == both
}

// overlap: 0 is any.
func overlap(a, b int64) bool { return a == b || a == 0 || b == 0 }
