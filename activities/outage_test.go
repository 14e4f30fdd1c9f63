package activities

import (
	"database/sql/driver"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"salesbot/bot"
	"salesbot/channels"
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
			"a delivery":               func() error { _, err := s.DeliverMessage(t.Context(), id, bot.UnknownDelivered, false); return err },
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

// While a message is at its provider our own database goes away. What the provider said is known once: it is recorded later,
// and the message neither goes out again nor is it taken for one of which nobody knows.
func TestWhatAProviderSaidOutlivesAnOutage(t *testing.T) {
	t.Parallel()
	slow := &channels.SendError{Code: "429", Message: "slow down", RetryAfter: 7 * time.Second}
	for name, c := range map[string]struct {
		answer     error
		status     crm.MessageStatus
		failed     bool
		blocked    bool
		retryAfter time.Duration
	}{
		"it took the message":        {nil, crm.MessageSent, false, false, 0},
		"it refused it":              {&channels.SendError{Code: "400", Message: "no", Permanent: true}, crm.MessageFailed, true, false, 0},
		"the client blocked us":      {&channels.SendError{Code: "403", Message: "blocked", Permanent: true, Blocked: true}, crm.MessageFailed, true, true, 0},
		"it wants to be asked later": {slow, crm.MessageSending, false, false, 7 * time.Second},
		"nobody knows":               {errors.New("reset by peer"), crm.MessageUnknown, false, false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dbtest.EachOutage(t, func(t *testing.T, store *db.Store, outage dbtest.Outage) {
				s := newScene(t, store)
				p := &provider{answers: []error{c.answer}, during: outage.Begin}
				id := s.send(p, "Hello")
				outcome, err := s.DeliverMessage(t.Context(), id, bot.UnknownDelivered, true)
				require.NoError(t, err)
				require.Equal(t, c.failed, outcome.Failed)
				require.NotNil(t, outcome.Unrecorded)
				require.Equal(t, c.retryAfter, outcome.Unrecorded.RetryAfter)
				requireAway(t, s.RecordDelivery(t.Context(), id, *outcome.Unrecorded), "while it is away")
				outage.End()
				require.Equal(t, crm.MessageCalling, s.message(id).Status)
				for range 2 {
					require.NoError(t, s.RecordDelivery(t.Context(), id, *outcome.Unrecorded))
				}
				m := s.message(id)
				require.Equal(t, c.status, m.Status)
				require.Equal(t, c.answer == nil, m.ExternalID != "" && m.PartsSent == 1)
				require.Equal(t, c.answer != nil, m.Error != "")
				chat, err := s.Store.VisitorChat(t.Context(), 1, "visitor")
				require.NoError(t, err)
				require.Equal(t, c.blocked, chat.Blocked)
			})
		})
	}
}

// An attempt that found the database away before it called anybody says so, and takes its mark off.
func TestAMessageThatWasNotHandedOverIsTriedAfterAnOutage(t *testing.T) {
	t.Parallel()
	dbtest.EachOutage(t, func(t *testing.T, store *db.Store, outage dbtest.Outage) {
		s, p := newScene(t, store), &provider{}
		id := s.send(p, "Hello")
		outage.Begin()
		outcome, err := s.DeliverMessage(t.Context(), id, bot.UnknownDelivered, true)
		outage.End()
		require.NoError(t, err)
		require.Empty(t, p.got)
		handed := *outcome.Unrecorded
		_, err = s.Store.BeginDelivery(t.Context(), id, handed.Call) // its commit was made, and the answer to it was lost
		require.NoError(t, err)
		require.NoError(t, s.RecordDelivery(t.Context(), id, handed))
		require.Equal(t, crm.MessageSending, s.message(id).Status)
		outcome, err = s.DeliverMessage(t.Context(), id, bot.UnknownDelivered, true)
		require.NoError(t, err)
		require.Equal(t, bot.Outcome{MessageID: id}, outcome)
		require.Len(t, p.got, 1)

		require.NoError(t, s.RecordDelivery(t.Context(), id, handed))
		require.Equal(t, crm.MessageSent, s.message(id).Status, "another attempt has handed it over since")
	})
}

// Temporal is away, too: the attempt's result gets nowhere. The next attempt in the same process knows it, one elsewhere can't.
func TestAnAnswerThatGotNowhereIsRemembered(t *testing.T) {
	t.Parallel()
	down := &channels.SendError{Code: "500", Message: "down"}
	for name, c := range map[string]struct {
		answer    error
		elsewhere bool
		status    crm.MessageStatus
		calls     int
	}{
		"it took the message":              {nil, false, crm.MessageSent, 1},
		"it was down":                      {down, false, crm.MessageSent, 2},
		"it took the message, and we died": {nil, true, crm.MessageUnknown, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dbtest.EachOutage(t, func(t *testing.T, store *db.Store, outage dbtest.Outage) {
				s := newScene(t, store)
				p := &provider{answers: []error{c.answer}, during: outage.Begin}
				id := s.send(p, "Hello")
				_, err := s.DeliverMessage(t.Context(), id, bot.UnknownDelivered, true)
				require.NoError(t, err)
				outage.End()
				p.during = nil
				if c.elsewhere {
					s.Activities = &Activities{Store: store, Channels: s.Channels}
				}
				outcome, err := s.DeliverMessage(t.Context(), id, bot.UnknownDelivered, true)
				require.NoError(t, err)
				if c.answer != nil { // it did not go out: that is recorded, and it begins anew
					require.NoError(t, s.RecordDelivery(t.Context(), id, *outcome.Unrecorded))
					outcome, err = s.DeliverMessage(t.Context(), id, bot.UnknownDelivered, true)
					require.NoError(t, err)
				}
				require.Nil(t, outcome.Unrecorded)
				require.Equal(t, c.status, s.message(id).Status)
				require.Len(t, p.got, c.calls)
				require.Empty(t, s.answers.byCall)
			})
		})
	}
}

func TestOnlySoManyAnswersAreRemembered(t *testing.T) {
	t.Parallel()
	var all answers
	for i := range mostAnswers + 1 {
		all.keep(bot.Handed{Call: strconv.Itoa(i)})
	}
	require.Len(t, all.byCall, 1)
	_, known := all.of(strconv.Itoa(mostAnswers))
	require.True(t, known)
}
