package steps

import (
	"strings"

	"salesbot/bot"
	"salesbot/crm"
)

// checkAddress says what is wrong with an address that may hold placeholders, or "". Its scheme has to be written out:
// what a client writes into a field must not become javascript: or a page of this site.
func checkAddress(address string, schemes []string) string {
	if strings.HasPrefix(address, "{{") {
		return crm.AddressFault("", schemes)
	}
	return crm.AddressFault(bot.Expand(address, func(string) ([]string, bool) { return []string{"x"}, true }), schemes)
}

// literalHost says whether no placeholder stands in the address before its path.
func literalHost(address string) bool {
	_, rest, _ := strings.Cut(address, "://")
	if end := strings.IndexAny(rest, `/?#\`); end >= 0 {
		rest = rest[:end]
	}
	return !strings.Contains(rest, "{{")
}
