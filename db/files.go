package db

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"salesbot/crm"
)

// MaxFile is the largest file in bytes.
const MaxFile = 20 << 20

// Blobs is where the bytes of files lie; package files has a folder and a bucket. A name is put once. Put keeps all or
// nothing, and for good when it returns. Open's error for what is not there is fs.ErrNotExist; Delete has none then.
// Sweep takes away what was half written before that time.
type Blobs interface {
	Put(ctx context.Context, name string, from io.Reader) error
	Open(ctx context.Context, name string, size int64) (io.ReadSeekCloser, error)
	Delete(ctx context.Context, name string) error
	Sweep(ctx context.Context, before time.Time) error
}

var errNoBlobs = errors.New("files can't be kept: the store was opened without a place for them")

// StoredFile is what is known of a file.
type StoredFile struct {
	crm.File

	// Owner is for whom it came, as VisitorOwner says; empty for our own people's.
	Owner string
	// Hash is the SHA-256 of its bytes in hex; empty for a file from before they were taken.
	Hash      string
	CreatedAt time.Time
}

// Upload says what comes, from whom.
type Upload struct {
	// ID is made by the caller of where the file comes from, so that a repeated delivery finds it again; empty makes one.
	ID string
	// Owner, ChannelID and Network (an address, as limits count it) are a stranger's; empty for our own people.
	Owner     string
	ChannelID int64
	Network   string
	Name      string
	// Type and MIME are believed if they are set; else they are read from the content.
	Type, MIME string
	// Size is what was announced; 0 if nothing was. Most is the largest that is taken; 0 is MaxFile.
	Size, Most int64
}

type fileRow struct {
	bun.BaseModel `bun:"table:files"`

	ID, Name, Mime, Type string
	Size                 int64
	ChatID               string // the owner; it held a chat's id once
	Content              []byte // of a row without a blob; empty in all others
	Blob, Hash           string
	ChannelID            int64
	Network              string
	Arriving, Loose      bool
	CreatedAt            time.Time
}

func (r fileRow) stored() StoredFile {
	return StoredFile{File: crm.File{ID: r.ID, Type: r.Type, Name: r.Name, MIME: r.Mime, Size: r.Size}, Owner: r.ChatID, Hash: r.Hash, CreatedAt: r.CreatedAt}
}

// AddFile keeps a file as its bytes come. A small transaction takes the room for it before the first byte, another one
// makes it a file after the last; what a crash leaves between them CollectFiles removes. More than Most is TooLarge,
// more than the limits allow is TooMany. A file of that id that is there already stays as it is; of two that come at
// once the slower may fail with a Conflict.
func (s *Store) AddFile(ctx context.Context, up Upload, content io.Reader) (crm.File, error) {
	if s.blobs == nil {
		return crm.File{}, errNoBlobs
	}
	if up.Most == 0 {
		up.Most = MaxFile
	}
	row, err := s.takeRoom(ctx, up)
	if err != nil {
		return crm.File{}, err
	}
	if err = s.fill(ctx, row, up.Most, content); err == nil {
		err = s.arrive(ctx, up, row)
	}
	if err != nil {
		s.giveRoomBack(ctx, row)
		return crm.File{}, err
	}
	return row.stored().File, nil
}

// takeRoom writes the row of a file that is on its way, as large as it may get.
func (s *Store) takeRoom(ctx context.Context, up Upload) (*fileRow, error) {
	size := up.Most
	if up.Size > 0 {
		size = min(size, up.Size)
	}
	id := uuid.NewString()
	row := &fileRow{ID: id, Blob: id, Name: cleanName(up.Name), Mime: up.MIME, Type: up.Type, Size: size, ChatID: up.Owner, Content: []byte{},
		ChannelID: up.ChannelID, Arriving: true, Loose: true}
	if up.ChannelID != 0 {
		row.Network = s.networkMark(up.Network)
	}
	err := s.Change(ctx, func(ctx context.Context, tx *Tx) error {
		row.CreatedAt = tx.Now
		if err := tx.checkFileLimits(ctx, *row); err != nil {
			return err
		}
		_, err := tx.NewInsert().Model(row).Exec(ctx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("keep the file: %w", err)
	}
	return row, nil
}

// fill puts the bytes where they belong and writes into the row what they turned out to be.
func (s *Store) fill(ctx context.Context, row *fileRow, most int64, content io.Reader) error {
	counted := newCounted(content, min(most, row.Size))
	if row.Mime == "" {
		row.Mime = sniff(counted.beginning(), row.Name)
		row.Type = typeOf(row.Mime)
	}
	if err := s.blobs.Put(ctx, row.Blob, counted); err != nil {
		if counted.broke != nil {
			return fmt.Errorf("keep the file: %w", counted.broke)
		}
		return fmt.Errorf("keep the file: %w", blameBlobs(ctx, err))
	}
	row.Size, row.Hash = counted.size, counted.sum()
	return nil
}

// blameBlobs marks what neither the caller nor the file's bytes are to blame for.
func blameBlobs(ctx context.Context, err error) error {
	if err == nil || ctx.Err() != nil || crm.CodeOf(err) != "" {
		return err
	}
	return fmt.Errorf("%w: %w", errFilesAway, err)
}

// arrive makes the row a file, unless another delivery of the same file was faster: then that one is it.
func (s *Store) arrive(ctx context.Context, up Upload, row *fileRow) error {
	id := row.ID
	if up.ID != "" {
		id = up.ID
		known, err := s.known(ctx, id)
		if err != nil {
			return err
		}
		if known != nil {
			s.giveRoomBack(ctx, row)
			*row = *known
			return nil
		}
	}
	err := s.Change(ctx, func(ctx context.Context, tx *Tx) error { return tx.arrive(ctx, row, id) })
	if err != nil {
		return fmt.Errorf("keep the file: %w", err)
	}
	row.ID = id
	return nil
}

func (tx *Tx) arrive(ctx context.Context, row *fileRow, id string) error {
	result, err := tx.NewUpdate().Model((*fileRow)(nil)).Set("id = ?", id).Set("mime = ?", row.Mime).Set("type = ?", row.Type).Set("size = ?", row.Size).
		Set("hash = ?", row.Hash).Set("arriving = ?", false).Where("id = ?", row.ID).Where("arriving").Exec(ctx)
	if err != nil {
		return err
	}
	if n, _ := result.RowsAffected(); n == 0 {
		return crm.Errorf(crm.Conflict, "the file took too long to come; send it again")
	}
	return nil
}

// known is the file of that id, or nil.
func (s *Store) known(ctx context.Context, id string) (*fileRow, error) {
	row, err := fileOf(ctx, s.read, id)
	if crm.CodeOf(err) == crm.NotFound {
		return nil, nil
	}
	return &row, err
}

// giveRoomBack undoes takeRoom, and Put if it came to that. It must happen although the request has ended.
func (s *Store) giveRoomBack(ctx context.Context, row *fileRow) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	err := s.Change(ctx, func(ctx context.Context, tx *Tx) error {
		if _, err := tx.NewDelete().Model((*fileRow)(nil)).Where("id = ?", row.Blob).Where("arriving").Exec(ctx); err != nil {
			return err
		}
		return tx.trash(ctx, row.Blob)
	})
	if err == nil {
		err = s.burn(ctx, row.Blob)
	}
	if err != nil {
		s.log.Warn("what was there of a file is left to the collector", "blob", row.Blob, "error", err)
	}
}

// File finds a file without its content.
func (s *Store) File(ctx context.Context, id string) (StoredFile, error) {
	row, err := fileOf(ctx, s.read, id)
	return row.stored(), err
}

func fileOf(ctx context.Context, from bun.IDB, id string) (fileRow, error) {
	var row fileRow
	err := from.NewSelect().Model(&row).ExcludeColumn("content").Where("id = ?", id).Where("NOT arriving").Scan(ctx)
	return row, found(err, "file", id)
}

// OpenFile finds a file and opens its content, which the caller closes.
func (s *Store) OpenFile(ctx context.Context, id string) (StoredFile, io.ReadSeekCloser, error) {
	row, err := fileOf(ctx, s.read, id)
	if err == nil && row.Blob == "" {
		row, err = s.openInside(ctx, row)
	}
	if err != nil || row.Blob == "" {
		return row.stored(), nopCloser{bytes.NewReader(row.Content)}, err
	}
	if s.blobs == nil {
		return row.stored(), nil, errNoBlobs
	}
	content, err := s.blobs.Open(ctx, row.Blob, row.Size)
	if errors.Is(err, fs.ErrNotExist) {
		s.log.Error("a file's bytes are missing", "file", id, "blob", row.Blob)
		return row.stored(), nil, crm.Errorf(crm.NotFound, "the content of file %s is gone", id)
	}
	return row.stored(), content, blameBlobs(ctx, err)
}

// openInside reads what the row itself still holds. If it was moved out meanwhile, the row that comes back says where to.
func (s *Store) openInside(ctx context.Context, row fileRow) (fileRow, error) {
	err := s.read.NewSelect().Model(&row).Where("id = ?", row.ID).Scan(ctx)
	return row, found(err, "file", row.ID)
}

type nopCloser struct{ io.ReadSeeker }

func (nopCloser) Close() error { return nil }
