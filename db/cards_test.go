package db_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
	"salesbot/db/dbtest"
)

var ada = crm.Actor{Kind: crm.ByUser, ID: 7}

// eachCRM runs the test on both databases with what every account has.
func eachCRM(t *testing.T, test func(t *testing.T, store *db.Store)) {
	t.Helper()
	dbtest.EachDB(t, func(t *testing.T, store *db.Store) {
		change(t, store, func(ctx context.Context, tx *db.Tx) error { return tx.EnsureDefaults(ctx) })
		test(t, store)
	})
}

func change(t testing.TB, store *db.Store, fn func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	require.NoError(t, store.Change(context.Background(), fn))
}

// refused checks that the change fails with that code and field, and that it changed nothing anybody is told of.
func refused(t *testing.T, store *db.Store, code crm.Code, field string, fn func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	before := events(t, store)
	err := store.Change(context.Background(), fn)
	require.Equal(t, code, crm.CodeOf(err), "%v", err)
	var own *crm.Error
	require.ErrorAs(t, err, &own)
	require.Equal(t, field, own.Field)
	require.Len(t, events(t, store), len(before))
}

// events are all that happened, oldest first.
func events(t testing.TB, store *db.Store) []crm.Event {
	t.Helper()
	var all []crm.Event
	change(t, store, func(ctx context.Context, tx *db.Tx) error { return tx.NewSelect().Model(&all).Order("id").Scan(ctx) })
	return all
}

// happened are the types of the events after the first n.
func happened(t *testing.T, store *db.Store, n int) []crm.EventType {
	t.Helper()
	var types []crm.EventType
	for _, e := range events(t, store)[n:] {
		types = append(types, e.Type)
	}
	return types
}

func newLead(t testing.TB, store *db.Store, lead crm.Lead) crm.Lead {
	t.Helper()
	change(t, store, func(ctx context.Context, tx *db.Tx) (err error) {
		lead, err = tx.CreateLead(ctx, ada, lead)
		return err
	})
	return lead
}

func newContact(t testing.TB, store *db.Store, contact crm.Contact) crm.Contact {
	t.Helper()
	change(t, store, func(ctx context.Context, tx *db.Tx) (err error) {
		contact, err = tx.CreateContact(ctx, ada, contact)
		return err
	})
	return contact
}

func link(t testing.TB, store *db.Store, leadID, contactID int64, main bool) {
	t.Helper()
	change(t, store, func(ctx context.Context, tx *db.Tx) error { return tx.LinkContact(ctx, ada, leadID, contactID, main) })
}

func stages(t testing.TB, store *db.Store, pipelineID int64) []crm.Stage {
	t.Helper()
	list, err := store.Stages(t.Context(), pipelineID)
	require.NoError(t, err)
	return list
}

func pointer[T any](v T) *T { return &v }

func TestALeadIsPlacedMovedAndClosed(t *testing.T) {
	eachCRM(t, func(t *testing.T, store *db.Store) {
		lead := newLead(t, store, crm.Lead{Price: 1990})
		list := stages(t, store, lead.PipelineID)
		require.Equal(t, crm.StageIncoming, list[0].Type)
		require.Equal(t, list[1].ID, lead.StageID, "without a stage it stands at the first ordinary one")
		require.Equal(t, "Lead #1", lead.Name)
		n := len(events(t, store))

		change(t, store, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.ChangeStage(ctx, ada, lead.ID, 0, crm.StageWon)
			return err
		})
		won, err := store.Lead(t.Context(), lead.ID)
		require.NoError(t, err)
		require.NotNil(t, won.ClosedAt)
		moved := events(t, store)[n]
		require.Equal(t, crm.LeadStatusChanged, moved.Type)
		require.JSONEq(t, `{"lead_status":{"id":`+itoa(lead.StageID)+`,"pipeline_id":1}}`, string(moved.Before))
		require.JSONEq(t, `{"lead_status":{"id":142,"pipeline_id":1}}`, string(moved.After))
		require.Equal(t, crm.ByUser, moved.ActorKind)
		require.Equal(t, ada.ID, moved.ActorID)

		change(t, store, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.ChangeStage(ctx, ada, lead.ID, 0, crm.StageWon)
			if err != nil {
				return err
			}
			_, err = tx.UpdateLead(ctx, ada, lead.ID, db.LeadEdit{StageID: &list[2].ID, Name: pointer("Boat"), Price: pointer(int64(5)), ResponsibleID: pointer(int64(9))})
			return err
		})
		require.Equal(t, []crm.EventType{crm.NameChanged, crm.SaleChanged, crm.ResponsibleChanged, crm.LeadStatusChanged}, happened(t, store, n+1))
		open, err := store.Lead(t.Context(), lead.ID)
		require.NoError(t, err)
		require.Nil(t, open.ClosedAt)

		refused(t, store, crm.Invalid, "status_id", func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.ChangeStage(ctx, ada, lead.ID, 1, 99999)
			return err
		})
		refused(t, store, crm.Invalid, "pipeline_id", func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.CreateLead(ctx, ada, crm.Lead{PipelineID: 55})
			return err
		})
		refused(t, store, crm.Invalid, "price", func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.UpdateLead(ctx, ada, lead.ID, db.LeadEdit{Price: pointer(int64(-1))})
			return err
		})
		change(t, store, func(ctx context.Context, tx *db.Tx) error { return tx.DeleteLead(ctx, ada, lead.ID) })
		refused(t, store, crm.NotFound, "", func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.ChangeStage(ctx, ada, lead.ID, 1, crm.StageLost)
			return err
		})
	})
}

func TestContactsHaveNamesAndOneIsMain(t *testing.T) {
	eachCRM(t, func(t *testing.T, store *db.Store) {
		for _, c := range []struct{ in, want crm.Contact }{
			{crm.Contact{Name: "Ann  Lee"}, crm.Contact{Name: "Ann  Lee", FirstName: "Ann", LastName: "Lee"}},
			{crm.Contact{FirstName: "Bo"}, crm.Contact{Name: "Bo", FirstName: "Bo"}},
			{crm.Contact{Name: "Nick", FirstName: "Cy", LastName: "Day"}, crm.Contact{Name: "Nick", FirstName: "Cy", LastName: "Day"}},
		} {
			got := newContact(t, store, c.in)
			require.Equal(t, c.want, crm.Contact{Name: got.Name, FirstName: got.FirstName, LastName: got.LastName})
		}
		lead := newLead(t, store, crm.Lead{})
		for id := range int64(3) {
			link(t, store, lead.ID, id+1, id == 1)
		}
		ties, err := store.ContactsOf(t.Context(), []int64{lead.ID})
		require.NoError(t, err)
		require.Equal(t, []crm.LeadContact{{LeadID: 1, ContactID: 2, IsMain: true}, {LeadID: 1, ContactID: 1}, {LeadID: 1, ContactID: 3}}, ties)

		change(t, store, func(ctx context.Context, tx *db.Tx) error { return tx.DeleteContact(ctx, ada, 2) })
		ties, err = store.ContactsOf(t.Context(), []int64{lead.ID})
		require.NoError(t, err)
		require.Equal(t, []crm.LeadContact{{LeadID: 1, ContactID: 1, IsMain: true}, {LeadID: 1, ContactID: 3}}, ties)
		refused(t, store, crm.Invalid, "to_entity_id", func(ctx context.Context, tx *db.Tx) error {
			return tx.LinkContact(ctx, ada, lead.ID, 2, false)
		})
		change(t, store, func(ctx context.Context, tx *db.Tx) error {
			contact, err := tx.UpdateContact(ctx, ada, 1, db.ContactEdit{LastName: pointer("Low")})
			require.Equal(t, "Ann Low", contact.Name)
			return err
		})
	})
}

func TestTagsAreOneWhateverTheirCase(t *testing.T) {
	eachCRM(t, func(t *testing.T, store *db.Store) {
		lead := newLead(t, store, crm.Lead{})
		card := crm.Entity{Type: crm.Leads, ID: lead.ID}
		n := len(events(t, store))
		change(t, store, func(ctx context.Context, tx *db.Tx) error {
			return tx.EditTags(ctx, ada, card, []string{"VIP", "vip ", "Élite"}, nil)
		})
		change(t, store, func(ctx context.Context, tx *db.Tx) error {
			return tx.EditTags(ctx, ada, card, []string{"Vip"}, []string{"ÉLITE", "unknown"})
		})
		require.Equal(t, []crm.EventType{crm.TagAdded, crm.TagAdded, crm.TagDeleted}, happened(t, store, n))
		change(t, store, func(ctx context.Context, tx *db.Tx) error { return tx.SetTags(ctx, ada, card, []string{"new"}) })
		tags, err := store.TagsOf(t.Context(), crm.Leads, []int64{lead.ID})
		require.NoError(t, err)
		require.Len(t, tags[lead.ID], 1)
		require.Equal(t, "new", tags[lead.ID][0].Name)
		found, _, err := store.Tags(t.Context(), db.TagFilter{EntityType: crm.Leads, Query: "VI"}, db.Paging{})
		require.NoError(t, err)
		require.Len(t, found, 1)
		refused(t, store, crm.Invalid, "name", func(ctx context.Context, tx *db.Tx) error {
			return tx.EditTags(ctx, ada, card, []string{"  "}, nil)
		})
	})
}

func TestTasksAreAddedCompletedAndListed(t *testing.T) {
	eachCRM(t, func(t *testing.T, store *db.Store) {
		lead := newLead(t, store, crm.Lead{ResponsibleID: 5})
		due := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
		change(t, store, func(ctx context.Context, tx *db.Tx) error {
			for i := range 3 {
				task, err := tx.AddTask(ctx, ada, crm.Task{Text: "Call", EntityType: crm.Leads, EntityID: lead.ID, CompleteTill: due.Add(-time.Duration(i) * time.Hour)})
				if err != nil {
					return err
				}
				require.Equal(t, int64(5), task.ResponsibleID, "the lead's user does what nobody is named for")
			}
			_, err := tx.UpdateTask(ctx, ada, 3, db.TaskEdit{IsCompleted: pointer(true), Result: pointer("done")})
			return err
		})
		next, err := store.NextTasks(t.Context(), crm.Leads, []int64{lead.ID})
		require.NoError(t, err)
		require.Equal(t, int64(2), next[lead.ID].ID)
		open, cursor, err := store.Tasks(t.Context(), db.TaskFilter{IsCompleted: pointer(false)}, db.Sort{By: "complete_till"}, db.Paging{Limit: 1})
		require.NoError(t, err)
		require.Equal(t, int64(2), open[0].ID)
		rest, cursor, err := store.Tasks(t.Context(), db.TaskFilter{IsCompleted: pointer(false)}, db.Sort{By: "complete_till"}, db.Paging{Limit: 1, After: cursor})
		require.NoError(t, err)
		require.Equal(t, int64(1), rest[0].ID)
		require.Empty(t, cursor)
		types := happened(t, store, 0)
		require.Equal(t, crm.TaskCompleted, types[len(types)-1])
		for field, task := range map[string]crm.Task{
			"text":          {CompleteTill: due},
			"complete_till": {Text: "x"},
			"task_type_id":  {Text: "x", CompleteTill: due, TypeID: 9},
			"entity_type":   {Text: "x", CompleteTill: due, EntityID: 1},
			"entity_id":     {Text: "x", CompleteTill: due, EntityType: crm.Leads, EntityID: 77},
		} {
			refused(t, store, crm.Invalid, field, func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.AddTask(ctx, ada, task)
				return err
			})
		}
	})
}

func TestABotsChangesReachTheirTargets(t *testing.T) {
	eachCRM(t, func(t *testing.T, store *db.Store) {
		lead := newLead(t, store, crm.Lead{Name: "Boat"})
		first, second := newContact(t, store, crm.Contact{Name: "Ann"}), newContact(t, store, crm.Contact{Name: "Bo"})
		link(t, store, lead.ID, first.ID, true)
		link(t, store, lead.ID, second.ID, false)
		subject, by := bot.Subject{LeadID: lead.ID}, crm.Actor{Kind: crm.ByBot, ID: 3}
		change(t, store, func(ctx context.Context, tx *db.Tx) error {
			notes, err := tx.ApplyNote(ctx, by, subject, "", crm.NewNote{Target: crm.TargetAllContacts, Text: "hello"})
			require.Len(t, notes, 2)
			require.NoError(t, err)
			task, err := tx.ApplyTask(ctx, by, subject, "", crm.NewTask{Text: "Call", DueSeconds: 60})
			require.Equal(t, tx.Now.Add(time.Minute), task.CompleteTill)
			require.NoError(t, err)
			require.NoError(t, tx.ApplyTags(ctx, by, subject, "", crm.TagEdit{Target: crm.TargetMainContact, Add: []string{"vip"}}))
			for field, value := range map[string]string{"price": "1 500,50", "name": "Ship"} {
				require.NoError(t, tx.ApplyField(ctx, by, subject, "", crm.FieldEdit{Field: field, Value: value}))
			}
			for _, phone := range []string{"+1 555 123", "1555123", "+1 555 999"} {
				require.NoError(t, tx.ApplyField(ctx, by, subject, "", crm.FieldEdit{Target: crm.TargetMainContact, Field: "cf.PHONE", Value: phone, Append: true, EnumCode: "MOB"}))
			}
			moved, err := tx.ApplyStageChange(ctx, by, subject, crm.StageChange{StageID: crm.StageLost})
			require.True(t, moved.Closed())
			return err
		})
		want := map[string][]string{
			"lead.name": {"Ship"}, "lead.price": {"1500.50"}, "lead.status_id": {"143"}, "contact.name": {"Ann"}, "name": {"Ann"},
			"contact.phone": {"+1 555 123", "+1 555 999"}, "contact.cf.PHONE": {"+1 555 123", "+1 555 999"}, "contact.tags": {"vip"},
			"lead.tags": {}, "company.name": nil, "lead.responsible.email": nil, "origin": nil, "talk.id": nil, "profile.name": nil, "lead.cf.77": nil,
		}
		facts := store.Facts(subject, "")
		for name, values := range want {
			got, ok, err := facts.Get(t.Context(), name)
			require.NoError(t, err)
			require.True(t, ok, name)
			require.Equal(t, values, got, name)
		}
		for _, name := range []string{"lead.nothing", "message_text", "json.key", "profile.secret", ""} {
			_, ok, err := facts.Get(t.Context(), name)
			require.NoError(t, err)
			require.False(t, ok, name)
		}
		for _, c := range []struct {
			field string
			edit  crm.FieldEdit
		}{
			{"target", crm.FieldEdit{Target: crm.TargetCompany, Field: "name", Value: "x"}},
			{"target", crm.FieldEdit{Target: crm.TargetChatContact, Field: "name", Value: "x"}},
			{"field", crm.FieldEdit{Field: "last_name", Value: "x"}},
			{"price", crm.FieldEdit{Field: "price", Value: "many"}},
			{"responsible_user_id", crm.FieldEdit{Field: "responsible_user_id", Value: "9"}},
			{"custom_fields_values.0.field_id", crm.FieldEdit{Field: "cf.NONE", Value: "9"}},
		} {
			refused(t, store, crm.Invalid, c.field, func(ctx context.Context, tx *db.Tx) error { return tx.ApplyField(ctx, by, subject, "", c.edit) })
		}
	})
}
