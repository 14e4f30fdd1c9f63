package db

import (
	"context"
	"fmt"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"salesbot/crm"
)

// MaxFile is the largest file in bytes.
const MaxFile = 20 << 20

// maxFileName is in characters.
const maxFileName = 200

// StoredFile is a file that the database holds.
type StoredFile struct {
	crm.File

	ChatID    string
	CreatedAt time.Time
}

type fileRow struct {
	bun.BaseModel `bun:"table:files"`

	ID, Name, Mime, Type string
	Size                 int64
	ChatID               string
	Content              []byte
	CreatedAt            time.Time
}

// AddFile keeps a file. Its type is read from its content, not believed; chatID says for which chat it came, and may be
// empty. More than MaxFile bytes is TooLarge.
func (s *Store) AddFile(ctx context.Context, chatID, name string, content []byte) (crm.File, error) {
	if len(content) == 0 {
		return crm.File{}, crm.FieldError("file", "is empty")
	}
	if len(content) > MaxFile {
		return crm.File{}, &crm.Error{Code: crm.TooLarge, Field: "file", Message: fmt.Sprintf("has more than %d bytes", MaxFile)}
	}
	kind := sniff(content, name)
	row := &fileRow{ID: uuid.NewString(), Name: cleanName(name), Mime: kind, Type: typeOf(kind), Size: int64(len(content)), ChatID: chatID, Content: content}
	err := s.Change(ctx, func(ctx context.Context, tx *Tx) error {
		row.CreatedAt = tx.Now
		_, err := tx.NewInsert().Model(row).Exec(ctx)
		return err
	})
	if err != nil {
		return crm.File{}, fmt.Errorf("keep the file: %w", err)
	}
	return row.stored().File, nil
}

func (r fileRow) stored() StoredFile {
	return StoredFile{File: crm.File{ID: r.ID, Type: r.Type, Name: r.Name, MIME: r.Mime, Size: r.Size}, ChatID: r.ChatID, CreatedAt: r.CreatedAt}
}

// File finds a file without its content.
func (s *Store) File(ctx context.Context, id string) (StoredFile, error) {
	return fileOf(ctx, s.read, id)
}

func fileOf(ctx context.Context, from bun.IDB, id string) (StoredFile, error) {
	var row fileRow
	err := from.NewSelect().Model(&row).ExcludeColumn("content").Where("id = ?", id).Scan(ctx)
	return row.stored(), found(err, "file", id)
}

// FileContent reads a file's content.
func (s *Store) FileContent(ctx context.Context, id string) ([]byte, error) {
	var row fileRow
	err := s.read.NewSelect().Model(&row).Column("content").Where("id = ?", id).Scan(ctx)
	return row.Content, found(err, "file", id)
}

// sniff says what the content is (WHATWG MIME Sniffing, as net/http knows it). Only where the bytes say nothing does the
// name's ending help, and never to something that a browser would run.
func sniff(content []byte, name string) string {
	kind, _, _ := strings.Cut(http.DetectContentType(content), ";")
	if kind != "application/octet-stream" && kind != "application/zip" && kind != "text/plain" {
		return kind
	}
	named, _, _ := strings.Cut(mime.TypeByExtension(strings.ToLower(path.Ext(name))), ";")
	for _, safe := range []string{"audio/", "video/", "application/vnd.", "text/csv", "application/msword"} {
		if strings.HasPrefix(named, safe) {
			return named
		}
	}
	return kind
}

// typeOf is the word by which channels know a kind of file.
func typeOf(kind string) string {
	switch {
	case kind == "image/svg+xml":
		return "file" // it may hold scripts
	case strings.HasPrefix(kind, "image/"):
		return "picture"
	case strings.HasPrefix(kind, "video/"):
		return "video"
	case strings.HasPrefix(kind, "audio/"), kind == "application/ogg":
		return "audio"
	}
	return "file"
}

// cleanName keeps a file's own name and nothing of the folders it came from.
func cleanName(name string) string {
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, ""), "\\", "/"))
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, name)
	if name == "" || name == "." || name == "/" {
		return "file"
	}
	if utf8.RuneCountInString(name) > maxFileName {
		const longestEnding = 10
		end := path.Ext(name)
		if len(end) > longestEnding {
			end = ""
		}
		return string([]rune(name)[:maxFileName-len(end)]) + end
	}
	return name
}
