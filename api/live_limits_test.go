package api

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLimitersForgetKeysInsteadOfGrowing(t *testing.T) {
	t.Parallel()
	limiter := newKeyedLimiter(Rate{PerSecond: 0.001, Burst: 1}, Rate{})
	require.NoError(t, limiter.check("kept"))
	for i := range 3 * maxBuckets {
		require.NoError(t, limiter.check(strconv.Itoa(i)))
		if i%1000 == 0 {
			require.Error(t, limiter.check("kept"), "a key in use is not forgotten")
		}
	}
	require.LessOrEqual(t, len(limiter.recent)+len(limiter.older), 2*maxBuckets)
}

func TestLimitersSayWhenToComeBack(t *testing.T) {
	t.Parallel()
	limiter := newKeyedLimiter(Rate{}, Rate{PerSecond: 0.1, Burst: 1})
	require.NoError(t, limiter.check("a"))
	require.NoError(t, limiter.check("b"))
	for range 3 {
		// Being refused costs nothing: the wait does not grow.
		var refused *tooMany
		require.ErrorAs(t, limiter.check("a"), &refused)
		require.InDelta(t, 11, refused.after.Seconds(), 1)
	}
}
