package activities

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"salesbot/db"
)

// secrets are those that a call uses, by name. They live as long as the attempt.
type secrets map[string]string

// open is a lookup, as bot.ExpandJSON wants it.
func (s secrets) open(ctx context.Context, tx *db.Tx, name string) ([]string, bool, error) {
	if value, ok := s[name]; ok {
		return []string{value}, true, nil
	}
	value, err := tx.OpenSecret(ctx, name)
	if err != nil {
		return nil, false, err
	}
	s[name] = value
	return []string{value}, true, nil
}

// cleaner takes the secrets out of what came back: a service may tell in its answer what it was sent, as it was written
// or as it stood in an address or in JSON, and an error may tell the address.
func (s secrets) cleaner() func(string) string {
	type pair struct{ written, instead string }
	var pairs []pair
	for name, value := range s {
		instead := "[secret " + name + "]"
		quoted, _ := json.Marshal(value)
		for _, written := range []string{value, url.QueryEscape(value), url.PathEscape(value), strings.Trim(string(quoted), `"`)} {
			pairs = append(pairs, pair{written, instead})
		}
	}
	slices.SortFunc(pairs, func(a, b pair) int {
		return cmp.Or(len(b.written)-len(a.written), strings.Compare(a.written, b.written)) // one may hold another
	})
	list := make([]string, 0, 2*len(pairs))
	for _, p := range pairs {
		list = append(list, p.written, p.instead)
	}
	return strings.NewReplacer(list...).Replace
}

var errOtherHost = errors.New("it redirects to another host, which must not get the secrets")

// checkRedirect keeps what is meant for one host from the next: a call with secrets does not follow there, and the bot's
// own headers stay behind.
func (c webhookCall) checkRedirect(next func(*http.Request, []*http.Request) error) func(*http.Request, []*http.Request) error {
	return func(request *http.Request, via []*http.Request) error {
		if next != nil {
			if err := next(request, via); err != nil {
				return err
			}
		}
		if strings.EqualFold(request.URL.Host, via[0].URL.Host) && request.URL.Scheme == via[0].URL.Scheme {
			return nil
		}
		if len(c.secrets) > 0 {
			return errOtherHost
		}
		request.Header.Del("Referer") // the address may hold a key
		for name := range c.Headers {
			if !strings.EqualFold(name, "Content-Type") {
				request.Header.Del(name)
			}
		}
		return nil
	}
}
