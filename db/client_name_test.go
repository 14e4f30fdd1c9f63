package db_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/crm"
	"salesbot/db"
)

func TestWhatAClientIsCalled(t *testing.T) {
	t.Parallel()
	told := []struct {
		profile     crm.Profile
		name, first string
	}{
		{crm.Profile{}, "Visitor 0123abcd", ""},
		{crm.Profile{Email: "ann@example.com"}, "ann@example.com", ""},
		{crm.Profile{Username: "annie"}, "annie", ""},
		{crm.Profile{Name: " Ann Lee ", Email: "ann@example.com"}, "Ann Lee", "Ann"},
		{crm.Profile{FirstName: "Ann", LastName: "Lee"}, "Ann Lee", "Ann"},
		{crm.Profile{FirstName: "Ann", Username: "annie"}, "Ann", "Ann"},
	}
	eachCRM(t, func(t *testing.T, store *db.Store) {
		channel := liveChat(t, store)
		for i, c := range told {
			chat := heardFrom(t, store, channel, "0123abcd"+itoa(int64(i)), c.profile)
			contact, err := store.Contact(t.Context(), chat.ContactID)
			require.NoError(t, err)
			require.Equal(t, c.name, contact.Name)
			require.Equal(t, c.first, contact.FirstName)
		}
	})
}

func TestAVisitorWhoTellsTheNameIsGreetedByIt(t *testing.T) {
	t.Parallel()
	eachCRM(t, func(t *testing.T, store *db.Store) {
		chat := heardFrom(t, store, liveChat(t, store), "visitor", crm.Profile{Email: "ann@example.com"})
		change(t, store, func(ctx context.Context, tx *db.Tx) error {
			return tx.UpdateVisitor(ctx, chat, crm.Profile{Name: "Ann Lee"})
		})
		contact, err := store.Contact(t.Context(), chat.ContactID)
		require.NoError(t, err)
		require.Equal(t, []string{"Ann Lee", "Ann", "Lee"}, []string{contact.Name, contact.FirstName, contact.LastName})
	})
}

func liveChat(t *testing.T, store *db.Store) crm.Channel {
	t.Helper()
	var channel crm.Channel
	change(t, store, func(ctx context.Context, tx *db.Tx) (err error) {
		channel, err = tx.CreateChannel(ctx, ada, crm.Channel{Kind: "livechat", Name: "Site", PipelineID: 1, IsActive: true}, nil)
		return err
	})
	return channel
}

func heardFrom(t *testing.T, store *db.Store, channel crm.Channel, id string, profile crm.Profile) crm.Chat {
	t.Helper()
	accepted, err := store.Accept(t.Context(), channel, true,
		crm.Inbound{Kind: crm.InMessage, ChatID: id, MessageID: "m" + id, Text: "Hi", Profile: profile, At: time.Now()})
	require.NoError(t, err)
	return accepted.Chat
}
