package bot

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPattern(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		pattern, text, want string
		ok                  bool
	}{
		{`[0-9]+`, "order 12", "12", true},
		{`/[0-9]+/`, "order 12", "12", true},
		{`/order (\d+)/iu`, "ORDER 12", "12", true},
		{`/order/`, "ORDER", "", false},
		{`order`, "ORDER", "ORDER", true},
		{`/\bда\b/iu`, "ну Да!", "Да", true},
		{`/(?<=№)\d+/`, "№77", "77", true},
		{`/a(b)?/`, "a", "a", true},
		{`^$`, "", "", true},
	} {
		pattern, err := CompilePattern(c.pattern)
		require.NoError(t, err, c.pattern)
		found, ok, err := pattern.Find(c.text)
		require.NoError(t, err, c.pattern)
		require.Equal(t, c.ok, ok, c.pattern)
		require.Equal(t, c.want, found, c.pattern)
	}
}

func TestPatternRefuses(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string]string{
		"":                        "empty",
		"//i":                     "empty",
		"(":                       "does not compile",
		"/a/z":                    "unknown flag",
		strings.Repeat("a", 1001): "longer than 1000",
	} {
		_, err := CompilePattern(pattern)
		require.ErrorContains(t, err, want, pattern)
	}
}

func TestPatternGivesUp(t *testing.T) {
	t.Parallel()
	pattern, err := CompilePattern(`^(a+)+$`)
	require.NoError(t, err)
	_, _, err = pattern.Find(strings.Repeat("a", 40) + "!")
	require.ErrorContains(t, err, "took longer")
}
