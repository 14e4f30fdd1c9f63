package telegramtest

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	maxText     = 4096
	maxCaption  = 1024
	maxData     = 64
	maxUpload   = 50 << 20
	maxPhoto    = 10 << 20
	maxDownload = 20 << 20
)

func (s *Server) sendText(call Call) (any, *refused) {
	text, _ := call.Params["text"].(string)
	switch {
	case strings.TrimSpace(text) == "":
		return nil, bad("message text is empty")
	case utf8.RuneCountInString(text) > maxText:
		return nil, bad("message is too long")
	}
	return s.deliver(call, map[string]any{"text": text})
}

func (s *Server) sendMedia(call Call) (any, *refused) {
	name := strings.ToLower(strings.TrimPrefix(call.Method, "send"))
	caption, _ := call.Params["caption"].(string)
	if utf8.RuneCountInString(caption) > maxCaption {
		return nil, bad("message caption is too long")
	}
	if content, ok := call.Files[name]; ok {
		if len(content) == 0 {
			return nil, bad("file must be non-empty")
		}
		if len(content) > maxUpload {
			return nil, &refused{http.StatusRequestEntityTooLarge, "Request Entity Too Large"}
		}
		if name == "photo" && (len(content) > maxPhoto || !strings.HasPrefix(http.DetectContentType(content), "image/")) {
			return nil, bad("IMAGE_PROCESS_FAILED")
		}
	} else if err := checkAddress(call.Method, call.Params[name]); err != nil {
		return nil, err
	}
	return s.deliver(call, map[string]any{"caption": caption})
}

// checkAddress: a document is fetched from an address only if it is a GIF, a PDF or a ZIP.
func checkAddress(method string, value any) *refused {
	text, _ := value.(string)
	address, err := url.Parse(text)
	if err != nil || address.Host == "" {
		return bad("wrong remote file identifier specified: can't unserialize it")
	}
	if method != "sendDocument" {
		return nil
	}
	for _, end := range []string{".gif", ".pdf", ".zip"} {
		if strings.HasSuffix(strings.ToLower(address.Path), end) {
			return nil
		}
	}
	return bad("failed to get HTTP URL content")
}

func (s *Server) deliver(call Call, content map[string]any) (any, *refused) {
	id, chat, err := s.chat(call)
	if err != nil {
		return nil, err
	}
	if markup, ok := call.Params["reply_markup"]; ok {
		if err := checkKeyboard(markup); err != nil {
			return nil, err
		}
		content["reply_markup"] = markup
	}
	s.lastID++
	message := map[string]any{"message_id": s.lastID, "date": 1700000000, "chat": privateChat(id),
		"from": map[string]any{"id": 123456, "is_bot": true, "first_name": "Shop"}}
	maps.Copy(message, content)
	chat.messages[s.lastID] = message
	return message, nil
}

func privateChat(id int64) map[string]any {
	return map[string]any{"id": id, "type": "private", "first_name": "Ann"}
}

func (s *Server) chat(call Call) (int64, *chat, *refused) {
	id, err := strconv.ParseInt(fmt.Sprint(call.Params["chat_id"]), 10, 64)
	if err != nil {
		return 0, nil, bad("chat_id is empty")
	}
	chat := s.chats[id]
	switch {
	case chat == nil:
		return 0, nil, bad("chat not found")
	case chat.blocked:
		return 0, nil, &refused{http.StatusForbidden, "Forbidden: bot was blocked by the user"}
	}
	return id, chat, nil
}

func checkKeyboard(markup any) *refused {
	object, _ := markup.(map[string]any)
	rows, ok := object["inline_keyboard"].([]any)
	if !ok {
		return bad("object expected as reply markup")
	}
	for _, row := range rows {
		buttons, ok := row.([]any)
		if !ok {
			return bad("Field \"inline_keyboard\" of the ReplyKeyboardMarkup must be an Array of Arrays")
		}
		for _, button := range buttons {
			if err := checkButton(button); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkButton(button any) *refused {
	object, _ := button.(map[string]any)
	text, _ := object["text"].(string)
	data, hasData := object["callback_data"].(string)
	link, hasLink := object["url"].(string)
	switch {
	case strings.TrimSpace(text) == "":
		return bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
	case hasData == hasLink || len(object) != 2:
		return bad("exactly one of the optional fields must be used in the inline keyboard button")
	case hasData && (data == "" || len(data) > maxData):
		return bad("BUTTON_DATA_INVALID")
	case hasLink && !strings.Contains(link, "."):
		return bad("inline keyboard button URL '%s' is invalid: Wrong HTTP URL", link)
	}
	return nil
}

func (s *Server) chatAction(call Call) (any, *refused) {
	if _, _, err := s.chat(call); err != nil {
		return nil, err
	}
	if call.Params["action"] != "typing" {
		return nil, bad("wrong parameter action in request")
	}
	return true, nil
}

func (s *Server) answerTap(call Call) (any, *refused) {
	id, _ := call.Params["callback_query_id"].(string)
	if !s.taps[id] {
		return nil, bad("query is too old and response timeout expired or query ID is invalid")
	}
	delete(s.taps, id)
	return true, nil
}

func (s *Server) getFile(call Call) (any, *refused) {
	id, _ := call.Params["file_id"].(string)
	content, ok := s.files[id]
	switch {
	case !ok:
		return nil, bad("invalid file_id")
	case len(content) > maxDownload:
		return nil, bad("file is too big")
	}
	return map[string]any{"file_id": id, "file_unique_id": "u" + id, "file_size": len(content), "file_path": "documents/" + id}, nil
}
