package telegramtest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
)

// attempts is how often an update is delivered before the fake gives up; Telegram goes on for about a day.
const attempts = 5

type webhook struct {
	url, secret string
	allowed     []string
}

var secretPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)

// setWebhook takes plain http too, for the sake of tests on one machine.
func (s *Server) setWebhook(call Call) (any, *refused) {
	address, _ := call.Params["url"].(string)
	secret, hasSecret := call.Params["secret_token"].(string)
	if parsed, err := url.Parse(address); err != nil || parsed.Host == "" {
		return nil, bad("bad webhook: invalid webhook URL specified")
	}
	if hasSecret && !secretPattern.MatchString(secret) {
		return nil, bad("secret token contains unallowed characters")
	}
	hook := webhook{url: address, secret: secret}
	allowed, _ := call.Params["allowed_updates"].([]any)
	for _, kind := range allowed {
		hook.allowed = append(hook.allowed, fmt.Sprint(kind))
	}
	s.webhook = hook
	return true, nil
}

// Deliver posts an update of one kind ("message", "callback_query" …) to the webhook, again and again until the answer
// is a success, and says how often it took. Without a webhook, or if it did not ask for the kind, nothing happens.
func (s *Server) Deliver(kind string, body map[string]any) (int, error) {
	s.mu.Lock()
	s.update++
	update := map[string]any{"update_id": s.update, kind: body}
	hook := s.webhook
	s.mu.Unlock()
	if hook.url == "" || !slices.Contains(hook.allowed, kind) {
		return 0, nil
	}
	raw, err := json.Marshal(update)
	if err != nil {
		return 0, err
	}
	for attempt := 1; ; attempt++ {
		status, err := hook.post(raw)
		if err == nil && status/100 == 2 {
			return attempt, nil
		}
		if attempt == attempts {
			return attempt, fmt.Errorf("the webhook answered %d: %w", status, err)
		}
	}
}

func (h webhook) post(raw []byte) (int, error) {
	request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, h.url, bytes.NewReader(raw))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("X-Telegram-Bot-Api-Secret-Token", h.secret)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	return response.StatusCode, nil
}

// Say makes the user write; more is added to the message, such as a photo. A user who writes has started the bot.
func (s *Server) Say(chatID int64, text string, more map[string]any) (int, error) {
	s.mu.Lock()
	s.lastID++
	message := map[string]any{"message_id": s.lastID, "date": 1700000000, "chat": privateChat(chatID), "from": person(chatID)}
	if s.chats[chatID] == nil {
		s.chats[chatID] = newChat()
	}
	s.chats[chatID].theirs[s.lastID] = true
	s.mu.Unlock()
	if text != "" {
		message["text"] = text
	}
	maps.Copy(message, more)
	return s.Deliver("message", message)
}

// Tap makes the user tap a button of one of the bot's messages.
func (s *Server) Tap(chatID, messageID int64, data string) (int, error) {
	s.mu.Lock()
	message := maps.Clone(s.chats[chatID].messages[messageID])
	s.lastID++
	id := fmt.Sprintf("q%d", s.lastID)
	s.taps[id] = true
	s.mu.Unlock()
	if message == nil {
		return 0, fmt.Errorf("the bot has sent no message %d", messageID)
	}
	return s.Deliver("callback_query", map[string]any{"id": id, "from": person(chatID), "message": message, "chat_instance": "1", "data": data})
}

func person(id int64) map[string]any {
	return map[string]any{"id": id, "is_bot": false, "first_name": "Ann", "last_name": "Lee", "username": "annlee", "language_code": "en"}
}
