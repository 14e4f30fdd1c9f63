package telegramtest

import (
	"fmt"
	"maps"
	"reflect"
	"strconv"
)

// editKeyboard replaces a message's keyboard; without one, or with an empty one, it is taken off. The client's own messages
// can't be edited, and a call that changes nothing is refused.
func (s *Server) editKeyboard(call Call) (any, *refused) {
	_, chat, err := s.chat(call)
	if err != nil {
		return nil, err
	}
	id, parseErr := strconv.ParseInt(fmt.Sprint(call.Params["message_id"]), 10, 64)
	message := chat.messages[id]
	switch {
	case parseErr != nil:
		return nil, bad("message identifier is not specified")
	case chat.theirs[id] || chat.locked[id]:
		return nil, bad("message can't be edited")
	case message == nil:
		return nil, bad("message to edit not found")
	}
	markup, ok := call.Params["reply_markup"]
	if ok && markup != nil {
		if err := checkKeyboard(markup); err != nil {
			return nil, err
		}
	}
	if !hasRows(markup) {
		markup = nil
	}
	if reflect.DeepEqual(message["reply_markup"], markup) {
		return nil, bad("message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message")
	}
	delete(message, "reply_markup")
	if markup != nil {
		message["reply_markup"] = markup
	}
	return maps.Clone(message), nil
}

func hasRows(markup any) bool {
	object, _ := markup.(map[string]any)
	rows, _ := object["inline_keyboard"].([]any)
	return len(rows) > 0
}

// Keyboard is the inline keyboard under one of the bot's messages; nil without one.
func (s *Server) Keyboard(chatID, messageID int64) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.chats[chatID].messages[messageID]["reply_markup"]
}

// Lock makes one of the bot's messages refuse edits, as very old ones may.
func (s *Server) Lock(chatID, messageID int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.chats[chatID].locked[messageID] = true
}

// Forget deletes one of the bot's messages, as the client can.
func (s *Server) Forget(chatID, messageID int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.chats[chatID].messages, messageID)
}
