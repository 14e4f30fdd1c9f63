package workflows_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
	"salesbot/bottest"
)

// While the database is away the end of a run can't be recorded. It is tried again far longer than one try may take,
// until the database is back: a run that stays alive on record without a workflow would silence its chat's other bots.
func TestTheEndOfARunIsRecordedHoweverLongTheDatabaseIsAway(t *testing.T) {
	t.Parallel()
	tries := 0
	w := world(t, bottest.Options{
		Documents: []bot.Document{document(t, "Short", "hello", "", say("hello", "Hello", ""))},
		Around: func(_ *bottest.World, name string, next func() (any, error)) (any, error) {
			if name != "Record" {
				return next()
			}
			if tries++; tries <= 15 { // the pauses between them add up to some minutes
				return nil, errors.New("the database is away")
			}
			return next()
		},
	})
	require.NoError(t, w.Client("hi"))
	require.NoError(t, w.Silent(time.Hour))
	require.Equal(t, 16, tries)
	require.Equal(t, bot.RunFinished, status(t, w))
	require.False(t, w.Alive())
}
