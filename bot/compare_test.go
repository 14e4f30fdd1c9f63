package bot

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCompare(t *testing.T) {
	t.Parallel()
	one := func(s string) []string { return []string{s} }
	tags := []string{"VIP", "spring sale"}
	for name, c := range map[string]struct {
		values      []string
		operator    Operator
		operand, to string
		want        bool
	}{
		"equal, other case and accents":    {one(" CAFÉ"), Equals, "cafe", "", true},
		"equal as numbers":                 {one("10.00"), Equals, "10", "", true},
		"not equal":                        {one("a"), NotEquals, "b", "", true},
		"one of several equals":            {tags, Equals, "vip", "", true},
		"none of several may equal":        {tags, NotEquals, "vip", "", false},
		"nothing equals empty":             {nil, Equals, "", "", true},
		"nothing is not equal to a":        {nil, NotEquals, "a", "", true},
		"contains":                         {one("I want the Catalogue"), Contains, "catalogue", "", true},
		"contains nothing":                 {one("abc"), Contains, "", "", false},
		"not contains":                     {tags, NotContains, "winter", "", true},
		"in a list":                        {one("telegram"), In, "livechat, telegram", "", true},
		"not in a list":                    {tags, NotIn, "new, old", "", true},
		"in a list with an empty item":     {nil, In, "a,,b", "", false},
		"greater":                          {one("1 500"), Greater, "1000", "", true},
		"infinity is no number":            {one("infinity"), Greater, "1", "", false},
		"a minus sign":                     {one("−5"), Less, "-4", "", true},
		"not greater than itself":          {one("5"), Greater, "5", "", false},
		"less":                             {one("-1"), Less, "0", "", true},
		"a number within a text":           {one("I am 25 years old"), Between, "18", "99", true},
		"between includes its ends":        {one("9"), Between, "1", "9", true},
		"outside":                          {one("10"), Between, "1", "9", false},
		"no number is never greater":       {one("many"), Greater, "1", "", false},
		"a bound that is no number":        {one("5"), Greater, "x", "", false},
		"dates":                            {one("2026-02-01"), Greater, "2026-01-31", "", true},
		"empty":                            {one("  "), Empty, "", "", true},
		"nothing is empty":                 {nil, Empty, "", "", true},
		"not empty":                        {one("x"), NotEmpty, "", "", true},
		"an unknown operator never holds ": {one("x"), "like", "x", "", false},
	} {
		require.Equal(t, c.want, Compare(c.values, c.operator, c.operand, c.to), name)
	}
}
