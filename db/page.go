package db

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
)

// pageByID reads one page of a list that is only ever ordered by id, and the cursor of the next page.
func pageByID[T any](ctx context.Context, from bun.IDB, paging Paging, newestFirst bool, narrow func(*bun.SelectQuery) *bun.SelectQuery, id func(T) int64) ([]T, string, error) {
	var rows []T
	order, err := newOrder(Sort{Desc: newestFirst}, paging, "id")
	if err != nil {
		return nil, "", err
	}
	q, err := order.apply(from.NewSelect().Model(&rows))
	if err != nil {
		return nil, "", err
	}
	if narrow != nil {
		q = narrow(q)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, "", fmt.Errorf("read a page: %w", err)
	}
	rows, next := cut(order, rows, func(row T) (int64, int64) { return 0, id(row) })
	return rows, next, nil
}
