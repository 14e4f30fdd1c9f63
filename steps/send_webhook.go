package steps

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"

	"go.temporal.io/sdk/workflow"

	"salesbot/bot"
	"salesbot/crm"
)

func init() {
	register(Kind{
		Name: "send_webhook", Title: "Send webhook", Group: "Actions",
		Help:    "Calls an address of yours. Values of a JSON answer can be used as {{json.KEY}} afterwards.",
		Exits:   []Exit{nextExit, failedExit},
		Secrets: []string{"url", "headers", "body"},
		Example: `{"url":"https://shop.example.com/orders/status","method":"POST","headers":{"X-Api-Key":"{{secret.shop_key}}"},"body":{"order":"{{message_text}}","lead":"{{lead.id}}"},"timeout_seconds":10}`,
		New:     func() Step { return new(SendWebhook) },
	})
}

const defaultWebhookTimeout = 10

var headerName = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")

// SendWebhook makes one HTTP request (Salesbot guide, Send webhook). A request that fails in passing is repeated with
// the same Idempotency-Key; a refusal (4xx) or a time without success leaves by failed.
type SendWebhook struct {
	// The address: http or https. It may hold placeholders after the host.
	URL string `json:"url" jsonschema:"minLength=1,maxLength=2048"`
	// The HTTP method.
	Method string `json:"method,omitempty" jsonschema:"enum=POST,enum=GET,enum=PUT,enum=PATCH,enum=DELETE,default=POST"`
	// Headers to send. A key or a password belongs into a secret of the account: {{secret.NAME}} is filled in only when the request is made.
	Headers map[string]string `json:"headers,omitempty"`
	// What to send: a JSON value whose texts may hold placeholders, or one text that is sent as it is. Left out, POST, PUT and PATCH carry the lead, the contact, the message and the run.
	Body json.RawMessage `json:"body,omitempty"`
	// How long one attempt may take.
	TimeoutSeconds int `json:"timeout_seconds,omitempty" jsonschema:"minimum=1,maximum=30,default=10"`
}

// Run calls and keeps the answer's values.
func (s *SendWebhook) Run(ctx workflow.Context, run Run) (string, error) {
	request := bot.Webhook{URL: s.URL, Method: s.Method, Headers: s.Headers, Body: s.Body, TimeoutSeconds: s.TimeoutSeconds}
	if request.Method == "" {
		request.Method = "POST"
	}
	if request.TimeoutSeconds == 0 {
		request.TimeoutSeconds = defaultWebhookTimeout
	}
	var answer bot.WebhookAnswer
	err := run.Call(ctx, "CallWebhook", request, &answer)
	var refusal *Refusal
	if errors.As(err, &refusal) {
		run.Note("the webhook failed: %s", refusal.Message)
		return exitFailed, nil
	}
	if err != nil {
		return "", err
	}
	keepAnswer(run, answer.Values)
	run.Note("the webhook answered %d", answer.Status)
	return exitNext, nil
}

// Check finds what the schema can't say.
func (s *SendWebhook) Check(Env) []Problem {
	for _, name := range sortedKeys(s.Headers) {
		if !headerName.MatchString(name) {
			return []Problem{{Code: "bad_config", Path: "headers", Message: fmt.Sprintf("%q is no name of a header", name), Fix: "use letters, digits and -"}}
		}
	}
	fault := checkAddress(s.URL, crm.WebSchemes)
	if fault == "" && !literalHost(s.URL) {
		fault = "the host must be written out: with a placeholder in it, a client's words would choose who gets the data"
	}
	if fault != "" {
		return []Problem{{Code: "bad_config", Path: "url", Message: fault, Fix: "write an address such as https://example.com/hook"}}
	}
	return s.openCredentials()
}
