package db_test

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/crm"
	"salesbot/db"
)

// TestManyAtOnceLeaveOneMainContactAndOneTag proves the rules that no unique index holds.
func TestManyAtOnceLeaveOneMainContactAndOneTag(t *testing.T) {
	eachCRM(t, func(t *testing.T, store *db.Store) {
		lead := newLead(t, store, crm.Lead{})
		card := crm.Entity{Type: crm.Leads, ID: lead.ID}
		const people = 12
		for range people {
			newContact(t, store, crm.Contact{Name: "Ann"})
		}
		before := len(events(t, store))
		var group sync.WaitGroup
		failed := make(chan error, 2*people)
		for i := range int64(people) {
			group.Go(func() {
				failed <- store.Change(context.Background(), func(ctx context.Context, tx *db.Tx) error {
					return tx.LinkContact(ctx, ada, lead.ID, i+1, i%2 == 0)
				})
			})
			group.Go(func() {
				failed <- store.Change(context.Background(), func(ctx context.Context, tx *db.Tx) error {
					return tx.EditTags(ctx, ada, card, []string{"VIP"}, nil)
				})
			})
		}
		group.Wait()
		close(failed)
		for err := range failed {
			require.NoError(t, err)
		}
		ties, err := store.ContactsOf(t.Context(), []int64{lead.ID})
		require.NoError(t, err)
		require.Len(t, ties, people)
		main := 0
		for _, tie := range ties {
			if tie.IsMain {
				main++
			}
		}
		require.Equal(t, 1, main)
		added := map[crm.EventType]int{}
		for _, kind := range happened(t, store, before) {
			added[kind]++
		}
		require.Equal(t, map[crm.EventType]int{crm.EntityLinked: people, crm.TagAdded: 1}, added)
	})
}

func TestNothingHangsOnACardThatIsGone(t *testing.T) {
	eachCRM(t, func(t *testing.T, store *db.Store) {
		lead := newLead(t, store, crm.Lead{})
		change(t, store, func(ctx context.Context, tx *db.Tx) error { return tx.DeleteLead(ctx, ada, lead.ID) })
		card := crm.Entity{Type: crm.Leads, ID: lead.ID}
		refused(t, store, crm.NotFound, "", func(ctx context.Context, tx *db.Tx) error { return tx.EditTags(ctx, ada, card, []string{"vip"}, nil) })
		refused(t, store, crm.NotFound, "", func(ctx context.Context, tx *db.Tx) error {
			return tx.SetFields(ctx, ada, card, []db.FieldInput{{FieldID: 1}})
		})
		refused(t, store, crm.Invalid, "entity_id", func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.AddNote(ctx, ada, crm.Note{EntityType: crm.Leads, EntityID: lead.ID, Params: map[string]any{"text": "x"}})
			return err
		})
	})
}

func TestALeadIsNeverLeftInADeletedStage(t *testing.T) {
	eachCRM(t, func(t *testing.T, store *db.Store) {
		for range 5 {
			p := newPipeline(t, store, crm.Pipeline{Name: "Service"}, crm.Stage{Name: "A"}, crm.Stage{Name: "B"})
			list := stages(t, store, p.ID)
			var group sync.WaitGroup
			for range 4 {
				group.Go(func() {
					_ = store.Change(context.Background(), func(ctx context.Context, tx *db.Tx) error {
						_, err := tx.CreateLead(ctx, ada, crm.Lead{PipelineID: p.ID, StageID: list[0].ID})
						return err
					})
				})
			}
			group.Go(func() {
				_ = store.Change(context.Background(), func(ctx context.Context, tx *db.Tx) error { return tx.DeleteStage(ctx, ada, p.ID, list[0].ID) })
			})
			group.Wait()
			lost, _, err := store.Leads(t.Context(), db.CardFilter{Stages: []db.StageRef{{PipelineID: p.ID, StageID: list[0].ID}}}, db.Sort{}, db.Paging{})
			require.NoError(t, err)
			require.Empty(t, lost)
		}
	})
}
