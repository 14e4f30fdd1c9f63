package crm

// What happens to bots, their runs, and to what the account has set up.

// RunChangedEvent tells how a run stands.
type RunChangedEvent struct{ Run Run }

// Type is run_changed.
func (RunChangedEvent) Type() EventType { return RunChanged }

func (f RunChangedEvent) record() record {
	r := record{entityType: "runs", entityID: f.Run.ID, leadID: f.Run.LeadID, chatID: f.Run.ChatID}
	return r.with(nil, &EventValue{Run: &RunPart{Status: f.Run.Status, Step: f.Run.Step, BotID: f.Run.BotID, Reason: f.Run.Reason}})
}

// BotChangedEvent tells what changed of a bot: its draft, its versions, its triggers.
type BotChangedEvent struct {
	BotID int64
	After BotPart
}

// Type is bot_changed.
func (BotChangedEvent) Type() EventType { return BotChanged }

func (f BotChangedEvent) record() record {
	return record{entityType: "bots", entityID: f.BotID}.with(nil, &EventValue{Bot: &f.After})
}

// BotPassedOverEvent tells which bot an event did not launch, and which one it launched instead.
type BotPassedOverEvent struct {
	Bot, Launched BotPart
	LeadID        int64
	ChatID        string
}

// Type is bot_passed_over.
func (BotPassedOverEvent) Type() EventType { return BotPassedOver }

func (f BotPassedOverEvent) record() record {
	r := record{entityType: "bots", entityID: f.Bot.ID, leadID: f.LeadID, chatID: f.ChatID}
	return r.with(nil, &EventValue{Bot: &f.Bot, LaunchedBot: &f.Launched})
}

// PipelineChangedEvent tells that a pipeline or its stages changed.
type PipelineChangedEvent struct{ PipelineID int64 }

// Type is pipeline_changed.
func (PipelineChangedEvent) Type() EventType { return PipelineChanged }

func (f PipelineChangedEvent) record() record {
	return record{entityType: "pipelines", entityID: f.PipelineID}
}

// CustomFieldChangedEvent tells that a field was added, changed or deleted.
type CustomFieldChangedEvent struct{ Field CustomField }

// Type is custom_field_changed.
func (CustomFieldChangedEvent) Type() EventType { return CustomFieldChanged }

func (f CustomFieldChangedEvent) record() record {
	r := record{entityType: "custom_fields", entityID: f.Field.ID}
	return r.with(nil, &EventValue{CustomField: &CustomFieldPart{f.Field.EntityType}})
}

// ChannelChangedEvent tells that a channel was connected, changed or deleted.
type ChannelChangedEvent struct {
	Channel Channel
	Deleted bool
}

// Type is channel_changed.
func (ChannelChangedEvent) Type() EventType { return ChannelChanged }

func (f ChannelChangedEvent) record() record {
	r := record{entityType: "channels", entityID: f.Channel.ID}
	return r.with(nil, &EventValue{Channel: &ChannelPart{Name: f.Channel.Name, IsActive: f.Channel.IsActive, Deleted: f.Deleted}})
}
