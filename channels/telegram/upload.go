package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"slices"
	"strconv"

	"salesbot/channels"
)

// methods are, by our type of a file, the method that sends it and the parameter that holds it.
var methods = map[string][2]string{
	"picture": {"sendPhoto", "photo"},
	"video":   {"sendVideo", "video"},
	"audio":   {"sendAudio", "audio"},
	"voice":   {"sendVoice", "voice"},
	"file":    {"sendDocument", "document"},
}

// playable are the media types that each method takes; Telegram refuses the others or shows nothing of them. Whatever is
// not playable goes as a document, and so does a picture that is too large to be a photo.
var playable = map[string][]string{
	"picture": {"image/jpeg", "image/png", "image/webp"},
	"video":   {"video/mp4"},
	"audio":   {"audio/mpeg", "audio/mp4", "audio/x-m4a"},
	"voice":   {"audio/ogg", "audio/mpeg", "audio/mp4", "audio/x-m4a"},
}

// maxPhoto is the largest upload that is shown as a photo.
const maxPhoto = 10 << 20

// sendAs is our type of the file, or "file" if Telegram would not take it as that. A type that nobody told is believed.
func sendAs(file channels.OutFile) string {
	types, ok := playable[file.Type]
	switch {
	case ok && file.MIME != "" && !slices.Contains(types, file.MIME):
		return "file"
	case file.Type == "picture" && file.Size > maxPhoto:
		return "file"
	}
	return file.Type
}

// upload sends the file by its address, which Telegram fetches itself, or by its content.
func (c *Channel) upload(ctx context.Context, account channels.Account, to int64, out channels.Outbound, markup *replyMarkup) (message, error) {
	var sent message
	file := out.Files[0]
	method, ok := methods[sendAs(file)]
	if !ok {
		return sent, permanent("bad_file", "Telegram has no files of type %q", file.Type)
	}
	if file.URL != "" {
		input := map[string]any{"chat_id": to, method[1]: file.URL}
		if out.Text != "" {
			input["caption"] = out.Text
		}
		if markup != nil {
			input["reply_markup"] = markup
		}
		err := c.call(ctx, account, method[0], input, &sent)
		return sent, err
	}
	body, contentType, err := form(ctx, to, out, method[1], markup)
	if err != nil {
		return sent, err
	}
	err = c.post(ctx, account, method[0], contentType, body, &sent)
	return sent, err
}

func form(ctx context.Context, to int64, out channels.Outbound, parameter string, markup *replyMarkup) ([]byte, string, error) {
	file := out.Files[0]
	if file.Content == nil {
		return nil, "", permanent("bad_file", "the file %q has neither an address nor a content", file.Name)
	}
	content, err := file.Content(ctx)
	if err != nil {
		return nil, "", &channels.SendError{Code: "bad_file", Message: fmt.Sprintf("the file %q can't be read: %v", file.Name, err)}
	}
	fields := map[string]string{"chat_id": strconv.FormatInt(to, 10)}
	if out.Text != "" {
		fields["caption"] = out.Text
	}
	if markup != nil {
		raw, err := json.Marshal(markup)
		if err != nil {
			return nil, "", permanent("", "the buttons can't be written: %v", err)
		}
		fields["reply_markup"] = string(raw)
	}
	return writeForm(fields, parameter, file.Name, content)
}

// writeForm can't fail half way: a bytes.Buffer takes everything.
func writeForm(fields map[string]string, parameter, name string, content []byte) ([]byte, string, error) {
	var body bytes.Buffer
	writer := multipart.NewWriter(&body)
	for field, value := range fields {
		if err := writer.WriteField(field, value); err != nil {
			return nil, "", permanent("", "the upload can't be written: %v", err)
		}
	}
	part, err := writer.CreateFormFile(parameter, name)
	if err == nil {
		_, err = part.Write(content)
	}
	if err == nil {
		err = writer.Close()
	}
	if err != nil {
		return nil, "", permanent("", "the upload can't be written: %v", err)
	}
	return body.Bytes(), writer.FormDataContentType(), nil
}
