package channels

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"salesbot/crm"
)

// NoCaption is the Caption of a kind whose files carry no text.
const NoCaption = -1

// bareButtons is the text of a message that has only buttons: no provider takes buttons without a text.
const bareButtons = "…"

// Fit makes a message fit what a channel can show. It gives one message or several to be sent in order, each of which
// a channel can send as it is; the buttons are on the last. Nothing the author wrote is lost:
//
//   - quick replies become a list if there are too many for buttons, and numbered lines of the text if there are too many
//     for a list; a client may answer with the number;
//   - links that can't be buttons become lines "label: address";
//   - titles that are too long are cut and stay different from each other, the ids stay as they are;
//   - a file of a type that the channel lacks is sent as a nearer type, or as a link; so is one that is too large;
//   - a text that is too long is split at a paragraph, a line, a sentence or a space.
func Fit(message Outbound, can Capabilities) []Outbound {
	text, files := fitFiles(strings.TrimRightFunc(message.Text, unicode.IsSpace), message.Files, can)
	text, buttons, asList := fitButtons(text, message.Buttons, can)
	return withKeys(message, layOut(text, files, buttons, asList, can))
}

// withKeys gives every part the message's address and a key of its own, the same at every attempt.
func withKeys(message Outbound, parts []Outbound) []Outbound {
	for i := range parts {
		parts[i].ChatID, parts[i].Key = message.ChatID, message.Key
		if i > 0 && message.Key != "" {
			parts[i].Key = fmt.Sprintf("%s:%d", message.Key, i+1)
		}
	}
	return parts
}

// layOut puts the files first and the text with the buttons last, on the last file if it may carry them.
func layOut(text string, files []OutFile, buttons []crm.Button, asList bool, can Capabilities) []Outbound {
	var parts []Outbound
	for chunk := range slices.Chunk(files, perMessage(len(files), can)) {
		parts = append(parts, Outbound{Files: chunk})
	}
	if text == "" && len(buttons) == 0 {
		return parts
	}
	if len(parts) > 0 && !asList && fitsCaption(text, can) {
		last := &parts[len(parts)-1]
		last.Text, last.Buttons = text, buttons
		return parts
	}
	if text == "" {
		text = bareButtons
	}
	for _, piece := range splitText(text, can.Text, lastLimit(buttons, can)) {
		parts = append(parts, Outbound{Text: piece})
	}
	last := &parts[len(parts)-1]
	last.Buttons, last.AsList = buttons, asList
	return parts
}

func perMessage(files int, can Capabilities) int {
	if can.FilesPerMessage > 0 {
		return can.FilesPerMessage
	}
	return max(files, 1)
}

func fitsCaption(text string, can Capabilities) bool {
	return can.Caption == 0 || len([]rune(text)) <= can.Caption
}

func lastLimit(buttons []crm.Button, can Capabilities) int {
	if len(buttons) > 0 && can.ButtonText > 0 {
		return can.ButtonText
	}
	return can.Text
}

// fitFiles turns each file into one that the channel takes, or into a line of the text.
func fitFiles(text string, files []OutFile, can Capabilities) (string, []OutFile) {
	var kept []OutFile
	for _, file := range files {
		kind, ok := nearestType(file.Type, can.Files)
		if ok && (can.FileBytes == 0 || file.Size <= can.FileBytes) {
			file.Type = kind
			kept = append(kept, file)
			continue
		}
		text = addLine(text, fileLine(file))
	}
	return text, kept
}

// nearestType is the type itself, else the one that shows it best: a voice note is an audio, and anything is a file.
func nearestType(kind string, types []string) (string, bool) {
	candidates := []string{kind, "file"}
	if kind == "voice" {
		candidates = []string{"voice", "audio", "file"}
	}
	for _, candidate := range candidates {
		if slices.Contains(types, candidate) {
			return candidate, true
		}
	}
	return "", false
}

// fileLine stands for a file that can't be sent. Without an address at least its name says that there was one.
func fileLine(file OutFile) string {
	if file.URL == "" {
		return file.Name
	}
	return label(file.Name, file.URL)
}

func label(name, url string) string {
	if name == "" {
		return url
	}
	return name + ": " + url
}

// addLine adds a line; the first one stands apart from the text above it.
func addLine(text, line string) string {
	if line == "" {
		return text
	}
	if text == "" {
		return line
	}
	return text + "\n" + line
}
