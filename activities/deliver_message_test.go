package activities

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"salesbot/bot"
	"salesbot/channels"
	"salesbot/crm"
	"salesbot/db"
)

// provider is a channel outside that answers as it is told.
type provider struct {
	can     channels.Capabilities
	answers []error
	got     []channels.Outbound
	// during happens while it has the message.
	during func()
}

func (p *provider) Kind() string                                     { return "outside" }
func (p *provider) Capabilities() channels.Capabilities              { return p.can }
func (p *provider) Validate(json.RawMessage, channels.Secrets) error { return nil }
func (p *provider) Receive(channels.Account, http.Header, []byte) ([]channels.Inbound, error) {
	return nil, nil
}

func (p *provider) Send(_ context.Context, _ channels.Account, out channels.Outbound) (channels.Receipt, error) {
	p.got = append(p.got, out)
	if p.during != nil {
		p.during()
	}
	if len(p.answers) > 0 {
		err := p.answers[0]
		p.answers = p.answers[1:]
		if err != nil {
			return channels.Receipt{}, err
		}
	}
	return channels.Receipt{MessageID: "x" + out.Key}, nil
}

// send writes a message of the run to a chat outside and gives its id.
func (s *scene) send(p *provider, text string) string {
	s.t.Helper()
	s.Channels = map[string]channels.Channel{"outside": p}
	var sent []bot.Sent
	s.change(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewUpdate().Table("channels").Set("kind = 'outside'").Where("id > 0").Exec(ctx)
		return err
	})
	raw, err := s.SendMessage(s.t.Context(), s.next(bot.Outgoing{Text: text}, nil))
	require.NoError(s.t, err)
	require.NoError(s.t, json.Unmarshal(raw, &sent))
	require.Len(s.t, sent, 1)
	require.True(s.t, sent[0].External)
	return sent[0].MessageID
}

func (s *scene) message(id string) crm.Message {
	s.t.Helper()
	var m crm.Message
	s.change(func(ctx context.Context, tx *db.Tx) error {
		return tx.NewSelect().Model(&m).Where("id = ?", id).Scan(ctx)
	})
	return m
}

func TestDeliverMessageOnce(t *testing.T) {
	eachScene(t, func(t *testing.T, s *scene) {
		p := &provider{}
		id := s.send(p, "Hello")
		for range 2 {
			outcome, err := s.DeliverMessage(t.Context(), id, bot.UnknownDelivered, true)
			require.NoError(t, err)
			require.Equal(t, bot.Outcome{MessageID: id}, outcome)
		}
		require.Len(t, p.got, 1)
		require.Equal(t, "visitor", p.got[0].ChatID)
		require.Equal(t, crm.MessageSent, s.message(id).Status)
		require.Equal(t, "x"+id, s.message(id).ExternalID)
	})
}

func TestDeliverMessageOutcomes(t *testing.T) {
	broken := &channels.SendError{Code: "broken", Message: "the connection broke", Unknown: true}
	for name, c := range map[string]struct {
		answer  error
		unsure  bot.OnUnknown
		failed  bool
		status  crm.MessageStatus
		blocked bool
	}{
		"refused":                    {&channels.SendError{Code: "400", Message: "no", Permanent: true}, bot.UnknownDelivered, true, crm.MessageFailed, false},
		"blocked":                    {&channels.SendError{Code: "403", Message: "blocked", Permanent: true, Blocked: true}, bot.UnknownDelivered, true, crm.MessageFailed, true},
		"unknown, taken as sent":     {broken, bot.UnknownDelivered, false, crm.MessageUnknown, false},
		"unknown, taken as failed":   {broken, bot.UnknownFailed, true, crm.MessageUnknown, false},
		"an error that says nothing": {errors.New("reset by peer"), bot.UnknownFailed, true, crm.MessageUnknown, false},
	} {
		t.Run(name, func(t *testing.T) {
			eachScene(t, func(t *testing.T, s *scene) {
				p := &provider{answers: []error{c.answer}}
				id := s.send(p, "Hello")
				outcome, err := s.DeliverMessage(t.Context(), id, c.unsure, true)
				require.NoError(t, err)
				require.Equal(t, c.failed, outcome.Failed)
				m := s.message(id)
				require.Equal(t, c.status, m.Status)
				require.NotEmpty(t, m.Error)
				_, err = s.DeliverMessage(t.Context(), id, c.unsure, true)
				require.NoError(t, err)
				require.Len(t, p.got, 1, "its fate is known; the provider is not called again")
				chat, err := s.Store.VisitorChat(t.Context(), 1, "visitor")
				require.NoError(t, err)
				require.Equal(t, c.blocked, chat.Blocked)
			})
		})
	}
}

func TestDeliverMessageIsTriedAgainAsTheProviderSays(t *testing.T) {
	eachScene(t, func(t *testing.T, s *scene) {
		p := &provider{answers: []error{&channels.SendError{Code: "429", Message: "slow down", RetryAfter: 7 * time.Second}}}
		id := s.send(p, "Hello")
		_, err := s.DeliverMessage(t.Context(), id, bot.UnknownDelivered, true)
		var failure *temporal.ApplicationError
		require.ErrorAs(t, err, &failure)
		require.False(t, failure.NonRetryable())
		require.Equal(t, 7*time.Second, failure.NextRetryDelay())
		require.Equal(t, crm.MessageSending, s.message(id).Status)
		outcome, err := s.DeliverMessage(t.Context(), id, bot.UnknownDelivered, true)
		require.NoError(t, err)
		require.False(t, outcome.Failed)
		require.Len(t, p.got, 2)
	})
}

func TestDeliverMessageTriesAnUnknownOneAgainOnlyIfItMay(t *testing.T) {
	broken := &channels.SendError{Code: "broken", Message: "the connection broke", Unknown: true}
	eachScene(t, func(t *testing.T, s *scene) {
		p := &provider{answers: []error{broken}}
		id := s.send(p, "Hello")
		_, err := s.DeliverMessage(t.Context(), id, bot.UnknownRetry, true)
		require.Error(t, err)
		_, err = s.DeliverMessage(t.Context(), id, bot.UnknownRetry, true)
		require.NoError(t, err)
		require.Len(t, p.got, 2)
		require.Equal(t, p.got[0].Key, p.got[1].Key, "under the same key")
	})
}

// The process died between the call and its record.
func TestDeliverMessageAfterACrash(t *testing.T) {
	for name, c := range map[string]struct {
		idempotent bool
		unsure     bot.OnUnknown
		calls      int
		status     crm.MessageStatus
	}{
		"a provider that drops repeats": {true, bot.UnknownDelivered, 1, crm.MessageSent},
		"one that does not":             {false, bot.UnknownDelivered, 0, crm.MessageUnknown},
		"one that does not, failed":     {false, bot.UnknownFailed, 0, crm.MessageUnknown},
		"one that does not, retry":      {false, bot.UnknownRetry, 1, crm.MessageSent},
	} {
		t.Run(name, func(t *testing.T) {
			eachScene(t, func(t *testing.T, s *scene) {
				p := &provider{can: channels.Capabilities{Idempotent: c.idempotent}}
				id := s.send(p, "Hello")
				_, err := s.Store.BeginDelivery(t.Context(), id, "crashed")
				require.NoError(t, err)
				outcome, err := s.DeliverMessage(t.Context(), id, c.unsure, true)
				require.NoError(t, err)
				require.Equal(t, c.unsure == bot.UnknownFailed, outcome.Failed)
				require.Len(t, p.got, c.calls)
				require.Equal(t, c.status, s.message(id).Status)
			})
		})
	}
}

func TestDeliverMessageGoesOnWhereALongOneStopped(t *testing.T) {
	eachScene(t, func(t *testing.T, s *scene) {
		p := &provider{can: channels.Capabilities{Text: 10}, answers: []error{nil, &channels.SendError{Code: "500", Message: "down"}}}
		id := s.send(p, "one two. three four. five")
		_, err := s.DeliverMessage(t.Context(), id, bot.UnknownDelivered, true)
		require.Error(t, err)
		_, err = s.DeliverMessage(t.Context(), id, bot.UnknownDelivered, true)
		require.NoError(t, err)
		var texts []string
		for _, out := range p.got {
			texts = append(texts, out.Text)
		}
		require.GreaterOrEqual(t, len(texts), 4)
		require.NotEqual(t, texts[0], texts[1])
		require.Equal(t, texts[1], texts[2], "the part that failed is sent again, the one before it is not")
		require.Equal(t, len(texts)-1, s.message(id).PartsSent)
	})
}

func TestDeliverMessageWithoutItsChannelKind(t *testing.T) {
	eachScene(t, func(t *testing.T, s *scene) {
		id := s.send(&provider{}, "Hello")
		s.Channels = nil
		outcome, err := s.DeliverMessage(t.Context(), id, bot.UnknownDelivered, true)
		require.NoError(t, err)
		require.True(t, outcome.Failed)
	})
}

func TestGiveUpMessage(t *testing.T) {
	eachScene(t, func(t *testing.T, s *scene) {
		p := &provider{answers: []error{&channels.SendError{Code: "500", Message: "down"}}}
		id := s.send(p, "Hello")
		_, err := s.DeliverMessage(t.Context(), id, bot.UnknownDelivered, true)
		require.Error(t, err)
		for range 2 {
			require.NoError(t, s.GiveUpMessage(t.Context(), id, "ten minutes are over"))
		}
		require.Equal(t, crm.MessageFailed, s.message(id).Status)
		require.Equal(t, "ten minutes are over", s.message(id).Error)
		sent := s.send(p, "Again")
		_, err = s.DeliverMessage(t.Context(), sent, bot.UnknownDelivered, true)
		require.NoError(t, err)
		require.NoError(t, s.GiveUpMessage(t.Context(), sent, "too late"))
		require.Equal(t, crm.MessageSent, s.message(sent).Status, "what was sent is not given up")
	})
}
