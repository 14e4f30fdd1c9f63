package workflows

import (
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
)

// The search attributes of a conversation, set when it starts. They are never encrypted, so they hold ids only.
var (
	LeadID      = temporal.NewSearchAttributeKeyInt64("LeadId")
	BotID       = temporal.NewSearchAttributeKeyInt64("BotId")
	PipelineID  = temporal.NewSearchAttributeKeyInt64("PipelineId")
	ChannelKind = temporal.NewSearchAttributeKeyKeyword("ChannelKind")
)

// SearchAttributes are what a Temporal namespace must know before conversations start in it.
func SearchAttributes() map[string]enumspb.IndexedValueType {
	attributes := map[string]enumspb.IndexedValueType{}
	for _, key := range []temporal.SearchAttributeKey{LeadID, BotID, PipelineID, ChannelKind} {
		attributes[key.GetName()] = key.GetValueType()
	}
	return attributes
}
