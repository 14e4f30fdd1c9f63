package api

import (
	"context"
	"net/http"
	"regexp"

	"salesbot/crm"
	"salesbot/db"
)

func (s *Server) tagRoutes() {
	for _, word := range cardWords {
		kind, base, tag := word.kind, "/"+string(word.kind)+"/tags", "Tags"
		register(s, byManager("list"+word.one+"Tags", http.MethodGet, base, tag, "List the tags of "+string(kind)),
			func(ctx context.Context, p tagParams, _ None) (Collection[tagsEmbedded], error) {
				return s.listTags(ctx, kind, p)
			})
		add := byManager("add"+word.one+"Tags", http.MethodPost, base, tag, "Add tags for "+string(kind))
		add.Description = "A tag whose name exists already, whatever its case, is answered as it is."
		register(s, add, func(ctx context.Context, _ None, body []newTag) (batch[tagBatch], error) {
			return s.addTags(ctx, kind, body)
		})
	}
}

type tagParams struct {
	Paging
	IDs   []int64 `query:"filter[id][]"`
	Query string  `query:"query" description:"The beginning of a name."`
}

type tagsEmbedded struct {
	Tags []tagJSON `json:"tags"`
}

func showTag(t crm.Tag) tagJSON {
	shown := tagJSON{ID: t.ID, Name: t.Name}
	if t.Color != "" {
		shown.Color = &t.Color
	}
	return shown
}

func (s *Server) listTags(ctx context.Context, kind crm.EntityType, p tagParams) (Collection[tagsEmbedded], error) {
	filter := db.TagFilter{EntityType: kind, IDs: p.IDs, Names: textsOf(callerOf(ctx).url.Query(), "filter[name]"), Query: p.Query}
	tags, next, err := s.Store.Tags(ctx, filter, p.store())
	show := func(_ context.Context, t crm.Tag) tagJSON { return showTag(t) }
	return collection(ctx, p.Paging, len(tags), next, tagsEmbedded{showAll(ctx, tags, show)}), err
}

type newTag struct {
	Name string `json:"name"`
	// Color is six hexadecimal digits without #.
	Color     *string `json:"color,omitempty"`
	RequestID *string `json:"request_id,omitempty"`
}

func (t newTag) requestID() *string { return t.RequestID }

type tagBatch struct {
	Tags []writtenTag `json:"tags"`
}

type writtenTag struct {
	tagJSON
	RequestID string `json:"request_id"`
}

var hexColor = regexp.MustCompile(`^[0-9A-Fa-f]{6}$`)

func (s *Server) addTags(ctx context.Context, kind crm.EntityType, body []newTag) (batch[tagBatch], error) {
	tags := map[int64]crm.Tag{}
	all, err := writeAll(ctx, s, body, func(ctx context.Context, tx *db.Tx, w newTag) (written, error) {
		if w.Color != nil && *w.Color != "" && !hexColor.MatchString(*w.Color) {
			return written{}, crm.FieldError("color", "must be six hexadecimal digits, such as DDEBB5")
		}
		tag, err := tx.EnsureTag(ctx, crm.Tag{EntityType: kind, Name: w.Name, Color: value(w.Color)})
		tags[tag.ID] = tag
		return written{ID: tag.ID}, err
	})
	shown := make([]writtenTag, len(all))
	for i, one := range all {
		shown[i] = writtenTag{tagJSON: showTag(tags[one.ID]), RequestID: one.RequestID}
	}
	return batchOf(ctx, tagBatch{shown}), err
}
