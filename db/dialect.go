package db

import (
	"bytes"
	"reflect"
	"strings"
	"time"

	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	"github.com/uptrace/bun/schema"

	"salesbot/crm"
)

// The dialects are bun's, with a last line of defence: whatever text or time comes along, from a provider, a bot or a
// service, can be written and read again, on both databases alike. What a client of the API sends is checked long before.

// sqliteDialect is bun's for SQLite.
type sqliteDialect struct {
	*sqlitedialect.Dialect

	tables *schema.Tables
}

func newSQLiteDialect() *sqliteDialect {
	d := &sqliteDialect{Dialect: sqlitedialect.New()}
	d.tables = schema.NewTables(d)
	return d
}

func (d *sqliteDialect) Tables() *schema.Tables { return d.tables }

func (d *sqliteDialect) OnTable(table *schema.Table) {
	d.Dialect.OnTable(table)
	readTolerantly(table)
}

func (d *sqliteDialect) AppendTime(b []byte, t time.Time) []byte {
	return d.Dialect.AppendTime(b, crm.Storable(t))
}

func (d *sqliteDialect) AppendJSON(b, data []byte) []byte { return appendJSON(b, data) }

func (d *sqliteDialect) AppendString(b []byte, s string) []byte {
	return d.Dialect.AppendString(b, storableText(s))
}

// postgresDialect is bun's for PostgreSQL.
type postgresDialect struct {
	*pgdialect.Dialect

	tables *schema.Tables
}

func newPostgresDialect() *postgresDialect {
	d := &postgresDialect{Dialect: pgdialect.New()}
	d.tables = schema.NewTables(d)
	return d
}

func (d *postgresDialect) Tables() *schema.Tables { return d.tables }

func (d *postgresDialect) OnTable(table *schema.Table) {
	d.Dialect.OnTable(table)
	readTolerantly(table)
}

func (d *postgresDialect) AppendTime(b []byte, t time.Time) []byte {
	return d.Dialect.AppendTime(b, crm.Storable(t))
}

func (d *postgresDialect) AppendJSON(b, data []byte) []byte { return appendJSON(b, data) }

func (d *postgresDialect) AppendString(b []byte, s string) []byte {
	return d.Dialect.AppendString(b, storableText(s))
}

// storableText replaces the one character that PostgreSQL can't hold.
func storableText(s string) string { return strings.ReplaceAll(s, "\x00", "\uFFFD") }

// appendJSON writes JSON as an SQL text. bun's own takes the backslash of a text that speaks of \u0000 for an escape, and
// PostgreSQL refuses what comes of it.
func appendJSON(b, data []byte) []byte {
	b = append(b, '\'')
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case c == '\'':
			b = append(b, "''"...)
		case c == '\\' && bytes.HasPrefix(data[i+1:], []byte("u0000")):
			b = append(b, `\ufffd`...)
			i += len("u0000")
		case c == '\\' && i+1 < len(data) && data[i+1] == '\\':
			b = append(b, `\\`...)
			i++
		case c != 0:
			b = append(b, c)
		}
	}
	return append(b, '\'')
}

// readTolerantly lets one row with a bad time not make every list with that row fail.
func readTolerantly(table *schema.Table) {
	for _, field := range table.FieldMap {
		if field.IndirectType == reflect.TypeFor[time.Time]() {
			field.Scan = scanTime(field.Scan)
		}
	}
}

func scanTime(scan schema.ScannerFunc) schema.ScannerFunc {
	return func(dest reflect.Value, src any) error {
		switch written := src.(type) {
		case time.Time:
			src = crm.Storable(written)
		case string:
			src = readableTime(written)
		case []byte:
			src = readableTime(string(written))
		}
		return scan(dest, src)
	}
}

// readableTime reads a time that the driver could not. What is no time at all becomes the earliest one, a year of more
// than four digits the latest.
func readableTime(s string) time.Time {
	for _, layout := range []string{"2006-01-02 15:04:05.999999-07:00", time.RFC3339Nano, time.DateTime, time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			return crm.Storable(t.UTC())
		}
	}
	year, _, _ := strings.Cut(strings.TrimPrefix(s, "+"), "-")
	const digits = 4
	if len(year) > digits && strings.Trim(year, "0123456789") == "" {
		return crm.LatestTime
	}
	return crm.EarliestTime
}
