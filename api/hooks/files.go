package hooks

import (
	"context"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"salesbot/channels"
	"salesbot/crm"
	"salesbot/db"
)

// fetchTime is how long a file may take; the provider waits for our answer meanwhile.
const fetchTime = 20 * time.Second

// notHad is why the provider did not give us a file. It is the provider's outage and none of ours.
type notHad struct{ error }

func (e notHad) Unwrap() error { return e.error }

// fetchAll keeps the files that only the channel can fetch, so that everybody can read them. A file that can't be had now,
// or that is more than the client may send us in a day, stays as it is in the message: its name shows, and the message is
// not held back for it. If we can't keep it because the database or the place for files is away, the delivery fails, so
// that the provider sends it again.
func (d Deps) fetchAll(ctx context.Context, kind channels.Channel, channel crm.Channel, account channels.Account, in crm.Inbound) ([]crm.File, error) {
	fetcher, ok := kind.(channels.Fetcher)
	if !ok {
		return in.Files, nil
	}
	kept := make([]crm.File, 0, len(in.Files))
	for _, file := range in.Files {
		if strings.HasPrefix(file.URL, channel.Kind+":") {
			var err error
			if file, err = d.fetch(ctx, fetcher, account, db.VisitorOwner(channel.ID, in.ChatID), file); err != nil {
				return nil, err
			}
		}
		kept = append(kept, file)
	}
	return kept, nil
}

func (d Deps) fetch(ctx context.Context, fetcher channels.Fetcher, account channels.Account, owner string, file crm.File) (crm.File, error) {
	// The same file of a repeated delivery has the same id, so it is fetched and kept once.
	id := uuid.NewSHA1(uuid.NameSpaceURL, []byte(strconv.FormatInt(account.ID, 10)+"/"+file.URL)).String()
	_, err := d.Store.File(ctx, id)
	if crm.CodeOf(err) == crm.NotFound {
		up := db.Upload{ID: id, Owner: owner, ChannelID: account.ID, Name: file.Name, Type: file.Type, MIME: file.MIME}
		err = d.keep(ctx, fetcher, account, up, file)
	}
	if err != nil && !errors.As(err, new(notHad)) && db.Unavailable(err) {
		return file, err
	}
	if err != nil {
		d.Log.Warn("a client's file was not fetched", "channel", account.ID, "name", file.Name, "error", err)
		return file, nil
	}
	file.ID, file.URL = id, ""
	return file, nil
}

func (d Deps) keep(ctx context.Context, fetcher channels.Fetcher, account channels.Account, up db.Upload, file crm.File) error {
	fetching, cancel := context.WithTimeout(ctx, fetchTime)
	defer cancel()
	content, size, err := fetcher.Fetch(fetching, account, file)
	if err != nil {
		return notHad{err}
	}
	defer content.Close()
	up.Size = size
	_, err = d.Store.AddFile(ctx, up, fetched{content})
	return err
}

// fetched marks the provider's errors.
type fetched struct{ io.Reader }

func (f fetched) Read(into []byte) (int, error) {
	n, err := f.Reader.Read(into)
	if err != nil && !errors.Is(err, io.EOF) {
		err = notHad{err}
	}
	return n, err
}
