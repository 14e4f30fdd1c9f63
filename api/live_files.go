package api

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"
	"time"

	"salesbot/crm"
)

// fileOwner keeps a visitor's files apart from other visitors', from before the chat exists.
func fileOwner(call liveCall) string {
	return fmt.Sprintf("visitor/%d/%s", call.channel.ID, call.visitor.ID)
}

// postFile keeps one file that a message will name: the part "file" of a form.
func (l *liveChat) postFile(call liveCall) error {
	if err := l.limits.files.check(call.visitor.ID); err != nil {
		return err
	}
	part, err := filePart(call)
	if err != nil {
		return err
	}
	defer part.Close()
	content, err := readFile(part, call.settings.MaxFileBytes)
	if err != nil {
		return err
	}
	file, err := l.Store.AddFile(call.Request().Context(), fileOwner(call), part.FileName(), content)
	if err != nil {
		return err
	}
	return call.JSON(http.StatusCreated, l.attachments(call, []crm.File{file})[0])
}

func filePart(call liveCall) (*multipart.Part, error) {
	const envelope = 64 << 10 // the form around the file
	r := call.Request()
	r.Body = http.MaxBytesReader(call.Response(), r.Body, call.settings.MaxFileBytes+envelope)
	form, err := r.MultipartReader()
	if err != nil {
		return nil, crm.FieldError("file", "send multipart/form-data with a part named file")
	}
	part, err := form.NextPart()
	if err != nil || part.FormName() != "file" {
		return nil, crm.FieldError("file", "the form's first part must be named file")
	}
	return part, nil
}

func readFile(part io.Reader, most int64) ([]byte, error) {
	content, err := io.ReadAll(io.LimitReader(part, most+1))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large), int64(len(content)) > most:
		return nil, &crm.Error{Code: crm.TooLarge, Field: "file", Message: fmt.Sprintf("at most %d bytes", most)}
	case errors.Is(err, errTooSlow):
		return nil, err
	case err != nil:
		return nil, crm.FieldError("file", "it could not be read to its end")
	case len(content) == 0:
		return nil, crm.FieldError("file", "it is empty")
	}
	return content, nil
}

// getFile gives a file to whoever has its signed address. Visitors send what they like, so nothing but pictures, sound
// and video opens in the browser, and even that without any rights.
func (l *liveChat) getFile(call liveCall) error {
	id := call.Param("id")
	until, err := strconv.ParseInt(call.QueryParam("until"), 10, 64)
	if err != nil || l.Store.CheckFile(id, time.Unix(until, 0), call.QueryParam("signature")) != nil {
		return crm.Errorf(crm.Forbidden, "the file's address is not complete or has expired; read the message again")
	}
	ctx := call.Request().Context()
	file, err := l.Store.File(ctx, id)
	if err != nil {
		return err
	}
	content, err := l.Store.FileContent(ctx, id)
	if err != nil {
		return err
	}
	disposition := "attachment"
	if file.Type != "file" {
		disposition = "inline"
	}
	header := call.Response().Header()
	header.Set("Content-Type", file.MIME)
	header.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": file.Name}))
	header.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
	header.Set("Cache-Control", "private, max-age=604800, immutable")
	http.ServeContent(call.Response(), call.Request(), "", time.Time{}, bytes.NewReader(content))
	return nil
}
