package telegramtest

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
)

// parameters are what each method knows.
var parameters = map[string][]string{
	"editMessageReplyMarkup": {"chat_id", "message_id", "reply_markup"},
	"sendMessage":            {"chat_id", "text", "reply_markup"},
	"sendPhoto":              {"chat_id", "photo", "caption", "reply_markup"},
	"sendVideo":              {"chat_id", "video", "caption", "reply_markup"},
	"sendAudio":              {"chat_id", "audio", "caption", "reply_markup"},
	"sendVoice":              {"chat_id", "voice", "caption", "reply_markup"},
	"sendDocument":           {"chat_id", "document", "caption", "reply_markup"},
	"sendChatAction":         {"chat_id", "action"},
	"answerCallbackQuery":    {"callback_query_id"},
	"setWebhook":             {"url", "secret_token", "allowed_updates"},
	"deleteWebhook":          {},
	"getFile":                {"file_id"},
}

func (s *Server) call(method string, r *http.Request) (any, *refused) {
	known, ok := parameters[method]
	if !ok {
		return nil, &refused{http.StatusNotFound, "Not Found"}
	}
	call, err := read(method, r)
	if err != nil {
		return nil, err
	}
	for name := range call.Params {
		if !slices.Contains(known, name) {
			return nil, bad("unknown parameter %q of %s", name, method)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	result, err := s.answer(call)
	if err == nil {
		s.calls = append(s.calls, call)
	}
	return result, err
}

func (s *Server) answer(call Call) (any, *refused) {
	switch call.Method {
	case "sendMessage":
		return s.sendText(call)
	case "editMessageReplyMarkup":
		return s.editKeyboard(call)
	case "sendChatAction":
		return s.chatAction(call)
	case "answerCallbackQuery":
		return s.answerTap(call)
	case "setWebhook":
		return s.setWebhook(call)
	case "deleteWebhook":
		s.webhook = webhook{}
		return true, nil
	case "getFile":
		return s.getFile(call)
	}
	return s.sendMedia(call)
}

// read takes a body as JSON or as a form with files; Telegram refuses anything else.
func read(method string, r *http.Request) (Call, *refused) {
	call := Call{Method: method, Params: map[string]any{}, Files: map[string][]byte{}}
	if r.Method != http.MethodPost && r.Method != http.MethodGet {
		return call, &refused{http.StatusMethodNotAllowed, "Method Not Allowed"}
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch kind {
	case "application/json":
		decoder := json.NewDecoder(r.Body)
		decoder.UseNumber()
		if err := decoder.Decode(&call.Params); err != nil {
			return call, bad("can't parse JSON: %v", err)
		}
		return call, nil
	case "multipart/form-data":
		return call, readForm(call, r)
	}
	return call, bad("wrong content type %q", kind)
}

func readForm(call Call, r *http.Request) *refused {
	reader, err := r.MultipartReader()
	if err != nil {
		return bad("can't parse the form: %v", err)
	}
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return bad("can't parse the form: %v", err)
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return bad("can't read the form: %v", err)
		}
		if part.FileName() != "" {
			call.Files[part.FormName()] = content
			call.Params[part.FormName()] = "attach"
			continue
		}
		call.Params[part.FormName()] = formValue(string(content))
	}
}

// formValue decodes objects; in a form Telegram takes them as JSON text.
func formValue(text string) any {
	var object map[string]any
	if strings.HasPrefix(text, "{") && json.Unmarshal([]byte(text), &object) == nil {
		return object
	}
	return text
}
