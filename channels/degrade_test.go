package channels_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"salesbot/channels"
	"salesbot/crm"
)

var (
	telegram = channels.Capabilities{Buttons: 100, URLButtons: true, MixedButtons: true, Text: 4096, Caption: 1024,
		Files: []string{"picture", "video", "audio", "voice", "file"}, FileBytes: 50 << 20, FilesPerMessage: 1}
	whatsapp = channels.Capabilities{Buttons: 3, ListItems: 10, ButtonTitle: 20, ListTitle: 24, URLButtons: true, MaxURLButtons: 1,
		Text: 4096, ButtonText: 1024, Caption: 1024, Files: []string{"picture", "video", "audio", "file"}, FileBytes: 16 << 20, FilesPerMessage: 1}
	liveChat = channels.Capabilities{Local: true, Buttons: 30, URLButtons: true, MixedButtons: true,
		Files: []string{"picture", "video", "audio", "voice", "file"}}
	messenger = channels.Capabilities{Buttons: 13, ButtonTitle: 20, Text: 2000, Caption: channels.NoCaption,
		Files: []string{"picture", "file"}, FilesPerMessage: 1}
	plain = channels.Capabilities{Text: 100}
)

func replies(n int) []crm.Button {
	buttons := make([]crm.Button, n)
	for i := range buttons {
		buttons[i] = crm.Button{ID: fmt.Sprintf("b%d", i+1), Text: fmt.Sprintf("Answer %d", i+1)}
	}
	return buttons
}

func link(text, url string) crm.Button { return crm.Button{Text: text, URL: url} }

func file(kind, name, url string, size int64) channels.OutFile {
	return channels.OutFile{File: crm.File{Type: kind, Name: name, URL: url, Size: size}}
}

func TestFit(t *testing.T) {
	t.Parallel()
	site := link("Site", "https://example.org")
	shop := link("Shop", "https://example.org/shop")
	photo := file("picture", "a.png", "https://example.org/a.png", 10)
	for name, test := range map[string]struct {
		can  channels.Capabilities
		in   channels.Outbound
		want []channels.Outbound
	}{
		"a plain text stays":    {plain, channels.Outbound{Text: "Hello"}, []channels.Outbound{{Text: "Hello"}}},
		"nothing gives nothing": {plain, channels.Outbound{}, nil},
		"buttons that fit stay": {whatsapp, channels.Outbound{Text: "Q", Buttons: replies(3)},
			[]channels.Outbound{{Text: "Q", Buttons: replies(3)}}},
		"a fourth button makes a list": {whatsapp, channels.Outbound{Text: "Q", Buttons: replies(4)},
			[]channels.Outbound{{Text: "Q", Buttons: replies(4), AsList: true}}},
		"ten are still a list": {whatsapp, channels.Outbound{Text: "Q", Buttons: replies(10)},
			[]channels.Outbound{{Text: "Q", Buttons: replies(10), AsList: true}}},
		"eleven become numbers": {whatsapp, channels.Outbound{Text: "Q", Buttons: replies(11)},
			[]channels.Outbound{{Text: "Q\n1. Answer 1\n2. Answer 2\n3. Answer 3\n4. Answer 4\n5. Answer 5\n6. Answer 6\n7. Answer 7\n8. Answer 8\n9. Answer 9\n10. Answer 10\n11. Answer 11"}}},
		"without buttons numbers and links": {plain, channels.Outbound{Text: "Q", Buttons: append(replies(2), site)},
			[]channels.Outbound{{Text: "Q\nSite: https://example.org\n1. Answer 1\n2. Answer 2"}}},
		"thirteen are numbers for nobody on the live chat": {liveChat, channels.Outbound{Text: "Q", Buttons: append(replies(13), site)},
			[]channels.Outbound{{Text: "Q", Buttons: append(replies(13), site)}}},
		"a link beside replies leaves the buttons": {whatsapp, channels.Outbound{Text: "Q", Buttons: append(replies(1), site)},
			[]channels.Outbound{{Text: "Q\nSite: https://example.org", Buttons: replies(1)}}},
		"a link alone is a button": {whatsapp, channels.Outbound{Text: "Q", Buttons: []crm.Button{site}},
			[]channels.Outbound{{Text: "Q", Buttons: []crm.Button{site}}}},
		"two links are too many": {whatsapp, channels.Outbound{Text: "Q", Buttons: []crm.Button{site, shop}},
			[]channels.Outbound{{Text: "Q\nSite: https://example.org\nShop: https://example.org/shop"}}},
		"mixed buttons stay in order": {telegram, channels.Outbound{Text: "Q", Buttons: []crm.Button{site, replies(1)[0], shop}},
			[]channels.Outbound{{Text: "Q", Buttons: []crm.Button{site, replies(1)[0], shop}}}},
		"buttons without a text get one": {telegram, channels.Outbound{Buttons: replies(1)},
			[]channels.Outbound{{Text: "…", Buttons: replies(1)}}},
		"a caption and buttons go with the file": {telegram, channels.Outbound{Text: "Look", Buttons: replies(2), Files: []channels.OutFile{photo}},
			[]channels.Outbound{{Text: "Look", Buttons: replies(2), Files: []channels.OutFile{photo}}}},
		"several files are several messages": {telegram, channels.Outbound{Text: "Look", Files: []channels.OutFile{photo, photo}},
			[]channels.Outbound{{Files: []channels.OutFile{photo}}, {Text: "Look", Files: []channels.OutFile{photo}}}},
		"all files in one where that is possible": {liveChat, channels.Outbound{Text: "Look", Files: []channels.OutFile{photo, photo}},
			[]channels.Outbound{{Text: "Look", Files: []channels.OutFile{photo, photo}}}},
		"no caption": {messenger, channels.Outbound{Text: "Look", Buttons: replies(1), Files: []channels.OutFile{photo}},
			[]channels.Outbound{{Files: []channels.OutFile{photo}}, {Text: "Look", Buttons: replies(1)}}},
		"a file alone": {messenger, channels.Outbound{Files: []channels.OutFile{photo}}, []channels.Outbound{{Files: []channels.OutFile{photo}}}},
		"a list stands alone": {whatsapp, channels.Outbound{Text: "Look", Buttons: replies(4), Files: []channels.OutFile{photo}},
			[]channels.Outbound{{Files: []channels.OutFile{photo}}, {Text: "Look", Buttons: replies(4), AsList: true}}},
		"a voice note is an audio": {whatsapp, channels.Outbound{Files: []channels.OutFile{file("voice", "v.ogg", "", 10)}},
			[]channels.Outbound{{Files: []channels.OutFile{file("audio", "v.ogg", "", 10)}}}},
		"a video is a file": {messenger, channels.Outbound{Files: []channels.OutFile{file("video", "v.mp4", "", 10)}},
			[]channels.Outbound{{Files: []channels.OutFile{file("file", "v.mp4", "", 10)}}}},
		"a file is a link": {plain, channels.Outbound{Text: "Look", Files: []channels.OutFile{photo}},
			[]channels.Outbound{{Text: "Look\na.png: https://example.org/a.png"}}},
		"a file without address leaves its name": {plain, channels.Outbound{Files: []channels.OutFile{file("file", "offer.pdf", "", 10)}},
			[]channels.Outbound{{Text: "offer.pdf"}}},
		"a file that is too large is a link": {whatsapp, channels.Outbound{Files: []channels.OutFile{file("video", "", "https://example.org/v", 17<<20)}},
			[]channels.Outbound{{Text: "https://example.org/v"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, channels.Fit(test.in, test.can))
		})
	}
}

func TestPartsHaveTheAddressAndAKeyOfTheirOwn(t *testing.T) {
	t.Parallel()
	parts := channels.Fit(channels.Outbound{ChatID: "7", Key: "k", Text: strings.Repeat("word ", 50), Buttons: replies(1)},
		channels.Capabilities{Text: 100, Buttons: 1})
	require.Len(t, parts, 3)
	require.Equal(t, []string{"k", "k:2", "k:3"}, []string{parts[0].Key, parts[1].Key, parts[2].Key})
	for i, part := range parts {
		require.Equal(t, "7", part.ChatID)
		require.Equal(t, i == 2, len(part.Buttons) == 1, "buttons are on the last part")
	}
}

func TestTitlesAreCutAndStayDifferent(t *testing.T) {
	t.Parallel()
	titles := []string{"Доставка по городу сегодня", "Доставка по городу завтра", "ДОСТАВКА ПО ГОРОДУ СЕЙЧАС", "Yes", "yes", "👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦"}
	buttons := make([]crm.Button, len(titles))
	for i, title := range titles {
		buttons[i] = crm.Button{ID: fmt.Sprint(i), Text: title}
	}
	parts := channels.Fit(channels.Outbound{Text: "Q", Buttons: buttons}, channels.Capabilities{Buttons: 10, ButtonTitle: 19})
	require.Len(t, parts, 1)
	var got []string
	for i, button := range parts[0].Buttons {
		got = append(got, button.Text)
		require.Equal(t, fmt.Sprint(i), button.ID)
	}
	require.Equal(t, []string{"Доставка по городу…", "Доставка по гор (2)", "ДОСТАВКА ПО ГОР (3)", "Yes", "yes (2)", "👩‍👩‍👧‍👦👩‍👩‍👧‍👦…"}, got)
	require.Equal(t, titles[0], buttons[0].Text, "the message itself is not changed")
}

func TestTinyTitlesStayDifferent(t *testing.T) {
	t.Parallel()
	parts := channels.Fit(channels.Outbound{Text: "Q", Buttons: replies(9)}, channels.Capabilities{Buttons: 10, ButtonTitle: 3})
	seen := map[string]bool{}
	for _, button := range parts[0].Buttons {
		require.LessOrEqual(t, utf8.RuneCountInString(button.Text), 3)
		require.False(t, seen[button.Text], button.Text)
		seen[button.Text] = true
	}
}

// Whatever the text and the limits: no part is too long and no word is lost.
func FuzzFitLosesNoText(f *testing.F) {
	f.Add("One. Two! Three? Four\n\nfive six", 5, 3, true)
	f.Add(strings.Repeat("é", 50), 10, 4, true)
	f.Add(strings.Repeat("👍🏽", 50), 7, 2, false)
	f.Add(strings.Repeat("word ", 500), 64, 64, true)
	f.Fuzz(func(t *testing.T, text string, limit, buttonLimit int, withButtons bool) {
		if !utf8.ValidString(text) || limit < 2 || limit > 5000 || buttonLimit < 2 || buttonLimit > limit {
			t.Skip("no text, or limits that no channel has")
		}
		message := channels.Outbound{Text: text}
		if withButtons {
			message.Buttons = replies(1)
		}
		parts := channels.Fit(message, channels.Capabilities{Text: limit, ButtonText: buttonLimit, Buttons: 1})
		var all string
		for i, part := range parts {
			most := limit
			if withButtons && i == len(parts)-1 {
				most = buttonLimit
			}
			require.LessOrEqual(t, utf8.RuneCountInString(part.Text), most)
			require.NotEmpty(t, strings.TrimSpace(part.Text+"x"))
			all += part.Text
		}
		if strings.TrimSpace(text) != "" {
			require.Equal(t, squeeze(text), squeeze(all))
		}
	})
}

func squeeze(text string) string { return strings.Join(strings.Fields(text), "") }
