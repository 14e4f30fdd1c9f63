package crm_test

import (
	"time"

	"salesbot/crm"
)

// examples are one event of each type, with all that it may say.
func examples() []crm.Fact {
	lead, contact, company := crm.Entity{Type: crm.Leads, ID: 1}, crm.Entity{Type: crm.Contacts, ID: 2}, crm.Entity{Type: crm.Companies, ID: 3}
	return append(cardExamples(lead, contact, company), otherExamples(lead)...)
}

func cardExamples(lead, contact, company crm.Entity) []crm.Fact {
	boat := crm.Lead{ID: lead.ID, StageID: 1001, PipelineID: 4}
	hot := crm.Tag{ID: 5, Name: "hot"}
	task := crm.Task{ID: 6, EntityType: crm.Leads, EntityID: lead.ID, Text: "Call", CompleteTill: time.Unix(60, 0)}
	done := task
	done.IsCompleted, done.Result = true, "sold"
	note := crm.Note{ID: 7, EntityType: crm.Leads, EntityID: lead.ID}
	return []crm.Fact{
		crm.LeadAddedEvent{Lead: boat},
		crm.LeadDeletedEvent{Lead: boat},
		crm.LeadStatusChangedEvent{LeadID: lead.ID, Before: crm.StagePart{ID: 1001, PipelineID: 4}, After: crm.StagePart{ID: 142, PipelineID: 4}},
		crm.LeadChangedEvent{LeadID: lead.ID, After: crm.LeadPart{SourceID: 8}},
		crm.SaleChangedEvent{LeadID: lead.ID, Before: 0, After: 1999},
		crm.ResponsibleChangedEvent{Card: lead, Before: 0, After: 9},
		crm.NameChangedEvent{Card: contact, Before: "", After: "Ada"},
		crm.FieldChangedEvent{Card: contact, FieldID: 10, After: []crm.Value{{Value: "+49 30 1", EnumID: 1, EnumCode: "WORK"}, {Value: "+49 30 2"}}},
		crm.TagAddedEvent{Card: lead, Tag: hot},
		crm.TagDeletedEvent{Card: lead, Tag: hot},
		crm.EntityLinkedEvent{Card: lead, To: contact},
		crm.EntityUnlinkedEvent{Card: contact, From: company},
		crm.ContactAddedEvent{ContactID: contact.ID},
		crm.ContactChangedEvent{ContactID: contact.ID, After: crm.ContactPart{CompanyID: company.ID}},
		crm.ContactDeletedEvent{ContactID: contact.ID},
		crm.CompanyAddedEvent{CompanyID: company.ID},
		crm.CompanyDeletedEvent{CompanyID: company.ID},
		crm.TaskAddedEvent{Task: task},
		crm.TaskChangedEvent{Before: task, After: task},
		crm.TaskCompletedEvent{Before: task, After: done},
		crm.TaskDeletedEvent{Task: done},
		crm.NoteAddedEvent{Note: note},
		crm.NoteChangedEvent{Note: note},
		crm.NoteDeletedEvent{Note: note},
	}
}

func otherExamples(lead crm.Entity) []crm.Fact {
	chat := crm.Chat{ID: "c1", LeadID: lead.ID}
	talk := crm.Talk{ID: 11, ChatID: chat.ID, LeadID: lead.ID}
	message := crm.Message{ID: "m1", Seq: 12, ChatID: chat.ID, Status: crm.MessageSent}
	user, seq, blocked, active := int64(9), int64(12), true, true
	return []crm.Fact{
		crm.TalkCreatedEvent{Talk: talk},
		crm.TalkWasClosedEvent{Talk: talk},
		crm.MessageInEvent{Message: message, LeadID: lead.ID},
		crm.MessageOutEvent{Message: message, LeadID: lead.ID},
		crm.MessageStatusChangedEvent{Message: message, LeadID: lead.ID},
		crm.MessageSpentEvent{Message: crm.Message{ID: "m1", Seq: 12, ChatID: chat.ID, Status: crm.MessageSent, Chosen: "13.1.yes"}, LeadID: lead.ID},
		crm.VideoOpenedEvent{Message: message, LeadID: lead.ID},
		crm.VideoClosedEvent{Message: message, LeadID: lead.ID},
		crm.ChatChangedEvent{Chat: chat, After: crm.ChatPart{TakenOverBy: &user, TeamReadSeq: &seq, ClientReadSeq: &seq, Blocked: &blocked, Profile: &crm.Profile{Name: "Ada"}}},
		crm.ClientTypingEvent{Chat: chat},
		crm.TeamTypingEvent{Chat: chat},
		crm.RunChangedEvent{Run: crm.Run{ID: 13, LeadID: lead.ID, ChatID: chat.ID, BotID: 14, Status: "failed", Step: "ask", Reason: "no chat"}},
		crm.BotChangedEvent{BotID: 14, After: crm.BotPart{Name: "Greeter", Revision: 2, IsActive: &active, Version: 3, TriggerID: 15, TriggerDeleted: 16, Deleted: true}},
		crm.BotPassedOverEvent{Bot: crm.BotPart{ID: 14, Name: "Greeter", TriggerID: 15}, Launched: crm.BotPart{ID: 17, Name: "Seller", TriggerID: 18}, LeadID: lead.ID, ChatID: chat.ID},
		crm.PipelineChangedEvent{PipelineID: 4},
		crm.CustomFieldChangedEvent{Field: crm.CustomField{ID: 10, EntityType: crm.Contacts}},
		crm.ChannelChangedEvent{Channel: crm.Channel{ID: 19, Name: "Site", IsActive: true}, Deleted: true},
	}
}
