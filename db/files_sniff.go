package db

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"mime"
	"net/http"
	"path"
	"strings"
	"unicode/utf8"

	"salesbot/crm"
)

// maxFileName is in characters.
const maxFileName = 200

// sniffed is how many bytes of a file say what it is.
const sniffed = 512

// counted reads a file to its end, counts and hashes it, and refuses an empty one and one that is larger than it may be.
type counted struct {
	from *bufio.Reader
	most int64
	size int64
	hash hash.Hash
	// broke is what the source broke off with. It goes before everything else that fails because of it: a request's
	// context ends with its body.
	broke error
}

func newCounted(from io.Reader, most int64) *counted {
	c := &counted{most: most, hash: sha256.New()}
	c.from = bufio.NewReaderSize(watched{from, &c.broke}, sniffed)
	return c
}

// watched remembers the error that a reader ends with before its end.
type watched struct {
	io.Reader

	broke *error
}

func (w watched) Read(into []byte) (int, error) {
	n, err := w.Reader.Read(into)
	if err != nil && !errors.Is(err, io.EOF) {
		*w.broke = err
	}
	return n, err
}

// beginning looks ahead. An error comes again with the Read that gets so far.
func (c *counted) beginning() []byte {
	begun, _ := c.from.Peek(sniffed)
	return begun
}

func (c *counted) Read(into []byte) (int, error) {
	n, err := c.from.Read(into)
	c.size += int64(n)
	c.hash.Write(into[:n])
	switch {
	case c.size > c.most:
		return n, &crm.Error{Code: crm.TooLarge, Field: "file", Message: fmt.Sprintf("has more than %d bytes", c.most)}
	case err == io.EOF && c.size == 0:
		return n, crm.FieldError("file", "is empty")
	}
	return n, err
}

func (c *counted) sum() string { return hex.EncodeToString(c.hash.Sum(nil)) }

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
