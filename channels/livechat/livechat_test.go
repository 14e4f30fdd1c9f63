package livechat_test

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/channels"
	"salesbot/channels/livechat"
	"salesbot/crm"
)

func TestDefaultsAreValidAndComplete(t *testing.T) {
	t.Parallel()
	raw, err := json.Marshal(livechat.DefaultSettings())
	require.NoError(t, err)
	settings, err := livechat.ParseSettings(raw)
	require.NoError(t, err)
	require.Equal(t, livechat.DefaultSettings(), settings)
	empty, err := livechat.ParseSettings(nil)
	require.NoError(t, err)
	require.Equal(t, settings, empty)
}

func TestSettingsAreChecked(t *testing.T) {
	t.Parallel()
	for field, body := range map[string]string{
		"settings":                   `{"color":"#ffffff"}`,
		"settings.title":             `{"title":"` + strings.Repeat("x", 61) + `"}`,
		"settings.greeting":          `{"greeting":"` + strings.Repeat("é", 1001) + `"}`,
		"settings.colour":            `{"colour":"red; background: url(x)"}`,
		"settings.position":          `{"position":"top"}`,
		"settings.theme":             `{"theme":"blue"}`,
		"settings.language":          `{"language":"xx"}`,
		"settings.max_file_bytes":    `{"max_file_bytes":-1}`,
		"settings.allowed_origins.1": `{"allowed_origins":["https://a.example","https://b.example/path"]}`,
		"settings.allowed_origins.0": `{"allowed_origins":["https://a.example; script-src *"]}`,
	} {
		var refused *crm.Error
		require.ErrorAs(t, livechat.Channel{}.Validate([]byte(body), nil), &refused, body)
		require.Equal(t, field, refused.Field)
	}
	require.Error(t, livechat.Channel{}.Validate(nil, channels.Secrets{"token": "x"}))
}

func TestAllowedOrigins(t *testing.T) {
	t.Parallel()
	settings, err := livechat.ParseSettings([]byte(`{"allowed_origins":["https://shop.example","https://*.brand.example","http://localhost:*","https://own.example:8443"]}`))
	require.NoError(t, err)
	for origin, want := range map[string]bool{
		"https://shop.example":              true,
		"https://SHOP.example":              true,
		"http://shop.example":               false,
		"https://shop.example:444":          false,
		"https://shop.example.evil.example": false,
		"https://evilshop.example":          false,
		"https://a.brand.example":           true,
		"https://a.b.brand.example":         true,
		"https://brand.example":             false,
		"https://evilbrand.example":         false,
		"http://localhost:3000":             true,
		"https://own.example:8443":          true,
		"https://own.example":               false,
		"null":                              false,
		"":                                  false,
		"https://shop.example@evil.example": false,
	} {
		require.Equal(t, want, settings.Allows(origin), origin)
	}
	require.Equal(t, "'self' https://shop.example https://*.brand.example http://localhost:* https://own.example:8443", settings.FrameAncestors())
	require.True(t, livechat.DefaultSettings().Allows("https://anybody.example"))
	require.Equal(t, "*", livechat.DefaultSettings().FrameAncestors())
}

func TestTokens(t *testing.T) {
	t.Parallel()
	signer := livechat.NewSigner([]byte(strings.Repeat("k", 32)))
	visitor := livechat.Visitor{ID: "0b6d", ChannelID: 3, Profile: crm.Profile{Name: "Ann", PageURL: "https://shop.example/"}}
	token, err := signer.Token(visitor)
	require.NoError(t, err)
	got, err := signer.Visitor(token, 3)
	require.NoError(t, err)
	require.Equal(t, visitor, got)

	other, err := livechat.NewSigner([]byte(strings.Repeat("x", 32))).Token(visitor)
	require.NoError(t, err)
	forged := "v1." + base64.RawURLEncoding.EncodeToString([]byte(`{"id":"other","channel":3}`)) + token[strings.LastIndexByte(token, '.'):]
	for name, bad := range map[string]string{
		"empty": "", "no signature": "v1.abc", "cut": token[:len(token)-1], "longer": token + "A", "another key's": other, "forged": forged,
		"another version": "v2" + token[2:],
	} {
		_, err := signer.Visitor(bad, 3)
		require.Equal(t, crm.Unauthorized, crm.CodeOf(err), name)
	}
	_, err = signer.Visitor(token, 4)
	require.Equal(t, crm.Unauthorized, crm.CodeOf(err), "another channel")
}

func TestAnyBotMessageFitsInOnePart(t *testing.T) {
	t.Parallel()
	buttons := []crm.Button{{Text: "Site", URL: "https://example.org"}}
	for range 13 {
		buttons = append(buttons, crm.Button{ID: "x", Text: strings.Repeat("long ", 20)})
	}
	files := []channels.OutFile{{File: crm.File{Type: "video"}}, {File: crm.File{Type: "file"}}}
	message := channels.Outbound{Text: strings.Repeat("x", crm.MaxMessageText), Buttons: buttons, Files: files}
	require.Equal(t, []channels.Outbound{message}, channels.Fit(message, livechat.Channel{}.Capabilities()))
	_, err := livechat.Channel{}.Send(t.Context(), channels.Account{}, message)
	require.Error(t, err)
	_, err = livechat.Channel{}.Receive(channels.Account{}, nil, nil)
	require.Equal(t, crm.NotFound, crm.CodeOf(err))
}
