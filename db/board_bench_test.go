package db_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/crm"
	"salesbot/db"
	"salesbot/db/dbtest"
)

// BenchmarkBoard reads the counts, the sums and the first page of every stage of a pipeline with 10,000 leads, each
// with a contact, a tag, a task, a chat and five messages. The aim is less than 200 ms on SQLite.
func BenchmarkBoard(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchmarkBoard(b, dbtest.Open(b, dbtest.SQLiteURL(b))) })
	b.Run("postgres", func(b *testing.B) { benchmarkBoard(b, dbtest.Open(b, dbtest.PostgresURL(b))) })
}

func benchmarkBoard(b *testing.B, store *db.Store) {
	change(b, store, func(ctx context.Context, tx *db.Tx) error { return tx.EnsureDefaults(ctx) })
	list := stages(b, store, 1)
	fillBoard(b, store, list, 10_000)
	for b.Loop() {
		require.Len(b, readBoard(b, store, list), 50*len(list))
	}
}

func readBoard(b *testing.B, store *db.Store, list []crm.Stage) []db.BoardCard {
	totals, err := store.BoardTotals(b.Context(), 1, db.CardFilter{})
	require.NoError(b, err)
	require.Len(b, totals, len(list))
	var leads []crm.Lead
	for _, stage := range list {
		page, _, err := store.BoardStage(b.Context(), 1, stage.ID, db.CardFilter{}, db.Sort{}, db.Paging{})
		require.NoError(b, err)
		leads = append(leads, page...)
	}
	cards, err := store.BoardCards(b.Context(), leads)
	require.NoError(b, err)
	require.NotNil(b, cards[0].LastMessage)
	return cards
}

// fillBoard writes rows directly: the changes' own speed is not what is measured.
func fillBoard(b *testing.B, store *db.Store, list []crm.Stage, count int) {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	const batch = 500
	for from := 0; from < count; from += batch {
		change(b, store, func(ctx context.Context, tx *db.Tx) error {
			var leads []crm.Lead
			var contacts []crm.Contact
			var ties []crm.LeadContact
			var tasks []crm.Task
			var chats []crm.Chat
			var messages []crm.Message
			for i := from; i < from+batch; i++ {
				id, at := int64(i+1), start.Add(time.Duration(i)*time.Second)
				leads = append(leads, crm.Lead{ID: id, Name: fmt.Sprint("Lead ", id), Price: id, PipelineID: 1, StageID: list[i%len(list)].ID, CreatedAt: at, UpdatedAt: at})
				contacts = append(contacts, crm.Contact{ID: id, Name: fmt.Sprint("Contact ", id), CreatedAt: at, UpdatedAt: at})
				ties = append(ties, crm.LeadContact{LeadID: id, ContactID: id, IsMain: true})
				tasks = append(tasks, crm.Task{Text: "Call", TypeID: 1, EntityType: crm.Leads, EntityID: id, CompleteTill: at, CreatedAt: at, UpdatedAt: at})
				chats = append(chats, crm.Chat{ID: fmt.Sprint(id), ChannelID: 1, ExternalID: fmt.Sprint(id), LeadID: id, ContactID: id, CreatedAt: at, UpdatedAt: at})
				for n := range 5 {
					messages = append(messages, crm.Message{ID: fmt.Sprint(id, "-", n), ChatID: fmt.Sprint(id), Text: "hello", Direction: crm.DirectionIn, CreatedAt: at, UpdatedAt: at})
				}
			}
			if from == 0 {
				if _, err := tx.NewInsert().Model(&crm.Channel{Kind: "livechat", Settings: []byte("{}"), CreatedAt: start, UpdatedAt: start}).Exec(ctx); err != nil {
					return err
				}
			}
			for _, rows := range []any{&leads, &contacts, &ties, &tasks, &chats, &messages} {
				if _, err := tx.NewInsert().Model(rows).Exec(ctx); err != nil {
					return err
				}
			}
			if _, err := tx.EnsureTag(ctx, crm.Tag{EntityType: crm.Leads, Name: "vip"}); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, "INSERT INTO entity_tags SELECT 'leads', id, (SELECT id FROM tags LIMIT 1) FROM leads WHERE id > ? AND id <= ?", from, from+batch)
			return err
		})
	}
}
