package steps

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"salesbot/bot"
)

// credentialName are the names of headers and of an address's parameters that hold what nobody else may read.
var credentialName = regexp.MustCompile(`(?i)(^|[-_])(authorization|api[-_]?key|access[-_]?key|auth|token|secret|password|passwd|cookie|signature)$|^(apikey|key|sig|pwd)$`)

// literalCredential says that a credential's value is written out, instead of being a secret's name.
func literalCredential(name, text string) bool {
	if !credentialName.MatchString(name) {
		return false
	}
	for _, placeholder := range bot.Names(text) {
		if _, secret := bot.SecretName(placeholder); secret {
			return false
		}
	}
	rest := bot.Expand(text, func(string) ([]string, bool) { return nil, false })
	for _, scheme := range []string{"bearer", "basic", "token"} {
		if len(rest) >= len(scheme) && strings.EqualFold(rest[:len(scheme)], scheme) {
			rest = rest[len(scheme):]
		}
	}
	return strings.TrimSpace(rest) != ""
}

// openCredentials warns of credentials that everybody who can see the bot can read, in its versions and runs as well.
func (s *SendWebhook) openCredentials() []Problem {
	var problems []Problem
	warn := func(path, what string) {
		problems = append(problems, Problem{Code: "open_credential", Path: path, Warning: true, Message: what + " is written out, for everybody to read who may see bots",
			Fix: "let an administrator keep it as a secret and write {{secret.NAME}}; then change it at the service"})
	}
	for _, name := range sortedKeys(s.Headers) {
		if literalCredential(name, s.Headers[name]) {
			warn("headers."+name, fmt.Sprintf("what the header %s holds", name))
		}
	}
	address, err := url.Parse(s.URL)
	if err != nil {
		return problems
	}
	for _, name := range sortedKeys(address.Query()) {
		if literalCredential(name, address.Query().Get(name)) {
			warn("url", fmt.Sprintf("the address's parameter %s", name))
		}
	}
	return problems
}
