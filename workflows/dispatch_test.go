package workflows

import (
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
)

// waiting is a conversation of runs that stand in their waits; the first has the number 1.
func waiting(states ...*RunState) *conversation {
	c := &conversation{}
	for i, state := range states {
		state.Launch = bot.Launch{RunID: int64(i + 1), ChatID: "chat"}
		r := newRun(c, state)
		r.parked = true
		c.runs = append(c.runs, r)
	}
	return c
}

func TestOnlyTheAnswerToThisVisitEndsAWaitForOne(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		waitsFor bot.Wait
		answer   bot.Answer
		taken    bool
	}{
		"its own":           {bot.Wait{Answer: true}, bot.Answer{RunID: 1, Visit: 3}, true},
		"an older visit's":  {bot.Wait{Answer: true}, bot.Answer{RunID: 1, Visit: 2}, false},
		"a visit's to come": {bot.Wait{Answer: true}, bot.Answer{RunID: 1, Visit: 4}, false},
		"another run's":     {bot.Wait{Answer: true}, bot.Answer{RunID: 2, Visit: 3}, false},
		"nobody asked":      {bot.Wait{Message: true}, bot.Answer{RunID: 1, Visit: 3}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conversation := waiting(&RunState{Visit: 3, Wait: &Wait{Wait: c.waitsFor}})
			conversation.answer(c.answer)
			require.Equal(t, c.taken, conversation.runs[0].ready())
		})
	}
}

func TestOnlyTheReceiptThatIsWaitedForEndsAWait(t *testing.T) {
	t.Parallel()
	read := []bot.ReceiptKind{bot.ReceiptFailed, bot.ReceiptVideoOpened}
	for name, c := range map[string]struct {
		waitsFor bot.Wait
		receipt  bot.Receipt
		taken    bool
	}{
		"its message's":           {bot.Wait{Receipts: read, MessageID: "mine"}, bot.Receipt{Kind: bot.ReceiptFailed, MessageID: "mine"}, true},
		"another message's":       {bot.Wait{Receipts: read, MessageID: "mine"}, bot.Receipt{Kind: bot.ReceiptFailed, MessageID: "other"}, false},
		"any message's":           {bot.Wait{Receipts: read}, bot.Receipt{Kind: bot.ReceiptFailed, MessageID: "other"}, true},
		"another kind's":          {bot.Wait{Receipts: read, MessageID: "mine"}, bot.Receipt{Kind: bot.ReceiptVideoClosed, MessageID: "mine"}, false},
		"this run's":              {bot.Wait{Receipts: read}, bot.Receipt{Kind: bot.ReceiptFailed, MessageID: "m", RunID: 1}, true},
		"another run's":           {bot.Wait{Receipts: read}, bot.Receipt{Kind: bot.ReceiptFailed, MessageID: "m", RunID: 2}, false},
		"one for whom none waits": {bot.Wait{Message: true}, bot.Receipt{Kind: bot.ReceiptFailed, MessageID: "m"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conversation := waiting(&RunState{Wait: &Wait{Wait: c.waitsFor}})
			conversation.receipt(c.receipt)
			require.Equal(t, c.taken, conversation.runs[0].ready())
		})
	}
}

// See docs/adr/0009-cut-off-tasks.md: an effect that follows another message is another effect.
func TestAnEffectsMarkNamesTheStepTheActivityAndTheMessage(t *testing.T) {
	t.Parallel()
	key := func(step, activity, message string) bot.EffectKey {
		r := newRun(&conversation{}, &RunState{Launch: bot.Launch{RunID: 7}, Step: step, Visit: 3})
		if r.ordinal = 2; message != "" {
			r.state.Heard = &bot.Message{ID: message}
		}
		return r.key(activity)
	}
	first := key("ask", "SendMessage", "m1")
	require.Equal(t, bot.EffectKey{RunID: 7, Visit: 3, Ordinal: 1, Mark: first.Mark}, first)
	require.Equal(t, first, key("ask", "SendMessage", "m1"), "the same way has the same mark")
	for name, other := range map[string]bot.EffectKey{
		"step": key("tell", "SendMessage", "m1"), "activity": key("ask", "AddTask", "m1"),
		"message": key("ask", "SendMessage", "m2"), "no message": key("ask", "SendMessage", ""),
	} {
		require.NotEqual(t, first.Mark, other.Mark, name)
	}
}

// A database that was set back hands numbers out again: a launch makes a run that only has the same number give way, and
// one that is the same run is a repeat.
func TestALaunchIsKnownByItsNumberAndBirth(t *testing.T) {
	t.Parallel()
	conversation := waiting(&RunState{})
	old := conversation.runs[0]
	old.state.Launch.Birth = "before"
	conversation.launch(bot.Launch{RunID: 1, Birth: "before"}, nil)
	require.Len(t, conversation.runs, 1)
	require.False(t, old.lost)
	old.lose()
	require.Nil(t, conversation.find(1))
	require.Empty(t, conversation.inChat("chat"), "nothing is given to a run that the database does not know")
}

// Looking who talks in a chat, as the query does, changes nothing; a message gives a run without a chat its own.
func TestOnlyAMessageGivesARunItsChat(t *testing.T) {
	t.Parallel()
	conversation := waiting(&RunState{Wait: &Wait{Wait: bot.Wait{Message: true}}}, &RunState{Wait: &Wait{Wait: bot.Wait{Message: true}}, Settings: bot.Settings{OnConflict: bot.ConflictQueue}})
	first, second := conversation.runs[0], conversation.runs[1]
	first.state.Launch.ChatID = ""
	require.False(t, second.waitsForMessage(), "the first, older one would take this chat")
	require.Len(t, conversation.inChat("other"), 1)
	require.Empty(t, first.state.Launch.ChatID)
	conversation.message(bot.Message{ID: "m", ChatID: "other"})
	require.Equal(t, "other", first.state.Launch.ChatID)
	require.True(t, first.ready())
	require.True(t, second.waitsForMessage())
}
