package bot

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A document of 64 KB full of placeholders must not become gigabytes.
func TestFillingInEndsSomewhere(t *testing.T) {
	t.Parallel()
	values := Values{"x": {strings.Repeat("я", 65535)}}
	require.Greater(t, len(Expand(strings.Repeat("{{x}}", 12_000), values.Lookup)), 1_000_000)
	require.Less(t, len(Expand(strings.Repeat("{{x}}", 12_000), values.Lookup)), 2*MaxExpanded)
	raw, err := json.Marshal(strings.Split(strings.Repeat("{{x}} ", 9_000), " "))
	require.NoError(t, err)
	whole, err := ExpandJSON(raw, func(name string) ([]string, bool, error) { return values[name], true, nil })
	require.NoError(t, err)
	require.Less(t, len(whole), 2*MaxExpanded)
}
