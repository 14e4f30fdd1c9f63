package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"salesbot/bot"
	"salesbot/crm"
	"salesbot/db"
)

// bot makes a bot that the first message of a talk launches.
func (w *liveWorld) bot() {
	w.t.Helper()
	by := crm.Actor{Kind: crm.ByUser, ID: w.adminID}
	require.NoError(w.t, w.store.Change(w.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		b, err := tx.CreateBot(ctx, by, "Bot", json.RawMessage(`{"schema":1,"name":"Bot","start":"a","steps":[]}`))
		require.NoError(w.t, err)
		_, err = tx.PublishBot(ctx, by, b.ID, b.Revision)
		require.NoError(w.t, err)
		_, err = tx.AddTrigger(ctx, by, crm.Trigger{BotID: b.ID, Kind: crm.TriggerTalkStarted})
		return err
	}))
}

// asks has the run in the visitor's chat ask at a visit of that number, with the answers tea and mate.
func (v *visitor) asks(number int) crm.Run {
	v.w.t.Helper()
	runs, _, err := v.w.store.Runs(v.w.t.Context(), db.RunFilter{}, db.Paging{Limit: 1})
	require.NoError(v.w.t, err)
	require.Len(v.w.t, runs, 1)
	run := runs[0]
	var buttons []bot.Button
	for _, text := range []string{"tea", "mate"} {
		buttons = append(buttons, bot.Button{ID: bot.ButtonPayload(run.ID, number, text), Text: text})
	}
	e := bot.Effect{Key: bot.EffectKey{RunID: run.ID, Birth: run.Birth, Visit: number}, Subject: bot.Subject{LeadID: run.LeadID, ContactID: run.ContactID}, ChatID: run.ChatID}
	_, err = v.w.store.Effect(v.w.t.Context(), e, func(ctx context.Context, tx *db.Tx) (any, error) {
		return tx.WriteMessages(ctx, e, bot.Outgoing{Text: "Which?", Buttons: buttons}, func(string) bool { return true })
	})
	require.NoError(v.w.t, err)
	return run
}

// answered has the run go on after the answer.
func (v *visitor) answered(run crm.Run, exit string, answer shown) {
	v.w.t.Helper()
	left := time.Now()
	visits := []bot.Visit{{Number: 1, Step: "a", Left: &left, Exit: exit, Got: []bot.Heard{{MessageID: answer.ID}}}}
	require.NoError(v.w.t, v.w.store.Record(v.w.t.Context(), run.ID, bot.Progress{Status: bot.RunWaiting, Visits: visits}))
}

func TestLiveSpentButtonsAreToldAtOnce(t *testing.T) {
	t.Parallel()
	eachLive(t, "", fast, func(w *liveWorld) {
		w.bot()
		ann := w.visit(somePage)
		first := ann.say("Hi")
		events := ann.listen(fmt.Sprintf("?after=%d", first.Seq), nil)
		run := ann.asks(1)
		question := events.message()
		require.False(w.t, question.Spent)
		require.Empty(w.t, question.Chosen)
		answer := ann.post(fmt.Sprintf(`{"client_id":%q,"text":"mate","button":%q}`, uuid.NewString(), question.Buttons[1].ID))
		require.Equal(w.t, answer, events.message())
		require.False(w.t, ann.messages("").Messages[1].Spent, "the run has not heard it yet")

		ann.answered(run, "button:mate", answer)
		again := events.next("message")
		require.Empty(w.t, again.id)
		question.Spent, question.Chosen = true, question.Buttons[1].ID
		var told shown
		strictly(w.t, []byte(again.data), &told)
		require.Equal(w.t, question, told)
		require.Equal(w.t, question, ann.messages("").Messages[1])

		late := ann.post(fmt.Sprintf(`{"client_id":%q,"text":"tea","button":%q}`, uuid.NewString(), question.Buttons[0].ID))
		require.Equal(w.t, "tea", late.Text, "a tap on a spent button is a message in words")
		require.Equal(w.t, late, events.message())
		require.Equal(w.t, question.Chosen, ann.messages("").Messages[1].Chosen)

		var list struct {
			Embedded struct {
				Messages []struct {
					SpentAt *int64 `json:"spent_at"`
					Chosen  string `json:"chosen"`
					Button  string `json:"button"`
				} `json:"messages"`
			} `json:"_embedded"`
		}
		require.NoError(w.t, json.Unmarshal(w.call("GET", "/api/v4/chats/"+ann.chat().ID+"/messages", "").body, &list))
		require.Nil(w.t, list.Embedded.Messages[0].SpentAt)
		require.NotNil(w.t, list.Embedded.Messages[1].SpentAt)
		require.Equal(w.t, question.Chosen, list.Embedded.Messages[1].Chosen)
		require.Equal(w.t, question.Buttons[0].ID, list.Embedded.Messages[3].Button)
	})
}

// What changes between a client's catching up and its stream comes with the stream.
func TestLiveStreamsTellWhatChangedBeforeThem(t *testing.T) {
	t.Parallel()
	eachLive(t, "", fast, func(w *liveWorld) {
		w.bot()
		ann := w.visit(somePage)
		answer := ann.say("Hi")
		run := ann.asks(1)
		known := ann.messages("").Messages
		ann.answered(run, "other", answer)
		events := ann.listen(fmt.Sprintf("?after=%d", known[1].Seq), nil)
		changed := events.next("message")
		require.Empty(w.t, changed.id)
		require.Contains(w.t, changed.data, `"spent":true`)
		last := ann.say("and more")
		next := events.next("message")
		for next.id == "" { // the change may come once more, as the event that it was when the stream began
			require.Contains(w.t, next.data, `"spent":true`)
			next = events.next("message")
		}
		require.Equal(w.t, fmt.Sprint(last.Seq), next.id, "and nothing that has not changed")
	})
}
