package api

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestALimitByAddressCountsANetworkOfIPv6(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"192.0.2.7": "192.0.2.7", "::ffff:192.0.2.7": "192.0.2.7", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64", "2001:db8:1:2::9": "2001:db8:1:2::/64",
		"2001:db8:1:3::9": "2001:db8:1:3::/64", "fe80::1%eth0": "fe80::/64", "": "", "@": "@",
	} {
		require.Equal(t, want, networkOf(address), address)
	}
}

// Every spelling of an account's address is one account: tries are counted together.
func TestTriesOnOneAccountAreCountedTogether(t *testing.T) {
	t.Parallel()
	limits := newLoginLimits(LoginLimits{})
	spellings := []string{"owner@example.com", " owner@example.com", "OWNER@example.com\t", "owner@example.com\u00a0"}
	checked := 0
	for i := range 40 {
		if limits.check(networkOf(string(rune('a'+i))), spellings[i%len(spellings)], "") == nil {
			checked++
		}
	}
	require.LessOrEqual(t, checked, 11, "the burst, and one that came back meanwhile")
	require.NoError(t, limits.check("elsewhere", "another@example.com", ""))
}
