package activities

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/bot"
	"salesbot/crm"
)

func TestTextsAreMeasuredInCharactersUpToTheLast(t *testing.T) {
	t.Parallel()
	long := func(n int) string { return strings.Repeat("я", n) }
	link := bot.Button{Text: "L", URL: "https://example.com/"}
	for _, c := range []struct {
		fits, not any
		field     string
	}{
		{bot.Outgoing{Text: long(4096)}, bot.Outgoing{Text: long(4097)}, "text"},
		{bot.Outgoing{Buttons: []bot.Button{{Text: long(80)}}}, bot.Outgoing{Buttons: []bot.Button{{Text: "A"}, {Text: long(81)}}}, "buttons.1.text"},
		{bot.Outgoing{Buttons: []bot.Button{{Text: "A"}, link}}, bot.Outgoing{Buttons: []bot.Button{{Text: "A"}, link, {Text: "L", URL: link.URL + long(2048)}}}, "links.1.url"},
		{bot.Outgoing{Attachments: []bot.Attachment{{Name: long(200)}}}, bot.Outgoing{Attachments: []bot.Attachment{{}, {Name: long(201)}}}, "files.1.name"},
		{crm.NewNote{Text: long(65535)}, crm.NewNote{Text: long(65536)}, "text"},
		{crm.TagEdit{Add: []string{long(256)}}, crm.TagEdit{Add: []string{"a", long(257)}}, "add.1"},
		{bot.Webhook{Headers: map[string]string{"X-A": long(8000)}}, bot.Webhook{Headers: map[string]string{"X-A": long(8001)}}, "headers.X-A"},
	} {
		require.NoError(t, checkLengths(c.fits))
		err := checkLengths(c.not)
		require.Equal(t, crm.Invalid, crm.CodeOf(err))
		require.ErrorContains(t, err, c.field+": has ")
	}
	require.NoError(t, checkWebhook(bot.Webhook{Body: make([]byte, bot.MaxWebhookBody)}))
	require.ErrorContains(t, checkWebhook(bot.Webhook{Body: make([]byte, bot.MaxWebhookBody+1)}), "body: has 1000001 bytes")
}
