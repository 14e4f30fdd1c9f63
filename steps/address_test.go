package steps

import (
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
)

func TestNoAddressLeadsElsewhereThanItSays(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"javascript:alert(1)", "JaVaScript:alert(1)", "data:text/html,x", "//evil.example", "/leads/1", "{{message_text}}",
		"{{message_text}}://x", "http://", "https:///x", "vbscript:x", "file:///etc/passwd", " javascript:alert(1)", "blob:x", "https:"} {
		linked := (&Message{Text: "x", Links: []Link{{Text: "x", URL: address}}}).Check(Env{})
		require.NotEmpty(t, linked, address)
		require.Equal(t, "links.0.url", linked[0].Path, address)
		filed := (&Message{Text: "x", Files: []bot.Attachment{{URL: address}}}).Check(Env{})
		require.NotEmpty(t, filed, address)
		require.NotEmpty(t, (&SendWebhook{URL: address}).Check(Env{}), address)
	}
	for _, address := range []string{"https://{{message_text}}/x", "https://{{lead.name}}.example.com/", "https://a@{{x}}", `https://{{x}}\y`} {
		require.NotEmpty(t, (&SendWebhook{URL: address}).Check(Env{}), address)
	}
	for _, address := range []string{"https://example.com/{{lead.id}}?q={{message_text}}", "HTTP://example.com"} {
		require.Empty(t, (&SendWebhook{URL: address}).Check(Env{}), address)
		require.Empty(t, (&Message{Text: "x", Links: []Link{{Text: "x", URL: address}}}).Check(Env{}), address)
	}
	for _, address := range []string{"tel:+4930123456", "mailto:{{contact.email}}"} {
		require.Empty(t, (&Message{Text: "x", Links: []Link{{Text: "x", URL: address}}}).Check(Env{}), address)
	}
}
