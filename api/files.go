package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"salesbot/crm"
	"salesbot/db"
)

func (s *Server) fileRoutes() {
	const tag = "Files"
	upload := Operation{ID: "uploadFile", Method: http.MethodPost, Repeat: Another, Path: "/api/v4/files", Tag: tag, Role: crm.Manager, Status: http.StatusCreated,
		Summary: "Upload a file", Description: "multipart/form-data with one part named file, at most 20 MB. Its type is read from its content."}
	s.largeBody[upload.Path] = true
	registerRaw[None, crm.File](s, upload, s.uploadFile)
	registerRaw[fileParams, None](s, Operation{ID: "getFile", Method: http.MethodGet, Path: "/api/v4/files/{id}", Tag: tag, Role: Public,
		Summary: "Get a file's content", Description: "With a login or a token, or by an address that carries a signature, such as a message's attachment has."}, s.getFile)
}

// formOverhead is what a multipart form may have around the file.
const formOverhead = 64 << 10

func (s *Server) uploadFile(c echo.Context, _ None) error {
	r := c.Request()
	r.Body = http.MaxBytesReader(c.Response(), r.Body, db.MaxFile+formOverhead)
	reader, err := r.MultipartReader()
	if err != nil {
		return crm.FieldError("file", "send multipart/form-data with a part named file")
	}
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return crm.FieldError("file", "the form has no part named file")
		}
		if err != nil {
			return unreadable(err)
		}
		if part.FormName() == "file" {
			return s.keepPart(c, part)
		}
	}
}

func (s *Server) keepPart(c echo.Context, part *multipart.Part) error {
	ctx := c.Request().Context()
	up := db.Upload{Name: part.FileName(), Size: c.Request().ContentLength}
	file, err := s.Store.AddFile(ctx, up, formFile{part})
	if err != nil {
		return err
	}
	return answer(c, http.StatusCreated, s.showFiles(ctx, []crm.File{file})[0])
}

// formFile tells a form that breaks off from a disk that does.
type formFile struct{ part *multipart.Part }

func (f formFile) Read(into []byte) (int, error) {
	n, err := f.part.Read(into)
	if err != nil && !errors.Is(err, io.EOF) {
		err = unreadable(err)
	}
	return n, err
}

// unreadable keeps "too large" and "too slow" apart from a form that is broken.
func unreadable(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) || errors.Is(err, errTooSlow) {
		return err
	}
	return crm.FieldError("file", "the form could not be read to its end")
}

// signedFor is how long a file's address works at least. Addresses change once a day, so that browsers can keep files.
const signedFor = 24 * time.Hour

// showFiles gives files of ours an address that works without a login: pictures of a page and providers send none.
func (s *Server) showFiles(ctx context.Context, files []crm.File) []crm.File {
	shown := make([]crm.File, len(files))
	for i, f := range files {
		if shown[i] = f; f.ID != "" {
			shown[i].URL = callerOf(ctx).base + s.FilePath(f.ID)
		}
	}
	return shown
}

// FilePath is the address of a file on this server, with a signature that lets whoever has it read the file for at
// least a day and at most two.
func (s *Server) FilePath(id string) string {
	until := s.Store.Now().Truncate(signedFor).Add(2 * signedFor)
	return fmt.Sprintf("/api/v4/files/%s?expires=%d&signature=%s", url.PathEscape(id), until.Unix(), s.Store.SignFile(id, until))
}

type fileParams struct {
	byUUID

	Expires   int64  `query:"expires"`
	Signature string `query:"signature"`
}

func (s *Server) getFile(c echo.Context, p fileParams) error {
	ctx := c.Request().Context()
	if p.Signature != "" {
		if err := s.Store.CheckFile(p.ID, time.Unix(p.Expires, 0), p.Signature); err != nil {
			return err
		}
	} else if _, err := s.authenticateAs(c.Request(), crm.Manager); err != nil {
		return err
	}
	file, content, err := s.Store.OpenFile(ctx, p.ID)
	if err != nil {
		return err
	}
	defer content.Close()
	c.Response().Header().Set("Cache-Control", "private, max-age=86400, immutable")
	serveFile(c, file, content, "default-src 'none'; sandbox")
	return nil
}

// serveFile sends a file that a stranger may have uploaded, or the range of it that was asked for: only what a browser
// merely shows is shown, everything else is saved, and nothing in it runs.
func serveFile(c echo.Context, file db.StoredFile, content io.ReadSeeker, policy string) {
	disposition := "attachment"
	if file.Type != "file" {
		disposition = "inline"
	}
	header := c.Response().Header()
	header.Set("Content-Type", file.MIME)
	header.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": file.Name}))
	header.Set("Content-Security-Policy", policy)
	header.Set("X-Content-Type-Options", "nosniff")
	http.ServeContent(c.Response(), c.Request(), "", file.CreatedAt, content)
}
