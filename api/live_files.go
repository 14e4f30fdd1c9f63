package api

import (
	"io"
	"mime/multipart"
	"net/http"
	"strconv"
	"time"

	"salesbot/crm"
	"salesbot/db"
)

func fileOwner(call liveCall) string { return db.VisitorOwner(call.channel.ID, call.visitor.ID) }

// postFile keeps one file that a message will name: the part "file" of a form.
func (l *liveChat) postFile(call liveCall) error {
	if err := l.limits.files.check(call.visitor.ID); err != nil {
		return err
	}
	most := call.settings.MaxFileBytes
	if most == 0 {
		return &crm.Error{Code: crm.TooLarge, Field: "file", Message: "this chat takes no files"}
	}
	part, err := filePart(call)
	if err != nil {
		return err
	}
	defer part.Close()
	up := db.Upload{Owner: fileOwner(call), ChannelID: call.channel.ID, Network: clientNetwork(call), Name: part.FileName(),
		Size: call.Request().ContentLength, Most: most}
	file, err := l.Store.AddFile(call.Request().Context(), up, formFile{part})
	if crm.CodeOf(err) == crm.TooMany {
		// A browser reads no answer while it still sends, and the visitor is to read this one.
		_, _ = io.Copy(io.Discard, call.Request().Body)
	}
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

// getFile gives a file to whoever has its signed address. Visitors send what they like, so nothing but pictures, sound
// and video opens in the browser, and even that without any rights.
func (l *liveChat) getFile(call liveCall) error {
	id := call.Param("id")
	until, err := strconv.ParseInt(call.QueryParam("until"), 10, 64)
	if err != nil || l.Store.CheckFile(id, time.Unix(until, 0), call.QueryParam("signature")) != nil {
		return crm.Errorf(crm.Forbidden, "the file's address is not complete or has expired; read the message again")
	}
	ctx := call.Request().Context()
	file, content, err := l.Store.OpenFile(ctx, id)
	if err != nil {
		return err
	}
	defer content.Close()
	call.Response().Header().Set("Cache-Control", "private, max-age=604800, immutable")
	serveFile(call, file, content, "default-src 'none'; style-src 'unsafe-inline'; sandbox")
	return nil
}
