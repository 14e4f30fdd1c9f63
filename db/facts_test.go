package db_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
)

// TestFactsAreOfThePersonWhoTalks: in a chat the contact is the one who writes there, not the lead's main contact.
func TestFactsAreOfThePersonWhoTalks(t *testing.T) {
	eachCRM(t, func(t *testing.T, store *db.Store) {
		when := newField(t, store, crm.CustomField{EntityType: crm.Leads, Name: "When", Type: crm.FieldDate, Code: "WHEN"})
		boss, writer := newContact(t, store, crm.Contact{Name: "Boss"}), newContact(t, store, crm.Contact{Name: "Ann Lee"})
		lead := newLead(t, store, crm.Lead{Name: "Boat", ResponsibleID: 1, SourceID: 4})
		link(t, store, lead.ID, boss.ID, true)
		link(t, store, lead.ID, writer.ID, false)
		now := store.Now()
		change(t, store, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.AddUser(ctx, db.NewUser{Name: "Ada", Email: "ada@example.com", Role: crm.Manager})
			require.NoError(t, err)
			company, err := tx.CreateCompany(ctx, ada, crm.Company{Name: "Acme"})
			require.NoError(t, err)
			require.NoError(t, tx.LinkCompany(ctx, ada, crm.Entity{Type: crm.Contacts, ID: writer.ID}, company.ID))
			require.NoError(t, tx.SetFields(ctx, ada, crm.Entity{Type: crm.Leads, ID: lead.ID}, []db.FieldInput{{FieldID: when.ID, Values: []crm.Value{{Value: "2026-01-31"}}}}))
			for _, row := range []any{
				&crm.Channel{Kind: "livechat", Settings: []byte("{}"), CreatedAt: now, UpdatedAt: now},
				&crm.Chat{ID: "c", ChannelID: 1, LeadID: lead.ID, ContactID: writer.ID, Profile: crm.Profile{Name: "annie", Language: "de"}, CreatedAt: now, UpdatedAt: now},
				&crm.Talk{ChatID: "c", Status: crm.TalkInWork, CreatedAt: now, UpdatedAt: now},
			} {
				if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
					return err
				}
			}
			return nil
		})
		subject := bot.Subject{LeadID: lead.ID}
		want := map[string][]string{
			"contact.name": {"Ann Lee"}, "contact.first_name": {"Ann"}, "contact.last_name": {"Lee"}, "contact.id": {"2"}, "company.name": {"Acme"}, "company.id": {"1"},
			"lead.cf.WHEN": {"2026-01-31"}, "lead.cf." + itoa(when.ID): {"2026-01-31"}, "lead.responsible.name": {"Ada"}, "lead.responsible.email": {"ada@example.com"},
			"lead.responsible.id": {"1"}, "lead.responsible_user_id": {"1"}, "contact.responsible.name": nil, "lead.id": {"1"}, "lead.pipeline_id": {"1"}, "lead.source_id": {"4"},
			"lead.price": {"0"}, "origin": {"livechat"}, "messenger": {"livechat"}, "talk.id": {"1"}, "profile.name": {"annie"}, "profile.language": {"de"}, "profile.phone": nil,
		}
		change(t, store, func(ctx context.Context, tx *db.Tx) error {
			facts := tx.Facts(subject, "c")
			for name, values := range want {
				got, ok, err := facts.Get(ctx, name)
				require.NoError(t, err)
				require.True(t, ok, name)
				require.Equal(t, values, got, name)
			}
			got, ok, err := tx.Fact(ctx, bot.Subject{ContactID: boss.ID}, "", "contact.name")
			require.Equal(t, []string{"Boss"}, got)
			require.True(t, ok)
			return err
		})
		change(t, store, func(ctx context.Context, tx *db.Tx) error {
			for target, id := range map[crm.Target]int64{crm.TargetChatContact: writer.ID, crm.TargetMainContact: boss.ID, crm.TargetCompany: 1, crm.TargetLead: lead.ID} {
				cards, err := tx.Targets(ctx, subject, "c", target)
				require.NoError(t, err)
				require.Len(t, cards, 1)
				require.Equal(t, id, cards[0].ID, target)
			}
			cards, err := tx.Targets(ctx, bot.Subject{ContactID: boss.ID}, "", "")
			require.Equal(t, []crm.Entity{{Type: crm.Contacts, ID: boss.ID}}, cards)
			return err
		})
	})
}

func TestAnEmptySubjectHasNoFacts(t *testing.T) {
	eachCRM(t, func(t *testing.T, store *db.Store) {
		facts := store.Facts(bot.Subject{}, "gone")
		for _, name := range []string{"lead.name", "lead.price", "lead.tags", "contact.phone", "company.cf.1", "origin", "talk.id", "profile.name"} {
			got, ok, err := facts.Get(t.Context(), name)
			require.NoError(t, err)
			require.True(t, ok)
			require.Empty(t, got, name)
		}
	})
}
