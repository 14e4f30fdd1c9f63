package hooks

import (
	"context"
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

// fetchAll keeps the files that only the channel can fetch, so that everybody can read them. A file that can't be had now,
// or that is more than the client may send us in a day, stays as it is in the message: its name shows, and the message is not held back for it.
func (d Deps) fetchAll(ctx context.Context, kind channels.Channel, channel crm.Channel, account channels.Account, in crm.Inbound) []crm.File {
	fetcher, ok := kind.(channels.Fetcher)
	if !ok {
		return in.Files
	}
	kept := make([]crm.File, 0, len(in.Files))
	for _, file := range in.Files {
		if strings.HasPrefix(file.URL, channel.Kind+":") {
			file = d.fetch(ctx, fetcher, account, db.VisitorOwner(channel.ID, in.ChatID), file)
		}
		kept = append(kept, file)
	}
	return kept
}

func (d Deps) fetch(ctx context.Context, fetcher channels.Fetcher, account channels.Account, owner string, file crm.File) crm.File {
	ctx, cancel := context.WithTimeout(ctx, fetchTime)
	defer cancel()
	// The same file of a repeated delivery has the same id, so it is fetched and kept once.
	id := uuid.NewSHA1(uuid.NameSpaceURL, []byte(strconv.FormatInt(account.ID, 10)+"/"+file.URL)).String()
	_, err := d.Store.File(ctx, id)
	if crm.CodeOf(err) == crm.NotFound {
		up := db.Upload{ID: id, Owner: owner, ChannelID: account.ID, Name: file.Name, Type: file.Type, MIME: file.MIME}
		err = d.keep(ctx, fetcher, account, up, file)
	}
	if err != nil {
		d.Log.Warn("a client's file was not fetched", "channel", account.ID, "name", file.Name, "error", err)
		return file
	}
	file.ID, file.URL = id, ""
	return file
}

func (d Deps) keep(ctx context.Context, fetcher channels.Fetcher, account channels.Account, up db.Upload, file crm.File) error {
	content, size, err := fetcher.Fetch(ctx, account, file)
	if err != nil {
		return err
	}
	defer content.Close()
	up.Size = size
	_, err = d.Store.AddFile(ctx, up, content)
	return err
}
