// Package files keeps the bytes of files beside the database, which keeps what is known of them: in a folder of plain
// files, or in a bucket of whatever speaks S3. A name is written once and never changes; what is half written does not
// exist.
package files

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"path"
	"strings"
	"time"
)

// Place is where files lie. Names are those that Put was given: letters, digits and dashes. It is safe for concurrent
// use, also by several processes.
type Place interface {
	// Put keeps all that the reader gives under the name, or nothing. When it returns, the bytes outlive a crash. A
	// reader's error comes back wrapped.
	Put(ctx context.Context, name string, from io.Reader) error
	// Open reads a file; errors.Is(err, fs.ErrNotExist) if there is none. size is what was put.
	Open(ctx context.Context, name string, size int64) (io.ReadSeekCloser, error)
	// Delete takes a file away; one that is not there is no error.
	Delete(ctx context.Context, name string) error
	// Sweep takes away what a crash left half written before that time.
	Sweep(ctx context.Context, before time.Time) error
}

// Open opens the place that the setting names: a folder, which is made, or
// s3://bucket/prefix?region=…&endpoint=https://…&path_style=true, with the credentials where AWS's tools look for them.
func Open(ctx context.Context, setting string) (Place, error) {
	if !strings.HasPrefix(setting, "s3://") {
		return openFolder(setting)
	}
	address, err := url.Parse(setting)
	if err != nil {
		return nil, fmt.Errorf("the place for files can't be read: %w", err)
	}
	return openBucket(ctx, address)
}

// shelf spreads names over 256 folders, which people and backup programs like better than one.
func shelf(name string) string {
	const letters = 2
	return path.Join(name[:min(letters, len(name))], name)
}

// readingUntil ends a copy with its context.
type readingUntil struct {
	ctx  context.Context
	from io.Reader
}

func (r readingUntil) Read(into []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.from.Read(into)
}
