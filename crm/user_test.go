package crm_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/crm"
)

func TestTheLesserOfTwoRolesCounts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		one, other, lesser crm.Role
		covers             bool
	}{
		{crm.Administrator, crm.Administrator, crm.Administrator, true},
		{crm.Administrator, crm.Manager, crm.Manager, true},
		{crm.Manager, crm.Administrator, crm.Manager, false},
		{crm.Manager, crm.Manager, crm.Manager, true},
		{crm.Administrator, "", "", false},
		{crm.Administrator, "public", "", false},
		{"", "", "", false},
		{"", crm.Manager, "", false},
		{"king", crm.Manager, "", false},
		{"king", "king", "", false},
	} {
		require.Equal(t, c.lesser, c.one.Lesser(c.other), "%q and %q", c.one, c.other)
		require.Equal(t, c.covers, c.one.Covers(c.other), "%q covers %q", c.one, c.other)
	}
}
