package workflows

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
)

// Mail is sent again for an hour after a restart, and a lead may have got hundreds of letters by then.
func TestARepeatIsKnownAmongTheLast512Letters(t *testing.T) {
	t.Parallel()
	const kept = 512
	state := &State{}
	letter := func(seq int64) bot.Mail { return bot.Mail{Seq: seq, At: time.Unix(1000+seq/100, 0)} }
	for seq := range int64(2 * kept) {
		require.True(t, state.firstTime(letter(seq)), seq)
	}
	require.Len(t, state.Seen, kept, "and no more, since the state travels through every continue-as-new")
	for seq := int64(kept); seq < 2*kept; seq++ {
		require.False(t, state.firstTime(letter(seq)), seq)
	}
	require.True(t, state.firstTime(letter(kept-1)), "an older one is not")
}

// A database that is set back hands numbers out again: the new letter is not the old one, and a repeat of either is known.
func TestANumberThatIsHandedOutAgainIsAnotherLetter(t *testing.T) {
	t.Parallel()
	state := &State{}
	old := bot.Mail{Seq: 7, At: time.Date(2026, 1, 5, 10, 0, 0, 0, time.UTC)}
	again := bot.Mail{Seq: 7, At: old.At.Add(time.Second)}
	require.True(t, state.firstTime(old))
	require.True(t, state.firstTime(again))
	require.False(t, state.firstTime(old))
	require.False(t, state.firstTime(again))
	together := bot.Mail{Seq: 8, At: again.At}
	require.True(t, state.firstTime(together), "two letters of one transaction have one time")
}

// A conversation that began before mail had keys remembers bare numbers.
func TestMailThatIsRememberedByItsBareNumberIsKnown(t *testing.T) {
	t.Parallel()
	state := &State{Seen: []int64{7}}
	require.False(t, state.firstTime(bot.Mail{Seq: 7, At: time.Now()}))
	require.True(t, state.firstTime(bot.Mail{Seq: 8, At: time.Now()}))
}
