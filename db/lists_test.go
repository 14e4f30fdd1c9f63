package db_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/crm"
	"salesbot/db"
)

func leadIDs(leads []crm.Lead) []int64 {
	ids := make([]int64, len(leads))
	for i, lead := range leads {
		ids[i] = lead.ID
	}
	return ids
}

func TestPagesByKeyMeetEveryLeadOnce(t *testing.T) {
	eachCRM(t, func(t *testing.T, store *db.Store) {
		day := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		for i := range 7 { // two of each time, so that only the id tells them apart
			newLead(t, store, crm.Lead{CreatedAt: day.Add(time.Duration(i/2) * time.Hour)})
		}
		for _, c := range []struct {
			sort db.Sort
			want []int64
		}{
			{db.Sort{}, []int64{1, 2, 3, 4, 5, 6, 7}},
			{db.Sort{By: "id", Desc: true}, []int64{7, 6, 5, 4, 3, 2, 1}},
			{db.Sort{By: "created_at"}, []int64{1, 2, 3, 4, 5, 6, 7}},
			{db.Sort{By: "created_at", Desc: true}, []int64{7, 6, 5, 4, 3, 2, 1}},
		} {
			var met []int64
			paging := db.Paging{Limit: 3}
			for {
				leads, next, err := store.Leads(t.Context(), db.CardFilter{}, c.sort, paging)
				require.NoError(t, err)
				met = append(met, leadIDs(leads)...)
				if next == "" {
					break
				}
				paging.After = next
			}
			require.Equal(t, c.want, met, "%v", c.sort)
			second, _, err := store.Leads(t.Context(), db.CardFilter{}, c.sort, db.Paging{Limit: 3, Number: 2})
			require.NoError(t, err)
			require.Equal(t, c.want[3:6], leadIDs(second))
		}
		for field, list := range map[string]func() error{
			"order": func() error {
				_, _, err := store.Leads(t.Context(), db.CardFilter{}, db.Sort{By: "password"}, db.Paging{})
				return err
			},
			"limit": func() error {
				_, _, err := store.Leads(t.Context(), db.CardFilter{}, db.Sort{}, db.Paging{Limit: 251})
				return err
			},
			"cursor": func() error {
				_, _, err := store.Leads(t.Context(), db.CardFilter{}, db.Sort{}, db.Paging{After: "x"})
				return err
			},
		} {
			var own *crm.Error
			require.ErrorAs(t, list(), &own)
			require.Equal(t, field, own.Field)
		}
	})
}

func TestLeadsAreFiltered(t *testing.T) {
	eachCRM(t, func(t *testing.T, store *db.Store) {
		list := stages(t, store, 1)
		first := newLead(t, store, crm.Lead{Name: "Boat", Price: 100, ResponsibleID: 1})
		second := newLead(t, store, crm.Lead{Name: "Ship", Price: 200, StageID: list[2].ID, CreatedAt: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)})
		won := newLead(t, store, crm.Lead{Name: "Raft", Price: 300, StageID: crm.StageWon})
		gone := newLead(t, store, crm.Lead{Name: "Gone"})
		due := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
		var tag crm.Tag
		change(t, store, func(ctx context.Context, tx *db.Tx) error {
			require.NoError(t, tx.DeleteLead(ctx, ada, gone.ID))
			require.NoError(t, tx.EditTags(ctx, ada, crm.Entity{Type: crm.Leads, ID: won.ID}, []string{"vip"}, nil))
			if _, err := tx.AddTask(ctx, ada, crm.Task{Text: "x", EntityType: crm.Leads, EntityID: first.ID, CompleteTill: due}); err != nil {
				return err
			}
			return tx.NewSelect().Model(&tag).Scan(ctx)
		})
		for name, c := range map[string]struct {
			filter db.CardFilter
			want   []int64
		}{
			"all":         {db.CardFilter{}, []int64{first.ID, second.ID, won.ID}},
			"ids":         {db.CardFilter{IDs: []int64{2, 4}}, []int64{2}},
			"names":       {db.CardFilter{Names: []string{"Raft"}}, []int64{won.ID}},
			"responsible": {db.CardFilter{ResponsibleIDs: []int64{1}}, []int64{first.ID}},
			"created by":  {db.CardFilter{CreatedBy: []int64{8}}, []int64{}},
			"stages":      {db.CardFilter{Stages: []db.StageRef{{1, list[2].ID}, {1, crm.StageWon}, {2, crm.StageWon}}}, []int64{second.ID, won.ID}},
			"pipelines":   {db.CardFilter{PipelineIDs: []int64{2}}, []int64{}},
			"price":       {db.CardFilter{Price: db.NumberRange{From: pointer(int64(150)), To: pointer(int64(250))}}, []int64{second.ID}},
			"closed":      {db.CardFilter{ClosedAt: db.Range{From: due.AddDate(-20, 0, 0)}}, []int64{won.ID}},
			"created":     {db.CardFilter{CreatedAt: db.Range{To: time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC)}}, []int64{second.ID}},
			"task":        {db.CardFilter{NextTaskAt: db.Range{From: due, To: due}}, []int64{first.ID}},
			"tag":         {db.CardFilter{TagIDs: []int64{tag.ID}}, []int64{won.ID}},
			"deleted":     {db.CardFilter{OnlyDeleted: true}, []int64{gone.ID}},
		} {
			leads, next, err := store.Leads(t.Context(), c.filter, db.Sort{}, db.Paging{})
			require.NoError(t, err, name)
			require.Empty(t, next)
			require.Equal(t, c.want, leadIDs(leads), name)
		}
	})
}

func TestCardsAreFoundByWordsPhonesAndAddresses(t *testing.T) {
	eachCRM(t, func(t *testing.T, store *db.Store) {
		person := newContact(t, store, crm.Contact{Name: "Jean-Luc Ångström"})
		other := newContact(t, store, crm.Contact{Name: "Old name"})
		lead := newLead(t, store, crm.Lead{Name: "Boat for two"})
		link(t, store, lead.ID, person.ID, true)
		change(t, store, func(ctx context.Context, tx *db.Tx) error {
			require.NoError(t, tx.SetContactField(ctx, ada, person.ID, crm.CodePhone, "+46 70 123 45 67"))
			require.NoError(t, tx.SetContactField(ctx, ada, person.ID, crm.CodeEmail, "Jean@Example.com"))
			_, err := tx.UpdateContact(ctx, ada, other.ID, db.ContactEdit{Name: pointer("New name")})
			return err
		})
		for query, want := range map[string]bool{
			"jean": true, "LUC": true, "ångs": true, "jean ång": true, "jean nobody": false, "70 123 45": true, "4567": true, "+46701234567": true,
			"999999": false, "jean@example.com": true, "example.com": true, "ean": false, "%": false, "old": false, "---": false,
		} {
			contacts, _, err := store.Contacts(t.Context(), db.CardFilter{Query: query}, db.Sort{}, db.Paging{})
			require.NoError(t, err)
			leads, _, err := store.Leads(t.Context(), db.CardFilter{Query: query}, db.Sort{}, db.Paging{})
			require.NoError(t, err)
			require.Len(t, contacts, map[bool]int{true: 1}[want], query)
			require.Len(t, leads, map[bool]int{true: 1}[want], query)
		}
		leads, _, err := store.Leads(t.Context(), db.CardFilter{Query: "boat jean"}, db.Sort{}, db.Paging{})
		require.NoError(t, err)
		require.Len(t, leads, 1)
	})
}

func TestABoardShowsCountsSumsAndCards(t *testing.T) {
	eachCRM(t, func(t *testing.T, store *db.Store) {
		first := newLead(t, store, crm.Lead{Price: 100})
		newLead(t, store, crm.Lead{Price: 250})
		newLead(t, store, crm.Lead{Price: 7, StageID: crm.StageWon})
		contact := newContact(t, store, crm.Contact{Name: "Ann"})
		link(t, store, first.ID, contact.ID, true)
		now := store.Now()
		change(t, store, func(ctx context.Context, tx *db.Tx) error {
			require.NoError(t, tx.EditTags(ctx, ada, crm.Entity{Type: crm.Leads, ID: first.ID}, []string{"vip"}, nil))
			_, err := tx.AddTask(ctx, ada, crm.Task{Text: "Call", EntityType: crm.Leads, EntityID: first.ID, CompleteTill: now})
			require.NoError(t, err)
			rows := []any{
				&crm.Channel{Kind: "livechat", Settings: []byte("{}"), CreatedAt: now, UpdatedAt: now},
				&crm.Chat{ID: "c", ChannelID: 1, LeadID: first.ID, ContactID: contact.ID, TeamReadSeq: 1, CreatedAt: now, UpdatedAt: now},
			}
			for i, text := range []string{"read", "unread", "newest"} {
				rows = append(rows, &crm.Message{ID: fmt.Sprint(i), ChatID: "c", Text: text, Direction: crm.DirectionIn, CreatedAt: now, UpdatedAt: now})
			}
			for _, row := range rows {
				if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
					return err
				}
			}
			return nil
		})
		totals, err := store.BoardTotals(t.Context(), 1, db.CardFilter{})
		require.NoError(t, err)
		require.ElementsMatch(t, []db.StageTotals{{first.StageID, 2, 350}, {crm.StageWon, 1, 7}}, totals)

		leads, next, err := store.BoardStage(t.Context(), 1, first.StageID, db.CardFilter{}, db.Sort{}, db.Paging{Limit: 1})
		require.NoError(t, err)
		require.NotEmpty(t, next)
		require.Equal(t, []int64{first.ID}, leadIDs(leads), "the newest change comes first")
		cards, err := store.BoardCards(t.Context(), leads)
		require.NoError(t, err)
		card := cards[0]
		require.Equal(t, "Ann", card.ContactName)
		require.Equal(t, "vip", card.Tags[0].Name)
		require.Equal(t, "Call", card.NextTask.Text)
		require.Equal(t, int64(2), card.Unread)
		require.Equal(t, "newest", card.LastMessage.Text)
		require.Equal(t, "livechat", card.LastMessage.ChannelKind)
	})
}
