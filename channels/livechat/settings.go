package livechat

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"salesbot/crm"
)

// MaxFileBytes is the most that max_file_bytes may be: the largest file that the store keeps.
const MaxFileBytes = 20 << 20

// Look is the part of the settings that the widget gets to see.
type Look struct {
	// Title and Subtitle head the panel.
	Title    string `json:"title"`
	Subtitle string `json:"subtitle"`
	// Greeting is shown as the first message; empty for none. It is no message: the bot does not see it.
	Greeting string `json:"greeting"`
	// Colour is #rrggbb.
	Colour string `json:"colour"`
	// Position is right or left.
	Position string `json:"position"`
	// Theme is auto, light or dark.
	Theme string `json:"theme"`
	// LauncherText stands on the launcher; empty for an icon alone.
	LauncherText string `json:"launcher_text"`
	// MaxFileBytes is the largest file that a visitor may send.
	MaxFileBytes int64 `json:"max_file_bytes"`
	// Language is the panel's: auto takes the browser's.
	Language string `json:"language"`
}

// Settings are a live chat's settings.
type Settings struct {
	Look

	// AllowedOrigins are the sites that may hold the chat, such as https://example.org or https://*.example.org. An empty
	// list allows every site.
	AllowedOrigins []string `json:"allowed_origins"`
	// MakesLeads says that a stranger's first message makes a lead, if the channel has a pipeline.
	MakesLeads bool `json:"makes_leads"`
}

// DefaultSettings are those of a new live chat.
func DefaultSettings() Settings {
	return Settings{
		Look:           Look{Title: "Chat", Colour: "#2f6fed", Position: "right", Theme: "auto", MaxFileBytes: MaxFileBytes, Language: "auto"},
		AllowedOrigins: []string{}, MakesLeads: true,
	}
}

// languages are those that the widget speaks.
var languages = []string{"auto", "en", "de", "es", "pt", "tr", "ru"}

var colourPattern = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

// ParseSettings reads and checks settings; what is missing is as DefaultSettings says. Errors name the field.
func ParseSettings(raw json.RawMessage) (Settings, error) {
	settings := DefaultSettings()
	if len(raw) > 0 {
		decoder := json.NewDecoder(bytes.NewReader(raw))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&settings); err != nil {
			return settings, crm.FieldError("settings", "a live chat's settings can't be read: %v", err)
		}
	}
	return settings, settings.check()
}

func (s Settings) check() error {
	for _, text := range []struct {
		field, value string
		limit        int
	}{{"title", s.Title, 60}, {"subtitle", s.Subtitle, 120}, {"greeting", s.Greeting, 1000}, {"launcher_text", s.LauncherText, 40}} {
		if utf8.RuneCountInString(text.value) > text.limit {
			return crm.FieldError("settings."+text.field, "at most %d characters", text.limit)
		}
	}
	switch {
	case !colourPattern.MatchString(s.Colour):
		return crm.FieldError("settings.colour", "a colour is written #rrggbb")
	case s.MaxFileBytes < 0 || s.MaxFileBytes > MaxFileBytes:
		return crm.FieldError("settings.max_file_bytes", "from 0 (no files) to %d", MaxFileBytes)
	}
	return s.checkChoices()
}

func (s Settings) checkChoices() error {
	for _, choice := range []struct {
		field, value string
		of           []string
	}{{"position", s.Position, []string{"right", "left"}}, {"theme", s.Theme, []string{"auto", "light", "dark"}}, {"language", s.Language, languages}} {
		if !slices.Contains(choice.of, choice.value) {
			return crm.FieldError("settings."+choice.field, "one of %s", strings.Join(choice.of, ", "))
		}
	}
	for i, origin := range s.AllowedOrigins {
		if !originPattern.MatchString(origin) {
			return crm.FieldError(fmt.Sprintf("settings.allowed_origins.%d", i), "an origin is written https://example.org or https://*.example.org, without a path")
		}
	}
	return nil
}

// originPattern is what a content security policy takes too, so that an origin can't smuggle anything into one.
var originPattern = regexp.MustCompile(`^https?://(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:([0-9]{1,5}|\*))?$`)

// Allows says whether a page of that origin may hold the chat and talk to it.
func (s Settings) Allows(origin string) bool {
	if len(s.AllowedOrigins) == 0 {
		return true
	}
	page, err := url.Parse(origin)
	if err != nil || page.Host == "" {
		return false
	}
	return slices.ContainsFunc(s.AllowedOrigins, func(allowed string) bool { return matches(allowed, page) })
}

func matches(allowed string, page *url.URL) bool {
	scheme, rest, _ := strings.Cut(allowed, "://")
	host, port, _ := strings.Cut(rest, ":")
	if scheme != page.Scheme || port != "*" && port != page.Port() {
		return false
	}
	name := strings.ToLower(page.Hostname())
	if parent, ok := strings.CutPrefix(host, "*."); ok {
		return strings.HasSuffix(name, "."+parent)
	}
	return name == host
}

// FrameAncestors are the sources of the panel's content security policy that may frame it.
func (s Settings) FrameAncestors() string {
	if len(s.AllowedOrigins) == 0 {
		return "*"
	}
	return "'self' " + strings.Join(s.AllowedOrigins, " ")
}
