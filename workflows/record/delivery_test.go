package record

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
	"salesbot/channels"
	"salesbot/crm"
	"salesbot/db"
)

const outsideKind = "outside"

// provider is a channel outside. While it is down, messages have to wait.
type provider struct{ down atomic.Bool }

func (p *provider) Kind() string { return outsideKind }
func (p *provider) Capabilities() channels.Capabilities {
	return channels.Capabilities{Buttons: 10, MakesLeads: true}
}
func (p *provider) Validate(json.RawMessage, channels.Secrets) error { return nil }

func (p *provider) Receive(channels.Account, http.Header, []byte) ([]channels.Inbound, error) {
	return nil, nil
}

func (p *provider) Send(_ context.Context, _ channels.Account, message channels.Outbound) (channels.Receipt, error) {
	if p.down.Load() {
		return channels.Receipt{}, &channels.SendError{Code: "down", Message: "the provider is down"}
	}
	return channels.Receipt{MessageID: "outside-" + message.Key}, nil
}

// TestRecordDelivery records how a manager's message goes out: while the provider is down, and after it has gone.
func TestRecordDelivery(t *testing.T) {
	if os.Getenv("RECORD") != "1" {
		t.Skip("RECORD=1 records histories that do not exist yet")
	}
	if _, err := os.Stat(filepath.Join(folder, "delivery__finished.json")); err == nil {
		t.Skip("it is recorded already; delete the files to record it anew")
	}
	st := open(t, start(t), scenario{name: "delivery", number: 1, channel: outsideKind, bots: bots(ask("next"), say("next", "Thanks", ""))})
	st.say("hi")
	st.awaitAt("ask", bot.RunWaiting)
	st.provider.down.Store(true)
	var message crm.Message
	require.NoError(t, st.store.Change(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		var chat crm.Chat
		if err := tx.NewSelect().Model(&chat).Scan(ctx); err != nil {
			return err
		}
		var err error
		message, err = tx.WriteAsManager(ctx, crm.Actor{Kind: crm.ByUser, ID: 1}, db.ManagerMessage{ChatID: chat.ID, Text: "Hello"}, func(string) bool { return false })
		return err
	}))
	id := bot.DeliveryID(message.ChatID)
	require.Eventually(t, func() bool {
		d, err := st.temporal.DescribeWorkflowExecution(t.Context(), id, "")
		return err == nil && len(d.GetPendingActivities()) == 1 && d.GetPendingActivities()[0].GetAttempt() > 1
	}, 30*time.Second, 20*time.Millisecond)
	st.writeHistory(id, "", "delivery__parked")
	st.provider.down.Store(false)
	require.NoError(t, st.temporal.GetWorkflow(t.Context(), id, "").Get(t.Context(), nil))
	st.writeHistory(id, "", "delivery__finished")
}
