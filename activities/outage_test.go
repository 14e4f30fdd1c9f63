package activities

import (
	"database/sql/driver"
	"encoding/json"
	"errors"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
	"salesbot/db/dbtest"
)

// A database that is away ends no run: whatever an activity did, it may be tried again.
func TestAnOutageIsTriedAgainByEveryKindOfActivity(t *testing.T) {
	t.Parallel()
	dbtest.EachOutage(t, func(t *testing.T, store *db.Store, outage dbtest.Outage) {
		s := newScene(t, store)
		s.Outside, s.Channels = http.DefaultClient, nil
		p := &provider{}
		id := s.send(p, "Hello")
		s.effect.Input = json.RawMessage(`{"text":"call back"}`)
		hook := s.effect
		hook.Input = json.RawMessage(`{"method":"POST","url":"http://127.0.0.1:1/"}`)
		outage.Begin()
		defer outage.End()
		for name, do := range map[string]func() error{
			"a change of our own data": func() error { _, err := s.AddNote(t.Context(), s.effect); return err },
			"a delivery":               func() error { _, err := s.DeliverMessage(t.Context(), id, bot.UnknownDelivered); return err },
			"giving a message up":      func() error { return s.GiveUpMessage(t.Context(), id, "late") },
			"a webhook":                func() error { _, err := s.CallWebhook(t.Context(), hook); return err },
			"a run's progress": func() error {
				return s.Record(t.Context(), s.effect.Key.RunID, bot.Progress{Status: bot.RunRunning})
			},
		} {
			requireAway(t, do(), name)
		}
	})
	requireAway(t, wire(errors.Join(crm.Errorf(crm.NotFound, "no lead"), driver.ErrBadConn)), "an outage beside an error of the domain")
}

func requireAway(t *testing.T, err error, name string) {
	t.Helper()
	var failure *temporal.ApplicationError
	require.ErrorAs(t, err, &failure, name)
	require.False(t, failure.NonRetryable(), name)
	require.Equal(t, ErrorAway, failure.Type(), name)
}
