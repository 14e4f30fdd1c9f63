package channels

import (
	"context"
	"io"

	"salesbot/crm"
)

// Fetcher is a channel whose inbound files can only be had with the account's token. Receive gives such a file an
// address that begins with the channel's kind and a colon; nobody else can make use of it.
type Fetcher interface {
	// Fetch opens the content of such a file, which the caller closes, and says how large it is; 0 if the provider does
	// not. Errors are *SendError, also while it is read; a file that is too large or gone is Permanent.
	Fetch(ctx context.Context, account Account, file crm.File) (content io.ReadCloser, size int64, err error)
}

// Typer is a channel that can show the client that somebody is typing. The sign goes by itself, or with the message.
type Typer interface {
	ShowTyping(ctx context.Context, account Account, chatID string) error
}

// ButtonTaker is a channel that can take the quick replies off a message that it has sent.
type ButtonTaker interface {
	// TakeButtons leaves the message with those buttons, which are links, or with none. It may be repeated; a message that
	// can't be changed any more, or is gone, is no error. Errors are *SendError.
	TakeButtons(ctx context.Context, account Account, chatID, messageID string, left []crm.Button) error
}
