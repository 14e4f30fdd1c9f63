package db

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"salesbot/crm"
)

type setting struct {
	bun.BaseModel `bun:"table:settings"`

	Name  string          `bun:",pk"`
	Value json.RawMessage `bun:"type:jsonb"`
}

// Setting reads a setting into value and says whether it is set; if not, value stays as it is.
func (s *Store) Setting(ctx context.Context, name string, value any) (bool, error) {
	return readSetting(ctx, s.read, name, value)
}

// Setting reads as Store.Setting does, within the transaction.
func (tx *Tx) Setting(ctx context.Context, name string, value any) (bool, error) {
	return readSetting(ctx, tx, name, value)
}

func readSetting(ctx context.Context, from bun.IDB, name string, value any) (bool, error) {
	var row setting
	err := from.NewSelect().Model(&row).Where("name = ?", name).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read setting %s: %w", name, err)
	}
	if err := json.Unmarshal(row.Value, value); err != nil {
		return false, fmt.Errorf("read setting %s: %w", name, err)
	}
	return true, nil
}

// SetSetting keeps value as JSON under that name.
func (tx *Tx) SetSetting(ctx context.Context, name string, value any) error {
	body, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("write setting %s: %w", name, err)
	}
	_, err = tx.NewInsert().Model(&setting{Name: name, Value: body}).On("CONFLICT (name) DO UPDATE").Set("value = EXCLUDED.value").Exec(ctx)
	if err != nil {
		return fmt.Errorf("write setting %s: %w", name, err)
	}
	return nil
}

// touched is a not-found error if a change found no row.
func touched(result sql.Result, what string, id any) error {
	n, err := result.RowsAffected()
	if err != nil {
		return fmt.Errorf("change %s %v: %w", what, id, err)
	}
	if n == 0 {
		return crm.Errorf(crm.NotFound, "%s %v does not exist", what, id)
	}
	return nil
}
