package steps

import (
	"net/url"
	"slices"
	"strings"
)

// What an address in a bot may begin with. A page is opened by a click, a file and a webhook are fetched.
var (
	webSchemes  = []string{"http", "https"}
	linkSchemes = []string{"http", "https", "tel", "mailto"}
)

// checkAddress says what is wrong with an address that may hold placeholders, or "". Its scheme has to be written out:
// what a client writes into a field must not become javascript: or a page of this site.
func checkAddress(address string, schemes []string) string {
	plain := strings.NewReplacer("{{", "x", "}}", "x", "|", "x").Replace(address)
	parsed, err := url.Parse(plain)
	scheme, _, _ := strings.Cut(address, ":")
	switch {
	case err != nil:
		return "the address can't be read"
	case !slices.Contains(schemes, strings.ToLower(scheme)):
		return "the address must begin with http:// or https://" + map[bool]string{true: ", or with tel: or mailto:"}[len(schemes) > len(webSchemes)]
	case slices.Contains(webSchemes, parsed.Scheme) && parsed.Hostname() == "":
		return "the address has no host"
	}
	return ""
}

// literalHost says whether no placeholder stands in the address before its path.
func literalHost(address string) bool {
	_, rest, _ := strings.Cut(address, "://")
	if end := strings.IndexAny(rest, `/?#\`); end >= 0 {
		rest = rest[:end]
	}
	return !strings.Contains(rest, "{{")
}
