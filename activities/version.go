package activities

import (
	"context"
	"encoding/json"

	"salesbot/bot"
)

// LoadVersion reads a published version of a bot. Versions never change, so what one launch reads stays true for good.
func (a *Activities) LoadVersion(ctx context.Context, versionID int64) (bot.Document, error) {
	version, err := a.Store.Version(ctx, versionID)
	if err != nil {
		return bot.Document{}, wire(err)
	}
	// Not strict: a version published by a newer program may hold fields that this one does not know.
	var document bot.Document
	err = json.Unmarshal(version.Document, &document)
	return document, err
}
