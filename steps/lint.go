package steps

import (
	"encoding/json"
	"fmt"
	"slices"

	"salesbot/bot"
)

// MaxDocument is the largest document in bytes, its layout not counted (Kommo's limit of a bot's JSON).
const MaxDocument = 64 << 10

// The levels of an issue: an error keeps a document from being published, a warning does not.
const (
	LevelError   = "error"
	LevelWarning = "warning"
)

// Issue is one thing that is wrong with a document.
type Issue struct {
	Level string `json:"level"`
	// Code names the rule and stays.
	Code string `json:"code"`
	// Step is the id of the step that is to blame; empty for the document.
	Step string `json:"step,omitempty"`
	// Path leads to the place: within the step if there is one, such as config.buttons.0.id, else within the document.
	Path string `json:"path,omitempty"`
	// Message says what is wrong, Fix what to do.
	Message string `json:"message"`
	Fix     string `json:"fix,omitempty"`
}

func (i Issue) String() string {
	where := i.Path
	if i.Step != "" {
		where = "step " + i.Step + ": " + where
	}
	return fmt.Sprintf("%s: %s: %s [%s]; %s", i.Level, where, i.Message, i.Code, i.Fix)
}

// Problem is what a step finds in its own configuration; Path is within it.
type Problem struct {
	Code, Path, Message, Fix string
	Warning                  bool
}

// Checker is a step with rules that its schema can't say.
type Checker interface {
	Check(env Env) []Problem
}

// Env is what exists in the account that the bot is for. What is nil is not checked.
type Env struct {
	Pipelines []Pipeline
	// Bots are those with a published version; Channels and Users all that are active.
	Bots, Channels, Users map[int64]bool
	Fields                []Field
	// Secrets are the names of the account's secrets.
	Secrets map[string]bool
	// Activities are the custom activities that are registered, by name.
	Activities map[string]CustomActivity
	// MostButtons is how many quick replies the channel with the fewest shows under a message; 0 is not checked.
	MostButtons int
	// Self is the bot whose document is checked; 0 if it has none yet.
	Self int64
	// Document reads another bot's published version; its Name is the bot's. It is asked for those only that the document
	// leads to. Without it circles of bots are not looked for.
	Document func(botID int64) (bot.Document, bool)
	// StageTriggers are those of all published bots, and of Self.
	StageTriggers []StageTrigger
}

// CustomActivity is a registered one.
type CustomActivity struct {
	TaskQueue string
	// InputSchema is a JSON Schema.
	InputSchema json.RawMessage
	// Unserved says that no worker polls the queue.
	Unserved bool
}

// Pipeline is a pipeline with its stages.
type Pipeline struct {
	ID     int64
	Name   string
	Stages []Stage
}

// Stage is a stage's id and name.
type Stage struct {
	ID   int64
	Name string
}

func (p Pipeline) is(id int64, name string) bool {
	return (id == 0 || p.ID == id) && (name == "" || bot.Fold(p.Name) == bot.Fold(name))
}

func (p Pipeline) has(id int64, name string) bool {
	return slices.ContainsFunc(p.Stages, func(s Stage) bool { return s.is(id, name) })
}

func (s Stage) is(id int64, name string) bool {
	return (id == 0 || s.ID == id) && (name == "" || bot.Fold(s.Name) == bot.Fold(name))
}

// Field is a custom field of a card: lead, contact or company.
type Field struct {
	Card string
	ID   int64
	Code string
}

// HasField says whether the card has a custom field with that id or code; true if fields are not checked.
func (e Env) HasField(card, key string) bool {
	return e.Fields == nil || slices.ContainsFunc(e.Fields, func(f Field) bool {
		return f.Card == card && (fmt.Sprint(f.ID) == key || f.Code != "" && f.Code == key)
	})
}

// rules are the document's rules; each is in a file of its own.
var rules = []func(doc bot.Document, graph Graph, env Env) []Issue{
	lintDocument, lintConfigs, lintPlaceholders, lintExits, lintReach, lintCycles,
}

// Lint finds what is wrong with a document, errors first.
func Lint(doc bot.Document, env Env) []Issue {
	account := newAccount(doc, env)
	graph := account.ownGraph()
	issues := []Issue{}
	for _, rule := range rules {
		issues = append(issues, rule(doc, graph, env)...)
	}
	issues = append(issues, lintCircles(account)...)
	slices.SortStableFunc(issues, func(a, b Issue) int { return level(a) - level(b) })
	return issues
}

func level(i Issue) int {
	if i.Level == LevelError {
		return 0
	}
	return 1
}

// LintFile reads a document strictly and lints it. What can't be read is an issue, too.
func LintFile(data []byte, env Env) (bot.Document, []Issue) {
	doc, err := bot.Parse(data)
	if err != nil {
		return doc, []Issue{{Level: LevelError, Code: "unreadable", Message: err.Error(), Fix: "write a bot document as docs/steps.md shows"}}
	}
	return doc, Lint(doc, env)
}

// LintCircles looks only for ways on which a bot comes back to itself.
func LintCircles(doc bot.Document, env Env) []Issue { return lintCircles(newAccount(doc, env)) }

// HasErrors says whether one of the issues is an error.
func HasErrors(issues []Issue) bool {
	return slices.ContainsFunc(issues, func(i Issue) bool { return i.Level == LevelError })
}

func failure(code, step, path, fix, format string, args ...any) Issue {
	return Issue{Level: LevelError, Code: code, Step: step, Path: path, Message: fmt.Sprintf(format, args...), Fix: fix}
}

func warning(code, step, path, fix, format string, args ...any) Issue {
	return Issue{Level: LevelWarning, Code: code, Step: step, Path: path, Message: fmt.Sprintf(format, args...), Fix: fix}
}

// size is the document's length as it is kept, without the layout.
func size(doc bot.Document) int {
	doc.Layout = nil
	data, err := json.Marshal(doc)
	if err != nil {
		return 0
	}
	return len(data)
}
