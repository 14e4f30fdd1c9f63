// Package samples holds bots to begin with, as the files that "salesbot bot" reads. They name stages by name, so that
// they fit any account whose pipeline has them.
package samples

import (
	"embed"
	"encoding/json"
	"fmt"
	"strings"
)

// Files are the sample bots, NAME.json, and the scripts that test them, NAME.test.json.
//
//go:embed *.json
var Files embed.FS

// Sample is a bot to begin with.
type Sample struct {
	// Key is its file's name without the ending.
	Key string
	// Summary says in a sentence what the bot does.
	Summary string
	// Document is the bot, as "salesbot bot" reads it.
	Document json.RawMessage
	// Dialogue is how it goes: the first case of the bot's own test.
	Dialogue []Line
}

// Line is what somebody says in a dialogue.
type Line struct {
	// Client says that it is the client; else it is the bot.
	Client bool
	Text   string
	// Buttons are those under a message of the bot.
	Buttons []string
}

// summaries are in the order in which a library shows the bots.
var summaries = []struct{ key, summary string }{
	{"welcome", "Greets a new client, hears what they want, asks for the phone number, gives your team a task and follows up after three days."},
	{"night_shift", "Hands the client to a colleague during working hours; at night it writes the question down and comes back in the morning."},
	{"order_status", "Asks for the order's number, looks it up in your shop by a webhook and says where the parcel is."},
}

// All are the samples, the one to begin with first.
func All() ([]Sample, error) {
	all := make([]Sample, len(summaries))
	for i, one := range summaries {
		document, err := Files.ReadFile(one.key + ".json")
		if err != nil {
			return nil, err
		}
		dialogue, err := dialogueOf(one.key)
		if err != nil {
			return nil, fmt.Errorf("read the test of %s: %w", one.key, err)
		}
		all[i] = Sample{Key: one.key, Summary: one.summary, Document: document, Dialogue: dialogue}
	}
	return all, nil
}

// step is what a dialogue shows of a test's step; the others look at what the bot has done.
type step struct {
	Client, Tap string
	Bot         texts
	Buttons     []string
}

// texts are one text or several.
type texts []string

// UnmarshalJSON reads a string or a list of them.
func (t *texts) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*t = texts{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(t))
}

func dialogueOf(key string) ([]Line, error) {
	data, err := Files.ReadFile(key + ".test.json")
	if err != nil {
		return nil, err
	}
	var script struct{ Cases []struct{ Steps []step } }
	if err := json.Unmarshal(data, &script); err != nil {
		return nil, err
	}
	var lines []Line
	for _, s := range script.Cases[0].Steps {
		lines = s.addTo(lines)
	}
	return lines, nil
}

func (s step) addTo(lines []Line) []Line {
	if said := s.Client + s.Tap; said != "" {
		lines = append(lines, Line{Client: true, Text: said})
	}
	for _, text := range s.Bot {
		// A test names no more of a text than it needs; a star stands for the rest.
		lines = append(lines, Line{Text: strings.Replace(text, "*", " …", 1)})
	}
	if len(s.Buttons) > 0 && len(lines) > 0 {
		lines[len(lines)-1].Buttons = s.Buttons
	}
	return lines
}
