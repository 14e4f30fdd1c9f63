package db

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"salesbot/crm"
)

// MaxPage is the most that one page of a list holds, and DefaultPage what it holds if nobody says (Kommo API v4).
const (
	MaxPage     = 250
	DefaultPage = 50
)

// Paging says which part of a list is wanted. After wins over Number.
type Paging struct {
	// Limit is the page's size; 0 is DefaultPage, more than MaxPage is refused.
	Limit int
	// Number counts pages from 1, for clients that page by number; deep pages are slow.
	Number int
	// After is the cursor of the page before: the entries after it follow.
	After string
}

// Sort says by which column a list is ordered; equal values are ordered by id.
type Sort struct {
	By   string
	Desc bool
}

// Range limits a time; a zero end is open. Both ends belong to it.
type Range struct{ From, To time.Time }

// NumberRange limits a number; both ends belong to it.
type NumberRange struct{ From, To *int64 }

// order is a checked Sort with the way to read a row's sort value.
type order struct {
	Sort
	paging Paging
}

// newOrder checks the sort against the columns that may be sorted by; the first one is the default.
func newOrder(sort Sort, paging Paging, columns ...string) (order, error) {
	if sort.By == "" {
		sort.By = columns[0]
	}
	if !contains(columns, sort.By) {
		return order{}, crm.FieldError("order", "can't order by %q; choose one of %s", sort.By, strings.Join(columns, ", "))
	}
	if paging.Limit == 0 {
		paging.Limit = DefaultPage
	}
	if paging.Limit < 0 || paging.Limit > MaxPage {
		return order{}, crm.FieldError("limit", "must be from 1 to %d", MaxPage)
	}
	if paging.Number < 0 {
		return order{}, crm.FieldError("page", "pages count from 1")
	}
	return order{Sort: sort, paging: paging}, nil
}

func contains(list []string, word string) bool {
	for _, w := range list {
		if w == word {
			return true
		}
	}
	return false
}

// apply orders the query and cuts out one page plus one row, by which more knows whether another page follows.
func (o order) apply(q *bun.SelectQuery) (*bun.SelectQuery, error) {
	direction, sign := "ASC", ">"
	if o.Desc {
		direction, sign = "DESC", "<"
	}
	q = q.OrderExpr("? ?", bun.Ident(o.By), bun.Safe(direction)).Limit(int64(o.paging.Limit + 1))
	if o.By != "id" {
		q = q.OrderExpr("id ?", bun.Safe(direction))
	}
	if o.paging.After == "" {
		if o.paging.Number > 1 {
			q = q.Offset(int64(o.paging.Number-1) * int64(o.paging.Limit))
		}
		return q, nil
	}
	key, err := decodeCursor(o.paging.After)
	if err != nil || key.By != o.By {
		return nil, crm.FieldError("cursor", "is not one that this list gave in this order")
	}
	isTime := strings.HasSuffix(o.By, "_at") || o.By == "complete_till"
	if isTime && (key.Value < 0 || key.Value/1e6 > crm.MaxSeconds) {
		return nil, crm.FieldError("cursor", "is not one that this list gave")
	}
	switch {
	case o.By == "id":
		return q.Where("id ? ?", bun.Safe(sign), key.ID), nil
	case isTime:
		return q.Where("(?, id) ? (?, ?)", bun.Ident(o.By), bun.Safe(sign), time.UnixMicro(key.Value).UTC(), key.ID), nil
	}
	return q.Where("(?, id) ? (?, ?)", bun.Ident(o.By), bun.Safe(sign), key.Value, key.ID), nil
}

// cursor is where a page ended. It is opaque outside.
type cursor struct {
	By string `json:"b"`
	// Value is the sort column's value; a time in microseconds.
	Value int64 `json:"v,omitempty"`
	ID    int64 `json:"i"`
}

func (c cursor) String() string {
	raw, _ := json.Marshal(c)
	return base64.RawURLEncoding.EncodeToString(raw)
}

func decodeCursor(s string) (cursor, error) {
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return cursor{}, fmt.Errorf("cursor: %w", err)
	}
	var c cursor
	if err := json.Unmarshal(raw, &c); err != nil {
		return cursor{}, fmt.Errorf("cursor: %w", err)
	}
	return c, nil
}

// cut takes away the extra row and returns the cursor of the next page, or "" if this is the last. value gives a row's
// sort value, a time in microseconds, and its id.
func cut[T any](o order, rows []T, value func(T) (sort, id int64)) ([]T, string) {
	if len(rows) <= o.paging.Limit {
		return rows, ""
	}
	rows = rows[:o.paging.Limit]
	sort, id := value(rows[len(rows)-1])
	if o.By == "id" {
		sort = 0
	}
	return rows, cursor{By: o.By, Value: sort, ID: id}.String()
}

func whereIn[T any](q *bun.SelectQuery, column string, values []T) *bun.SelectQuery {
	if len(values) == 0 {
		return q
	}
	return q.Where("? IN (?)", bun.Ident(column), bun.List(values))
}

func whereRange(q *bun.SelectQuery, column string, r Range) *bun.SelectQuery {
	if !r.From.IsZero() {
		q = q.Where("? >= ?", bun.Ident(column), r.From.UTC())
	}
	if !r.To.IsZero() {
		q = q.Where("? <= ?", bun.Ident(column), r.To.UTC())
	}
	return q
}

func whereNumber(q *bun.SelectQuery, column string, r NumberRange) *bun.SelectQuery {
	if r.From != nil {
		q = q.Where("? >= ?", bun.Ident(column), *r.From)
	}
	if r.To != nil {
		q = q.Where("? <= ?", bun.Ident(column), *r.To)
	}
	return q
}
