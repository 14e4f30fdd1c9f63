package crm

import (
	"net/url"
	"slices"
	"strings"
	"unicode"
)

// WebSchemes are what an address that is fetched, or opened as a page, begins with; LinkSchemes also what a click may open.
var (
	WebSchemes  = []string{"http", "https"}
	LinkSchemes = []string{"http", "https", "tel", "mailto"}
)

// AddressFault says what is wrong with an address that others are to follow, or "". It names its scheme and, on the web,
// its host, so that it is neither a script nor a page of this site; it holds no name or password, which everybody could
// read and which make a host look like another one; and nothing in it ends a line.
func AddressFault(address string, schemes []string) string {
	scheme, _, _ := strings.Cut(address, ":")
	scheme = strings.ToLower(scheme)
	parsed, err := url.Parse(address)
	web := slices.Contains(WebSchemes, scheme)
	switch {
	case strings.ContainsFunc(address, unicode.IsControl):
		return "the address holds a control character"
	case !slices.Contains(schemes, scheme):
		return "the address must begin with http:// or https://" + map[bool]string{true: ", or with tel: or mailto:"}[len(schemes) > len(WebSchemes)]
	case err != nil:
		return "the address can't be read"
	case web && parsed.Hostname() == "":
		return "the address has no host"
	case web && parsed.User != nil:
		return "the address holds a user name or a password before its host"
	}
	return ""
}
