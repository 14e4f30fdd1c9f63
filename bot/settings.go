package bot

// OnManagerReply says what a run does when a manager answers the client in the run's chat.
type OnManagerReply string

// The answers to a manager's reply. Stop is the default.
const (
	ManagerStops     OnManagerReply = "stop"
	ManagerPauses    OnManagerReply = "pause"
	ManagerContinues OnManagerReply = "continue"
)

// OnConflict says what happens when two runs want the next message of the same chat.
type OnConflict string

// The ways out of a conflict. Replace, Kommo's rule, is the default: the newer run owns the wait, the older one stops.
const (
	ConflictReplace OnConflict = "replace"
	ConflictQueue   OnConflict = "queue"
	ConflictRefuse  OnConflict = "refuse"
)

// OnUnknown says what a run does with a message of which nobody can know whether the provider accepted it.
type OnUnknown string

// The answers to an unknown outcome. Delivered, the default, never sends twice; Retry may.
const (
	UnknownDelivered OnUnknown = "delivered"
	UnknownFailed    OnUnknown = "failed"
	UnknownRetry     OnUnknown = "retry"
)

// Settings are the bot's manners. The zero value means the defaults.
type Settings struct {
	// OnManagerReply is stop (default), pause or continue.
	OnManagerReply OnManagerReply `json:"on_manager_reply,omitempty" jsonschema:"enum=stop,enum=pause,enum=continue,default=stop"`
	// PauseMinutes is how long a manager's reply pauses the run, with on_manager_reply pause; 0 means until it is resumed by hand.
	PauseMinutes int `json:"pause_minutes,omitempty" jsonschema:"minimum=0,maximum=10080"`
	// OnConflict is replace (default), queue or refuse.
	OnConflict OnConflict `json:"on_conflict,omitempty" jsonschema:"enum=replace,enum=queue,enum=refuse,default=replace"`
	// OnUnknownDelivery is delivered (default), failed or retry.
	OnUnknownDelivery OnUnknown `json:"on_unknown_delivery,omitempty" jsonschema:"enum=delivered,enum=failed,enum=retry,default=delivered"`
	// GatherSeconds is how long a wait goes on collecting messages after the first, so that three bubbles become one answer.
	GatherSeconds int `json:"gather_seconds,omitempty" jsonschema:"minimum=0,maximum=60"`
}

// WithDefaults fills in what the author left open.
func (s Settings) WithDefaults() Settings {
	if s.OnManagerReply == "" {
		s.OnManagerReply = ManagerStops
	}
	if s.OnConflict == "" {
		s.OnConflict = ConflictReplace
	}
	if s.OnUnknownDelivery == "" {
		s.OnUnknownDelivery = UnknownDelivered
	}
	return s
}
