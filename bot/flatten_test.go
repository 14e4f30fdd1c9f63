package bot

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFlattenJSON(t *testing.T) {
	t.Parallel()
	for data, want := range map[string]Values{
		`{"a":{"b":1},"c":true,"d":null,"e":""}`: {"a.b": {"1"}, "c": {"true"}, "e": {""}},
		`{"n":12345678901234567890.10}`:          {"n": {"12345678901234567890.10"}},
		`{"l":["x",2,{"name":"y"}]}`:             {"l": {"x", "2"}, "l.0": {"x"}, "l.1": {"2"}, "l.2.name": {"y"}},
		`[1,2]`:                                  {},
		`no JSON`:                                {},
		``:                                       {},
	} {
		require.Equal(t, want, FlattenJSON([]byte(data), nil), data)
	}
}

func TestFlattenJSONIsBounded(t *testing.T) {
	t.Parallel()
	var parts []string
	for i := range 150 {
		parts = append(parts, fmt.Sprintf(`"k%03d":"%s"`, i, strings.Repeat("é", 2500)))
	}
	values := FlattenJSON([]byte("{"+strings.Join(parts, ",")+"}"), nil)
	require.Len(t, values, MaxAnswerValues)
	require.Len(t, []rune(values.First("k000")), MaxAnswerText)
	require.Contains(t, values, "k099", "the first by name are kept")
}
