package crm

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// FoldEmail is the form in which an e-mail address is kept, looked up and counted: without white space around it, in
// Unicode's NFKC form and in lower case. Whatever is told apart by an address must fold it by this.
func FoldEmail(email string) string {
	return strings.ToLower(strings.TrimSpace(norm.NFKC.String(email)))
}
