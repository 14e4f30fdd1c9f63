package bottest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"salesbot/bot"
)

// Script is a bot's test as it is kept in a file NAME.test.json beside the bot.
type Script struct {
	// Bot is the bot's file; Bots are those of bots that it starts. Bot ids count from 1 in this order. Paths are
	// relative to the script's.
	Bot  string   `json:"bot"`
	Bots []string `json:"bots,omitempty"`
	// Channel is the kind of the client's channel: livechat, or any other name for an external one.
	Channel string `json:"channel,omitempty"`
	// Trigger is what launches the bot: talk_started, the client's first message, is the default; message, any;
	// no_bot_running, one to which no bot would answer; none.
	Trigger string `json:"trigger,omitempty"`
	// Settings are the account's, by name, such as working_hours.
	Settings map[string]json.RawMessage `json:"settings,omitempty"`
	// Secrets are what the bot's {{secret.NAME}} stand for in the test, by name; a real one has no place in a file.
	Secrets map[string]string `json:"secrets,omitempty"`
	Cases   []Case            `json:"cases"`

	documents []bot.Document
}

// Case is one dialogue; it begins with a new account and a new client.
type Case struct {
	Name string `json:"name"`
	// Channel and Trigger, if set, are used instead of the script's.
	Channel string `json:"channel,omitempty"`
	Trigger string `json:"trigger,omitempty"`
	// At is when the case begins; without it on Monday 5 January 2026 at 10:00 UTC.
	At    time.Time `json:"at,omitzero"`
	Steps []Step    `json:"steps"`
}

// Step is one thing that happens, or that is expected: an object with one key, which is one of Verbs.
type Step struct {
	Verb string
	raw  string
	do   func(p *player) error
}

// UnmarshalJSON reads {"client": "hi"} and checks verb and value.
func (s *Step) UnmarshalJSON(data []byte) error {
	var pair map[string]json.RawMessage
	if err := json.Unmarshal(data, &pair); err != nil {
		return fmt.Errorf("a step is an object such as {\"client\": \"hi\"}, not %s", data)
	}
	if len(pair) != 1 {
		return fmt.Errorf("a step has one key, %s has %d", data, len(pair))
	}
	for name, value := range pair {
		compile, ok := verbs[name]
		if !ok {
			return fmt.Errorf("there is no step %q; there are %s", name, strings.Join(Verbs(), ", "))
		}
		do, err := compile(value)
		if err != nil {
			return fmt.Errorf("step %s: %w", data, err)
		}
		*s = Step{Verb: name, raw: string(data), do: do}
	}
	return nil
}

// MarshalJSON writes the step as it was read.
func (s Step) MarshalJSON() ([]byte, error) { return []byte(s.raw), nil }

// Verbs are the keys that a step may have.
func Verbs() []string { return slices.Sorted(maps.Keys(verbs)) }

// Parse reads a script. Its bots are not read.
func Parse(data []byte) (Script, error) {
	var script Script
	if err := bot.DecodeStrict(data, &script); err != nil {
		return script, err
	}
	if len(script.Cases) == 0 {
		return script, errors.New("the script has no cases")
	}
	for i, c := range script.Cases {
		if c.Name == "" || len(c.Steps) == 0 {
			return script, fmt.Errorf("cases.%d: a case needs a name and steps", i)
		}
	}
	return script, nil
}

// Load reads a script and the bots that it names.
func Load(file string) (Script, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return Script{}, err
	}
	script, err := Parse(data)
	if err != nil {
		return script, fmt.Errorf("%s: %w", file, err)
	}
	if script.Bot == "" {
		return script, fmt.Errorf("%s: say in \"bot\" which file is tested", file)
	}
	for _, name := range append([]string{script.Bot}, script.Bots...) {
		document, err := loadBot(filepath.Join(filepath.Dir(file), name))
		if err != nil {
			return script, fmt.Errorf("%s: %w", file, err)
		}
		script.documents = append(script.documents, document)
	}
	return script, nil
}

func loadBot(file string) (bot.Document, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return bot.Document{}, err
	}
	document, err := bot.Parse(data)
	if err != nil {
		return document, fmt.Errorf("%s: %w", file, err)
	}
	return document, nil
}

// texts is a text or a list of texts.
type texts []string

func (t *texts) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*t = texts{one}
		return nil
	}
	var many []string
	if err := json.Unmarshal(data, &many); err != nil {
		return errors.New("expected a text or a list of texts")
	}
	*t = many
	return nil
}

// answers is an answer or a list of answers.
type answers []Answer

func (a *answers) UnmarshalJSON(data []byte) error {
	var one Answer
	if bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) {
		err := bot.DecodeStrict(data, &one)
		*a = answers{one}
		return err
	}
	var many []Answer
	err := bot.DecodeStrict(data, &many)
	*a = many
	return err
}

// span is a length of time such as 3d, 1h30m or 45s.
type span time.Duration

func (s *span) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return errors.New("expected a time such as \"3d\" or \"1h30m\"")
	}
	length, err := parseSpan(text)
	*s = span(length)
	return err
}

func parseSpan(text string) (time.Duration, error) {
	days, rest, ok := strings.Cut(text, "d")
	if !ok {
		days, rest = "0", text
	}
	n, err := strconv.Atoi(days)
	if err != nil {
		return 0, fmt.Errorf("%q is no time; write 3d, 2d12h, 1h30m or 45s", text)
	}
	length := time.Duration(n) * 24 * time.Hour
	if rest != "" {
		part, err := time.ParseDuration(rest)
		if err != nil {
			return 0, fmt.Errorf("%q is no time; write 3d, 2d12h, 1h30m or 45s", text)
		}
		length += part
	}
	if length < 0 {
		return 0, fmt.Errorf("%q is in the past", text)
	}
	return length, nil
}
