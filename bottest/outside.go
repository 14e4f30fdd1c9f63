package bottest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"salesbot/channels"
	"salesbot/crm"
)

// Web answers the bots' webhooks and keeps what they asked. It is safe for concurrent use.
type Web struct {
	mu sync.Mutex
	// answers are what the next calls get; the last one stays.
	answers []Answer
	calls   []Call
	world   *World
	// During, if set, is called while the webhook is under way, in the activity's goroutine.
	During func(call Call)
}

// Answer is what a webhook says.
type Answer struct {
	// Status is the HTTP status; 0 is 200.
	Status int `json:"status,omitempty"`
	// JSON is the body.
	JSON json.RawMessage `json:"json,omitempty"`
	// Broken breaks the connection instead.
	Broken bool `json:"broken,omitempty"`
}

// Call is one request of a bot.
type Call struct {
	Method, URL, Body string
	Header            http.Header
	At                time.Time
	// Outcome is the status that was answered, in words.
	Outcome string
	// after is the number of the event before it.
	after int64
}

// Say sets what the next calls get, one each; the last one also what all later ones get.
func (o *Web) Say(answers ...Answer) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.answers = answers
}

// Calls are the requests so far.
func (o *Web) Calls() []Call {
	o.mu.Lock()
	defer o.mu.Unlock()
	return append([]Call(nil), o.calls...)
}

// RoundTrip answers a request.
func (o *Web) RoundTrip(request *http.Request) (*http.Response, error) {
	call := Call{Method: request.Method, URL: request.URL.String(), Header: request.Header.Clone(), At: o.world.Now(), after: o.world.lastEvent()}
	if request.Body != nil {
		body, err := io.ReadAll(request.Body)
		if err != nil {
			return nil, err
		}
		call.Body = string(body)
	}
	if o.During != nil {
		o.During(call)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	answer := o.next()
	call.Outcome = answer.words()
	o.calls = append(o.calls, call)
	if answer.Broken {
		return nil, io.ErrUnexpectedEOF
	}
	return response(request, answer), nil
}

func (o *Web) next() Answer {
	answer := Answer{}
	if len(o.answers) > 0 {
		answer = o.answers[0]
	}
	if len(o.answers) > 1 {
		o.answers = o.answers[1:]
	}
	if answer.Status == 0 {
		answer.Status = http.StatusOK
	}
	return answer
}

func (a Answer) words() string {
	if a.Broken {
		return "the connection broke"
	}
	return fmt.Sprint(a.Status)
}

func response(request *http.Request, answer Answer) *http.Response {
	if len(answer.JSON) == 0 {
		answer.JSON = json.RawMessage("{}")
	}
	return &http.Response{
		StatusCode: answer.Status, Status: fmt.Sprintf("%d %s", answer.Status, http.StatusText(answer.Status)), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(answer.JSON)), ContentLength: int64(len(answer.JSON)), Request: request,
	}
}

// Trouble is what the provider of an external channel does to the messages that it is given.
type Trouble string

// The troubles. Temporary and unknown are over after one message; unknown takes the message and then breaks the
// connection, so that nobody knows.
const (
	NoTrouble Trouble = ""
	Refuses   Trouble = "refused"
	Blocked   Trouble = "blocked"
	Temporary Trouble = "temporary"
	Down      Trouble = "down"
	Unknown   Trouble = "unknown"
)

// Provider is an external channel. It is safe for concurrent use.
type Provider struct {
	kind string

	mu      sync.Mutex
	trouble Trouble
	sent    []channels.Outbound
	// During, if set, is called while a message is handed over, in the activity's goroutine.
	During func(message channels.Outbound)
}

// Makes sets the provider's trouble.
func (p *Provider) Makes(trouble Trouble) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.trouble = trouble
}

// Sent are the messages that the client got.
func (p *Provider) Sent() []channels.Outbound {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]channels.Outbound(nil), p.sent...)
}

// Kind is the channel's name.
func (p *Provider) Kind() string { return p.kind }

// Capabilities are those of a messenger that shows everything.
func (p *Provider) Capabilities() channels.Capabilities {
	return channels.Capabilities{Buttons: 30, URLButtons: true, MixedButtons: true, SpentButtons: channels.SpentStay, Text: crm.MaxMessageText,
		Files: []string{"picture", "video", "audio", "voice", "file"}, Delivered: true, Read: true, MakesLeads: true}
}

// Validate accepts everything.
func (p *Provider) Validate(json.RawMessage, channels.Secrets) error { return nil }

// Receive is not used: the script speaks to the store as a channel's webhook would.
func (p *Provider) Receive(channels.Account, http.Header, []byte) ([]channels.Inbound, error) {
	return nil, nil
}

// Send takes a message, if nothing troubles it.
func (p *Provider) Send(_ context.Context, _ channels.Account, message channels.Outbound) (channels.Receipt, error) {
	if p.During != nil {
		p.During(message)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	trouble := p.trouble
	if trouble == Temporary || trouble == Unknown {
		p.trouble = NoTrouble
	}
	switch trouble {
	case Refuses:
		return channels.Receipt{}, &channels.SendError{Code: "refused", Message: "the provider refuses the message", Permanent: true}
	case Blocked:
		return channels.Receipt{}, &channels.SendError{Code: "blocked", Message: "the client has blocked us", Permanent: true, Blocked: true}
	case Temporary, Down:
		return channels.Receipt{}, &channels.SendError{Code: "down", Message: "the provider is down"}
	case Unknown:
		p.sent = append(p.sent, message)
		return channels.Receipt{}, &channels.SendError{Code: "broken", Message: "the connection broke", Unknown: true}
	}
	p.sent = append(p.sent, message)
	return channels.Receipt{MessageID: fmt.Sprintf("%s-%d", strings.ToLower(p.kind), len(p.sent))}, nil
}
