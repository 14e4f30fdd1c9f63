package api

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"salesbot/crm"
	"salesbot/db"
)

// MaxItems is the most items that one request may write (Kommo API v4).
const MaxItems = 250

// Paging are the parameters of every list. A client follows _links.next, which pages by key; counting pages works too.
type Paging struct {
	Page  int `query:"page" minimum:"0" maximum:"1000000" default:"1" description:"Page number from 1, for clients that count pages."`
	Limit int `query:"limit" minimum:"1" maximum:"250" default:"50" description:"Items a page, at most 250."`
	// Cursor comes from _links.next.
	Cursor string `query:"cursor" description:"Where the page begins, as _links.next says it."`
}

// store is the paging as the store wants it; the store checks it.
func (p Paging) store() db.Paging {
	return db.Paging{Limit: p.Limit, Number: p.Page, After: p.Cursor}
}

// Link is one HAL link.
type Link struct {
	Href string `json:"href"`
}

// Links are a resource's links.
type Links struct {
	Self  *Link `json:"self,omitempty"`
	Next  *Link `json:"next,omitempty"`
	First *Link `json:"first,omitempty"`
}

// Collection is a HAL list; E is a struct with one field, the list. Without items the answer is 204.
type Collection[E any] struct {
	Page       int   `json:"_page"`
	TotalItems *int  `json:"_total_items,omitempty"`
	PageCount  *int  `json:"_page_count,omitempty"`
	Links      Links `json:"_links"`
	Embedded   E     `json:"_embedded"`
	count      int
}

func (c Collection[E]) empty() bool { return c.count == 0 }

// collection makes a list of count items; next is the cursor of the next page, empty on the last one.
func collection[E any](ctx context.Context, p Paging, count int, next string, embedded E) Collection[E] {
	page := max(1, p.Page)
	links := Links{Self: &Link{Href: hrefHere(ctx, nil)}}
	if next != "" {
		links.Next = &Link{Href: hrefHere(ctx, map[string]string{"page": strconv.Itoa(page + 1), "cursor": next})}
	}
	if page > 1 {
		links.First = &Link{Href: hrefHere(ctx, map[string]string{"page": "1", "cursor": ""})}
	}
	return Collection[E]{Page: page, Links: links, Embedded: embedded, count: count}
}

// whole makes a list that is never paged.
func whole[E any](ctx context.Context, count int, embedded E) Collection[E] {
	return collection(ctx, Paging{Page: 1}, count, "", embedded)
}

// selfLink is the link of one resource; path is below /api/v4.
func selfLink(ctx context.Context, path string) Links {
	return Links{Self: &Link{Href: callerOf(ctx).base + "/api/v4" + path}}
}

// hrefHere is the request's own address with some parameters changed; an empty value removes one.
func hrefHere(ctx context.Context, change map[string]string) string {
	who := callerOf(ctx)
	if who.url == nil {
		return ""
	}
	query, err := url.ParseQuery(who.url.RawQuery)
	if err != nil {
		query = url.Values{}
	}
	for name, value := range change {
		if query.Del(name); value != "" {
			query.Set(name, value)
		}
	}
	href := who.base + who.url.Path
	if len(query) > 0 {
		href += "?" + query.Encode()
	}
	return href
}

// has says whether a with=a,b parameter names the thing.
func has(with, what string) bool {
	for part := range strings.SplitSeq(with, ",") {
		if strings.TrimSpace(part) == what {
			return true
		}
	}
	return false
}

// unix is a time as the API shows it: Unix seconds.
func unix(t time.Time) int64 { return t.Unix() }

// unixOrNil is null for a time that is not set.
func unixOrNil(t *time.Time) *int64 {
	if t == nil {
		return nil
	}
	seconds := t.Unix()
	return &seconds
}

// checkItems refuses a write of too many items (Kommo: 422 "Limit 250 per page").
func checkItems(n, limit int) error {
	if n > limit {
		return crm.Errorf(crm.Unprocessable, "Limit %d per page", limit)
	}
	if n == 0 {
		return crm.FieldError("body", "the list is empty")
	}
	return nil
}

// showAll turns rows into what the API shows of them; never nil, so that JSON has a list.
func showAll[T, J any](ctx context.Context, list []T, show func(context.Context, T) J) []J {
	shown := make([]J, len(list))
	for i, item := range list {
		shown[i] = show(ctx, item)
	}
	return shown
}

// byID is the parameter of everything that is known by its number.
type byID struct {
	ID int64 `path:"id"`
}
