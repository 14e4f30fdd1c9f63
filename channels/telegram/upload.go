package telegram

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
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
	body, err := form(out, to, method[1], markup)
	if err != nil {
		return sent, err
	}
	err = c.post(ctx, account, method[0], body, &sent)
	return sent, err
}

// form is the upload around the file, whose content is opened when it is sent.
func form(out channels.Outbound, to int64, parameter string, markup *replyMarkup) (body, error) {
	file := out.Files[0]
	if file.Open == nil {
		return body{}, permanent("bad_file", "the file %q has neither an address nor a content", file.Name)
	}
	fields := map[string]string{"chat_id": strconv.FormatInt(to, 10)}
	if out.Text != "" {
		fields["caption"] = out.Text
	}
	if markup != nil {
		raw, err := json.Marshal(markup)
		if err != nil {
			return body{}, permanent("", "the buttons can't be written: %v", err)
		}
		fields["reply_markup"] = string(raw)
	}
	return writeForm(fields, parameter, file)
}

// writeForm can't fail half way: a bytes.Buffer takes everything.
func writeForm(fields map[string]string, parameter string, file channels.OutFile) (body, error) {
	var around bytes.Buffer
	writer := multipart.NewWriter(&around)
	for field, value := range fields {
		if err := writer.WriteField(field, value); err != nil {
			return body{}, permanent("", "the upload can't be written: %v", err)
		}
	}
	_, err := writer.CreateFormFile(parameter, file.Name)
	before := around.Len()
	if err == nil {
		err = writer.Close()
	}
	if err != nil {
		return body{}, permanent("", "the upload can't be written: %v", err)
	}
	return body{contentType: writer.FormDataContentType(), head: around.Bytes()[:before], file: &file, tail: around.Bytes()[before:]}, nil
}

// body is what a call sends: head alone, or a file between head and tail.
type body struct {
	contentType string
	head, tail  []byte
	file        *channels.OutFile
}

// open gives the bytes and how many they are. A second attempt on a fresh connection opens it again.
func (b body) open(ctx context.Context) (io.ReadCloser, int64, error) {
	if b.file == nil {
		return io.NopCloser(bytes.NewReader(b.head)), int64(len(b.head)), nil
	}
	content, size, err := b.file.Open(ctx)
	if err != nil {
		return nil, 0, &channels.SendError{Code: "bad_file", Message: fmt.Sprintf("the file %q can't be read: %v", b.file.Name, err)}
	}
	whole := struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(b.head), content, bytes.NewReader(b.tail)), content}
	return whole, int64(len(b.head)) + size + int64(len(b.tail)), nil
}

// request makes a call's request.
func (b body) request(ctx context.Context, address string) (*http.Request, error) {
	content, size, err := b.open(ctx)
	if err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, content)
	if err != nil {
		content.Close()
		return nil, permanent("", "the address of Telegram's server is not usable")
	}
	request.ContentLength = size
	request.GetBody = func() (io.ReadCloser, error) {
		again, _, err := b.open(ctx)
		return again, err
	}
	request.Header.Set("Content-Type", b.contentType)
	return request, nil
}
