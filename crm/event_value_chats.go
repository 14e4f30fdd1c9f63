package crm

// ChatPart is what changed of a chat: only that is there.
type ChatPart struct {
	// TakenOverBy is a user; 0 hands the chat back to the bots.
	TakenOverBy   *int64   `json:"taken_over_by,omitempty"`
	TeamReadSeq   *int64   `json:"team_read_seq,omitempty"`
	ClientReadSeq *int64   `json:"client_read_seq,omitempty"`
	Blocked       *bool    `json:"blocked,omitempty"`
	Profile       *Profile `json:"profile,omitempty"`
}

// RunPart is how a run stands.
type RunPart struct {
	Status string `json:"status"`
	Step   string `json:"step"`
	BotID  int64  `json:"bot_id"`
	Reason string `json:"reason"`
}

// BotPart is what changed of a bot: only that is there.
type BotPart struct {
	ID       int64  `json:"id,omitempty"`
	Name     string `json:"name,omitempty"`
	Revision int64  `json:"revision,omitempty"`
	IsActive *bool  `json:"is_active,omitempty"`
	Deleted  bool   `json:"deleted,omitempty"`
	// Version is the number of a version that was published.
	Version int `json:"version,omitempty"`
	// TriggerID is a trigger that the bot got or that changed, TriggerDeleted one that it lost.
	TriggerID      int64 `json:"trigger_id,omitempty"`
	TriggerDeleted int64 `json:"trigger_deleted,omitempty"`
}

// CustomFieldPart says on which cards a field stands.
type CustomFieldPart struct {
	EntityType EntityType `json:"entity_type"`
}

// ChannelPart is a channel as it is now.
type ChannelPart struct {
	Name     string `json:"name"`
	IsActive bool   `json:"is_active"`
	Deleted  bool   `json:"deleted,omitempty"`
}
