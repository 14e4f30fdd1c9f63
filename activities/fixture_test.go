package activities

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
	"salesbot/db/dbtest"
)

// scene is a lead with a contact, a chat and a run that may act on them.
type scene struct {
	*Activities

	t      *testing.T
	effect bot.Effect
	lead   crm.Lead
}

func eachScene(t *testing.T, test func(t *testing.T, s *scene)) {
	t.Helper()
	t.Parallel()
	dbtest.EachDB(t, func(t *testing.T, store *db.Store) { test(t, newScene(t, store)) })
}

func newScene(t *testing.T, store *db.Store) *scene {
	t.Helper()
	s := &scene{Activities: &Activities{Store: store}, t: t}
	s.change(func(ctx context.Context, tx *db.Tx) error {
		system := crm.Actor{Kind: crm.BySystem}
		if err := tx.EnsureDefaults(ctx); err != nil {
			return err
		}
		contact, err := tx.CreateContact(ctx, system, crm.Contact{Name: "Ann Lee", FirstName: "Ann"})
		require.NoError(t, err)
		s.lead, err = tx.CreateLead(ctx, system, crm.Lead{Name: "Sofa", Price: 150000})
		require.NoError(t, err)
		require.NoError(t, tx.LinkContact(ctx, system, s.lead.ID, contact.ID, true))
		channel := crm.Channel{Kind: "livechat", Name: "Site", Settings: json.RawMessage("{}"), IsActive: true, CreatedAt: tx.Now, UpdatedAt: tx.Now}
		s.insert(ctx, tx, &channel)
		chat := crm.Chat{ID: "chat-1", ChannelID: channel.ID, ExternalID: "visitor", ContactID: contact.ID, LeadID: s.lead.ID, CreatedAt: tx.Now, UpdatedAt: tx.Now}
		s.insert(ctx, tx, &chat)
		s.insert(ctx, tx, &crm.Talk{ChatID: chat.ID, ContactID: contact.ID, LeadID: s.lead.ID, Status: crm.TalkInWork, CreatedAt: tx.Now, UpdatedAt: tx.Now})
		run := crm.Run{LeadID: s.lead.ID, ContactID: contact.ID, ChatID: chat.ID, WorkflowID: "w", Status: string(bot.RunRunning), CreatedAt: tx.Now, UpdatedAt: tx.Now}
		s.insert(ctx, tx, &run)
		s.effect = bot.Effect{Key: bot.EffectKey{RunID: run.ID, Visit: 1}, Subject: bot.Subject{LeadID: s.lead.ID}, ChatID: chat.ID}
		return nil
	})
	return s
}

func (s *scene) change(fn func(ctx context.Context, tx *db.Tx) error) {
	s.t.Helper()
	require.NoError(s.t, s.Store.Change(s.t.Context(), fn))
}

func (s *scene) insert(ctx context.Context, tx *db.Tx, row any) {
	s.t.Helper()
	_, err := tx.NewInsert().Model(row).Exec(ctx)
	require.NoError(s.t, err)
}

// next is the effect of the next verb.
func (s *scene) next(input any, vars bot.Values) bot.Effect {
	s.t.Helper()
	raw, err := json.Marshal(input)
	require.NoError(s.t, err)
	e := s.effect
	e.Input, e.Vars = raw, vars
	s.effect.Key.Ordinal++
	return e
}

type activity func(ctx context.Context, e bot.Effect) (json.RawMessage, error)

// does runs an activity twice, as a lost answer would, and decodes its answer.
func (s *scene) does(do activity, input any, vars bot.Values, result any) {
	s.t.Helper()
	e := s.next(input, vars)
	raw, err := do(s.t.Context(), e)
	require.NoError(s.t, err)
	again, err := do(s.t.Context(), e)
	require.NoError(s.t, err)
	if len(raw) > 0 || len(again) > 0 { // PostgreSQL writes JSON in its own way
		require.JSONEq(s.t, string(raw), string(again))
	}
	if result != nil {
		require.NoError(s.t, json.Unmarshal(raw, result))
	}
}

// rows counts what the effects left behind.
func (s *scene) rows(model any, where string, args ...any) int {
	s.t.Helper()
	var n int64
	s.change(func(ctx context.Context, tx *db.Tx) (err error) {
		n, err = tx.NewSelect().Model(model).Where(where, args...).Count(ctx)
		return err
	})
	return int(n)
}

func (s *scene) facts(names ...string) bot.Values {
	s.t.Helper()
	var values bot.Values
	s.does(s.ReadValues, bot.ReadValues{Names: names}, nil, &values)
	return values
}
