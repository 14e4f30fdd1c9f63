package hooks

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"salesbot/channels"
	"salesbot/crm"
)

// fetchTime is how long a file may take; the provider waits for our answer meanwhile.
const fetchTime = 20 * time.Second

// fetchAll keeps the files that only the channel can fetch, so that everybody can read them. A file that can't be had now
// stays as it is in the message: its name shows, and the message is not held back for it.
func (d Deps) fetchAll(ctx context.Context, kind channels.Channel, channel crm.Channel, account channels.Account, files []crm.File) []crm.File {
	fetcher, ok := kind.(channels.Fetcher)
	if !ok {
		return files
	}
	kept := make([]crm.File, 0, len(files))
	for _, file := range files {
		if strings.HasPrefix(file.URL, channel.Kind+":") {
			file = d.fetch(ctx, fetcher, channel, account, file)
		}
		kept = append(kept, file)
	}
	return kept
}

func (d Deps) fetch(ctx context.Context, fetcher channels.Fetcher, channel crm.Channel, account channels.Account, file crm.File) crm.File {
	ctx, cancel := context.WithTimeout(ctx, fetchTime)
	defer cancel()
	// The same file of a repeated delivery has the same id, so it is fetched and kept once.
	id := uuid.NewSHA1(uuid.NameSpaceURL, []byte(strconv.FormatInt(channel.ID, 10)+"/"+file.URL)).String()
	_, err := d.Store.File(ctx, id)
	if crm.CodeOf(err) == crm.NotFound {
		err = d.keep(ctx, fetcher, account, id, file)
	}
	if err != nil {
		d.Log.Warn("a client's file was not fetched", "channel", channel.ID, "name", file.Name, "error", err)
		return file
	}
	file.ID, file.URL = id, ""
	return file
}

func (d Deps) keep(ctx context.Context, fetcher channels.Fetcher, account channels.Account, id string, file crm.File) error {
	content, err := fetcher.Fetch(ctx, account, file)
	if err != nil {
		return err
	}
	file.ID = id
	return d.Store.KeepFile(ctx, file, "", content)
}
