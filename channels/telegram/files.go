package telegram

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"salesbot/channels"
	"salesbot/crm"
)

// maxDownload is the largest file that the Bot API lets a bot download.
const maxDownload = 20 << 20

// scheme begins the address of a file that only Fetch can read.
const scheme = Kind + ":"

// files are the files of a message. One message has one file; albums are several messages.
func (m *message) files() []crm.File {
	switch {
	case len(m.Photo) > 0:
		// The sizes of one picture, the largest last.
		return m.Photo[len(m.Photo)-1].file("picture", "image/jpeg", "photo.jpg")
	case m.Video != nil:
		return m.Video.file("video", "video/mp4", "video.mp4")
	case m.VideoNote != nil:
		return m.VideoNote.file("video", "video/mp4", "video.mp4")
	case m.Animation != nil:
		return m.Animation.file("video", "video/mp4", "animation.mp4")
	case m.Voice != nil:
		return m.Voice.file("voice", "audio/ogg", "voice.ogg")
	case m.Audio != nil:
		return m.Audio.file("audio", "audio/mpeg", "audio.mp3")
	case m.Sticker != nil:
		return m.Sticker.sticker()
	case m.Document != nil:
		return m.Document.file("file", "application/octet-stream", "file")
	}
	return nil
}

func (m *media) sticker() []crm.File {
	switch {
	case m.IsVideo:
		return m.file("video", "video/webm", "sticker.webm")
	case m.IsAnimated:
		return m.file("file", "application/x-tgsticker", "sticker.tgs")
	}
	return m.file("picture", "image/webp", "sticker.webp")
}

// file gives what is known of the file. One that the Bot API will not hand out has no address; its name still shows.
func (m *media) file(kind, mime, name string) []crm.File {
	file := crm.File{Type: kind, Name: name, MIME: mime, Size: m.Size}
	if m.FileName != "" {
		file.Name = m.FileName
	}
	if m.MIME != "" {
		file.MIME = m.MIME
	}
	if m.Size <= maxDownload {
		file.URL = scheme + m.FileID
	}
	return []crm.File{file}
}

type getFile struct {
	FileID string `json:"file_id"`
}

// Fetch opens a file of an inbound message, at most 20 MB.
func (c *Channel) Fetch(ctx context.Context, account channels.Account, file crm.File) (io.ReadCloser, int64, error) {
	id, ok := strings.CutPrefix(file.URL, scheme)
	if !ok {
		return nil, 0, permanent("", "%q is not a file of Telegram", file.Name)
	}
	var found struct {
		FilePath string `json:"file_path"`
	}
	if err := c.call(ctx, account, "getFile", getFile{FileID: id}, &found); err != nil {
		return nil, 0, err
	}
	address, err := c.address(account, "/file/bot", found.FilePath)
	if err != nil {
		return nil, 0, err
	}
	return c.download(ctx, account, address)
}

func (c *Channel) download(ctx context.Context, account channels.Account, address string) (io.ReadCloser, int64, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, 0, permanent("", "the address of Telegram's file is not usable")
	}
	response, err := c.client.Do(request)
	if err != nil {
		return nil, 0, broken(account, err, false)
	}
	if response.StatusCode != http.StatusOK {
		response.Body.Close()
		return nil, 0, &channels.SendError{Code: strconv.Itoa(response.StatusCode), Message: "Telegram did not give the file",
			Permanent: response.StatusCode < 500 && response.StatusCode != http.StatusTooManyRequests}
	}
	if response.ContentLength > maxDownload {
		response.Body.Close()
		return nil, 0, tooLarge()
	}
	return &downloaded{ReadCloser: response.Body, account: account}, max(0, response.ContentLength), nil
}

func tooLarge() error {
	return permanent("too_large", "the file is larger than %d MB", maxDownload>>20)
}

// downloaded is a file's content, as far as it may go.
type downloaded struct {
	io.ReadCloser

	account channels.Account
	read    int64
}

func (d *downloaded) Read(into []byte) (int, error) {
	n, err := d.ReadCloser.Read(into)
	d.read += int64(n)
	switch {
	case d.read > maxDownload:
		return n, tooLarge()
	case err != nil && !errors.Is(err, io.EOF):
		return n, broken(d.account, err, false)
	}
	return n, err
}
