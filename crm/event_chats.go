package crm

// What happens in chats.

func aboutTalk(talk Talk) record {
	return record{entityType: "talks", entityID: talk.ID, leadID: talk.LeadID, chatID: talk.ChatID}
}

// TalkCreatedEvent tells that a talk began.
type TalkCreatedEvent struct{ Talk Talk }

// Type is talk_created.
func (TalkCreatedEvent) Type() EventType { return TalkCreated }

func (f TalkCreatedEvent) record() record { return aboutTalk(f.Talk) }

// TalkWasClosedEvent tells that a talk was closed.
type TalkWasClosedEvent struct{ Talk Talk }

// Type is talk_closed.
func (TalkWasClosedEvent) Type() EventType { return TalkWasClosed }

func (f TalkWasClosedEvent) record() record { return aboutTalk(f.Talk) }

// aboutMessage is about the message's number within its chat.
func aboutMessage(m Message, leadID int64) record {
	r := record{entityType: "messages", entityID: m.Seq, leadID: leadID, chatID: m.ChatID}
	return r.with(nil, &EventValue{Message: &MessagePart{ID: m.ID, Status: m.Status}})
}

// MessageInEvent tells of a client's message.
type MessageInEvent struct {
	Message Message
	LeadID  int64
}

// Type is incoming_chat_message.
func (MessageInEvent) Type() EventType { return MessageIn }

func (f MessageInEvent) record() record { return aboutMessage(f.Message, f.LeadID) }

// MessageOutEvent tells of a message to a client.
type MessageOutEvent struct {
	Message Message
	LeadID  int64
}

// Type is outgoing_chat_message.
func (MessageOutEvent) Type() EventType { return MessageOut }

func (f MessageOutEvent) record() record { return aboutMessage(f.Message, f.LeadID) }

// MessageStatusChangedEvent tells of a message whose delivery, or whose text, changed.
type MessageStatusChangedEvent struct {
	Message Message
	LeadID  int64
}

// Type is chat_message_status_changed.
func (MessageStatusChangedEvent) Type() EventType { return MessageStatusChanged }

func (f MessageStatusChangedEvent) record() record { return aboutMessage(f.Message, f.LeadID) }

// MessageSpentEvent tells that nobody waits for an answer to the message any more: its quick replies are spent.
type MessageSpentEvent struct {
	Message Message
	LeadID  int64
}

// Type is chat_message_spent.
func (MessageSpentEvent) Type() EventType { return MessageSpent }

func (f MessageSpentEvent) record() record {
	r := aboutMessage(f.Message, f.LeadID)
	r.after.Message.Chosen = f.Message.Chosen
	return r
}

// VideoOpenedEvent tells that the client opened a video of ours.
type VideoOpenedEvent struct {
	Message Message
	LeadID  int64
}

// Type is video_opened.
func (VideoOpenedEvent) Type() EventType { return VideoOpened }

func (f VideoOpenedEvent) record() record { return aboutMessage(f.Message, f.LeadID) }

// VideoClosedEvent tells that the client closed a video of ours.
type VideoClosedEvent struct {
	Message Message
	LeadID  int64
}

// Type is video_closed.
func (VideoClosedEvent) Type() EventType { return VideoClosed }

func (f VideoClosedEvent) record() record { return aboutMessage(f.Message, f.LeadID) }

func aboutChat(chat Chat) record {
	return record{entityType: "chats", leadID: chat.LeadID, chatID: chat.ID}
}

// ChatChangedEvent tells what changed of a chat. A chat without an id stands for all chats of its lead.
type ChatChangedEvent struct {
	Chat  Chat
	After ChatPart
}

// Type is chat_changed.
func (ChatChangedEvent) Type() EventType { return ChatChanged }

func (f ChatChangedEvent) record() record {
	return aboutChat(f.Chat).with(nil, &EventValue{Chat: &f.After})
}

// ClientTypingEvent tells that the client is typing.
type ClientTypingEvent struct{ Chat Chat }

// Type is client_typing.
func (ClientTypingEvent) Type() EventType { return ClientTyping }

func (f ClientTypingEvent) record() record { return aboutChat(f.Chat) }

// TeamTypingEvent tells that somebody of the team is typing.
type TeamTypingEvent struct{ Chat Chat }

// Type is team_typing.
func (TeamTypingEvent) Type() EventType { return TeamTyping }

func (f TeamTypingEvent) record() record { return aboutChat(f.Chat) }
