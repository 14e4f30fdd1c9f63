package api_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"salesbot/api"
	"salesbot/channels"
	"salesbot/channels/livechat"
	"salesbot/channels/telegram"
	"salesbot/db/dbtest"
	"salesbot/steps"
)

// badAddresses lead somewhere else than they say, or nowhere.
var badAddresses = []string{"javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "blob:https://x", "//evil.example/x",
	"/leads/1", "example.com", "www.example.com/x", "https:", "https://", "https:///x", "http://user@example.com", "https://user:word@example.com/", "https://example.com@evil.example",
	"https://exa\nmple.com", "https://example.com/\r\nX: y", "https://example.com/\tx", "https://example.com/\x1b[0m", "\x01https://example.com", "https://example.com\\@evil.example"}

var goodAddresses = []string{"https://example.com", "http://example.com:8080/a?b=c#d", "HTTPS://EXAMPLE.COM/", "https://пример.рф/страница"}

// stored are the fields in which an address is kept, by the way in; each tells what came of one.
func (w *world) stored() map[string]func(address string) (r reply, field string) {
	made := w.call("POST", "/api/v4/leads/custom_fields", `[{"name":"Site","type":"url"}]`).want(201)
	site := fmt.Sprint(at(made, "_embedded", "custom_fields", 0, "id"))
	value := func(address string) string {
		return `{"custom_fields_values":[{"field_id":` + site + `,"values":[{"value":` + quoted(address) + `}]}]}`
	}
	note := func(address string) string {
		return `{"note_type":"call_in","params":{"phone":"123","link":` + quoted(address) + `}}`
	}
	all := map[string]func(string) (reply, string){
		"a new lead's field": func(a string) (reply, string) {
			return w.call("POST", "/api/v4/leads", "["+value(a)+"]"), "custom_fields_values.0.values.0.value"
		},
		"a lead's field": func(a string) (reply, string) {
			return w.call("PATCH", "/api/v4/leads/1", value(a)), "custom_fields_values.0.values.0.value"
		},
		"a call's recording": func(a string) (reply, string) {
			return w.call("POST", "/api/v4/leads/1/notes", "["+note(a)+"]"), "params.link"
		},
		"a changed recording": func(a string) (reply, string) {
			return w.call("PATCH", "/api/v4/leads/notes/2", `{"params":{"phone":"123","link":`+quoted(a)+`}}`), "params.link"
		},
		"a Telegram server": func(a string) (reply, string) {
			return w.call("POST", "/api/v4/channels", `{"kind":"telegram","name":"T","is_active":false,"secrets":{"token":"123456:AAEabcdefghijklmnopqrstuvwxyz012345"},"settings":{"base_url":`+quoted(a)+`}}`),
				"settings.base_url"
		},
	}
	for path, config := range addressesOfSteps {
		kind, field, _ := strings.Cut(path, ".")
		all["a published "+path] = func(a string) (reply, string) {
			bot := w.addBot(fmt.Sprintf(`{"schema":1,"name":"B","start":"a","steps":[{"id":"a","kind":%q,"config":`+config+`}]}`, kind, quoted(a)))
			return w.call("POST", bot+"/publish", ""), "steps.a.config." + field
		}
	}
	return all
}

// addressesOfSteps are the addresses in steps' configurations.
var addressesOfSteps = map[string]string{
	"message.links.0.url": `{"text":"x","links":[{"text":"L","url":%s}]}`, "message.files.0.url": `{"text":"x","files":[{"type":"file","url":%s}]}`, "send_webhook.url": `{"url":%s}`,
}

// nowhere is a network without anybody.
type nowhere struct{}

func (nowhere) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New("there is nobody")
}

func TestAnAddressThatLeadsElsewhereIsRefusedWhereItIsStored(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.Open(t, dbtest.SQLiteURL(t)), api.Deps{Channels: map[string]channels.Channel{livechat.Kind: livechat.Channel{}, telegram.Kind: telegram.New(telegram.Options{Client: &http.Client{Transport: nowhere{}}})}})
	w.populate()
	w.call("POST", "/api/v4/leads/1/notes", `[{"note_type":"call_in","params":{"phone":"123"}}]`).want(200)
	for way, store := range w.stored() {
		for _, address := range badAddresses {
			r, field := store(address)
			if assert.Equal(t, 400, r.StatusCode, "%s: %q: %s", way, address, r.body) {
				assert.Contains(t, string(r.body), `"path":"`+field+`"`, "%s: %q", way, address)
			}
		}
		for _, address := range goodAddresses {
			r, _ := store(address)
			assert.Less(t, r.StatusCode, 300, "%s: %q: %s", way, address, r.body)
		}
	}
}

var addressName = regexp.MustCompile(`(^|_)(url|uri|link|href)$`)

// The schemas tell of every field that is called an address, so that a new one is not forgotten.
func TestEveryAddressThatIsTakenInIsInTheTable(t *testing.T) {
	t.Parallel()
	var found []string
	for _, op := range operations(t) {
		for _, field := range op.fields {
			if addressName.MatchString(field[strings.LastIndexAny(field, "/")+1:]) {
				found = append(found, op.id+" "+field)
			}
		}
	}
	// A file is known by its id alone; what else is said of it is not kept.
	require.Equal(t, []string{"sendMessage attachments[]/url"}, found, "see stored for addresses within fields of no fixed shape")
	found = nil
	var schema struct {
		Defs map[string]any `json:"$defs"`
	}
	require.NoError(t, json.Unmarshal(steps.SchemaJSON, &schema))
	for kind, def := range schema.Defs {
		found = append(found, addressesIn(schema.Defs, kind, def)...)
	}
	slices.Sort(found)
	var known []string
	for path := range addressesOfSteps {
		known = append(known, path)
	}
	slices.Sort(known)
	require.Equal(t, known, found)
}

func addressesIn(defs map[string]any, path string, schema any) (found []string) {
	if ref, ok := at(schema, "$ref").(string); ok {
		schema = defs[ref[strings.LastIndex(ref, "/")+1:]]
	}
	if items := at(schema, "items"); items != nil {
		return addressesIn(defs, path+".0", items)
	}
	properties, _ := at(schema, "properties").(map[string]any)
	for name, inner := range properties {
		if addressName.MatchString(name) {
			found = append(found, path+"."+name)
			continue
		}
		found = append(found, addressesIn(defs, path+"."+name, inner)...)
	}
	return found
}

// A visitor did not write where the page is, so that a bad one is left out instead of refused.
func TestAVisitorsPageIsKeptOnlyAsAnAddress(t *testing.T) {
	t.Parallel()
	w := newLiveWorld(t, dbtest.Open(t, dbtest.SQLiteURL(t)), "", fast)
	for _, address := range append(slices.Clone(badAddresses), goodAddresses...) {
		visitor := w.visit(`{"page":{"url":` + quoted(address) + `}}`)
		kept, err := livechat.NewSigner(w.store.LiveKey()).Visitor(visitor.token, w.channel.ID)
		require.NoError(t, err)
		if !slices.Contains(goodAddresses, address) {
			address = ""
		}
		require.Equal(t, address, kept.Profile.PageURL)
	}
}
