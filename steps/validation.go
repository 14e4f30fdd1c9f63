package steps

import (
	"fmt"
	"regexp"
	"unicode/utf8"

	"go.temporal.io/sdk/workflow"

	"salesbot/bot"
)

func init() {
	register(Kind{
		Name: "validation", Title: "Validation", Group: "Flow",
		Help:    "Checks what the client wrote and goes on by the first rule that holds; what was found is {{last_validation_result}}.",
		Exits:   []Exit{{Name: exitElse, Title: "Else"}},
		Example: `{"rules":[{"id":"phone","title":"A phone number","checks":[{"check":"contains","what":"phone"}]},{"id":"adult","logic":"and","checks":[{"check":"contains","what":"range","from":18,"to":120},{"check":"not_contains","what":"email"}]}]}`,
		New:     func() Step { return new(Validation) },
	})
}

// CheckKind is how a text is checked.
type CheckKind string

// The checks (Salesbot guide, Validation).
const (
	CheckEquals      CheckKind = "equals"
	CheckNotEquals   CheckKind = "not_equals"
	CheckContains    CheckKind = "contains"
	CheckNotContains CheckKind = "not_contains"
	CheckLength      CheckKind = "length"
	CheckRegex       CheckKind = "regex"
	CheckNotRegex    CheckKind = "not_regex"
)

// Ingredient is what a text may contain.
type Ingredient string

// What contains and not_contains look for.
const (
	WhatNumbers Ingredient = "numbers"
	WhatLetters Ingredient = "letters"
	WhatPhone   Ingredient = "phone"
	WhatEmail   Ingredient = "email"
	WhatRange   Ingredient = "range"
	WhatText    Ingredient = "text"
)

// Validation checks texts, by default the client's message.
type Validation struct {
	// The rules, tried from the first to the last.
	Rules []Rule `json:"rules" jsonschema:"minItems=1,maxItems=50"`
}

// Rule is one way on.
type Rule struct {
	// Names the exit of the rule: a-z, 0-9, _ and -, at most 32.
	ID string `json:"id" jsonschema:"pattern=^[a-z0-9][a-z0-9_-]{0\\,31}$"`
	// What people see on the exit.
	Title string `json:"title,omitempty" jsonschema:"maxLength=100"`
	// Whether all checks must hold (and) or one is enough (or).
	Logic Logic `json:"logic,omitempty" jsonschema:"enum=and,enum=or,default=and"`
	// What is checked.
	Checks []Check `json:"checks" jsonschema:"minItems=1,maxItems=50"`
}

// Check is one test of one text.
type Check struct {
	// What is checked; the client's message if left out.
	Subject string `json:"subject,omitempty" jsonschema:"maxLength=500,default={{message_text}}"`
	// How it is checked.
	Check CheckKind `json:"check" jsonschema:"enum=equals,enum=not_equals,enum=contains,enum=not_contains,enum=length,enum=regex,enum=not_regex"`
	// What contains and not_contains look for; range is a number from "from" to "to", text is "value".
	What Ingredient `json:"what,omitempty" jsonschema:"enum=numbers,enum=letters,enum=phone,enum=email,enum=range,enum=text"`
	// The text to compare with, or the regular expression, also as /body/iu. It may hold placeholders.
	Value string `json:"value,omitempty" jsonschema:"maxLength=1000"`
	// The smallest number or length.
	From *float64 `json:"from,omitempty"`
	// The largest number or length. For a length of exactly 10 set both to 10.
	To *float64 `json:"to,omitempty"`
}

// Exits are one a rule.
func (v *Validation) Exits() []Exit {
	exits := make([]Exit, len(v.Rules))
	for i, r := range v.Rules {
		title := r.Title
		if title == "" {
			title = r.ID
		}
		exits[i] = Exit{Name: "rule:" + r.ID, Title: title}
	}
	return exits
}

// Run leaves by the first rule that holds and keeps what its last check found.
func (v *Validation) Run(ctx workflow.Context, run Run) (string, error) {
	values, err := read(ctx, run, v.templates()...)
	if err != nil {
		return "", err
	}
	for _, rule := range v.Rules {
		var datum string
		holds, err := together(rule.Logic, len(rule.Checks), func(i int) (bool, error) {
			found, ok, err := rule.Checks[i].try(ctx, run, values)
			if ok {
				datum = found
			}
			return ok, err
		})
		if err != nil {
			return "", err
		}
		if holds {
			run.SetValue("last_validation_result", datum)
			return "rule:" + rule.ID, nil
		}
	}
	return exitElse, nil
}

func (v *Validation) templates() []string {
	var templates []string
	for _, rule := range v.Rules {
		for _, c := range rule.Checks {
			templates = append(templates, c.subject())
			if c.Check != CheckRegex && c.Check != CheckNotRegex {
				templates = append(templates, c.Value)
			}
		}
	}
	return templates
}

func (c Check) subject() string {
	if c.Subject == "" {
		return "{{message_text}}"
	}
	return asTemplate(c.Subject)
}

// try returns the datum that made the check hold: the phone, the number, the match, or the text itself.
func (c Check) try(ctx workflow.Context, run Run, values bot.Values) (datum string, ok bool, err error) {
	text := bot.Expand(c.subject(), values.Lookup)
	operand := bot.Expand(c.Value, values.Lookup)
	switch c.Check {
	case CheckEquals:
		return text, bot.Compare([]string{text}, bot.Equals, operand, ""), nil
	case CheckNotEquals:
		return text, !bot.Compare([]string{text}, bot.Equals, operand, ""), nil
	case CheckContains:
		datum, ok = c.find(text, operand)
		return datum, ok, nil
	case CheckNotContains:
		_, found := c.find(text, operand)
		return text, !found, nil
	case CheckLength:
		return text, c.within(float64(utf8.RuneCountInString(text))), nil
	case CheckRegex, CheckNotRegex:
		return c.tryPattern(ctx, run, text)
	}
	return "", false, fmt.Errorf("unknown check %q", c.Check)
}

func (c Check) tryPattern(ctx workflow.Context, run Run, text string) (string, bool, error) {
	result, err := matchPattern(ctx, run, c.subject(), c.Value)
	if err != nil {
		return "", false, err
	}
	if c.Check == CheckNotRegex {
		return text, !result.OK, nil
	}
	return result.Found, result.OK, nil
}

var (
	digitRun  = regexp.MustCompile(`\d+(?:[.,]\d+)?`)
	letterRun = regexp.MustCompile(`\p{L}[\p{L}\p{M}'’-]*`)
)

func (c Check) find(text, operand string) (string, bool) {
	var found []string
	switch c.What {
	case WhatNumbers:
		found = digitRun.FindAllString(text, 1)
	case WhatLetters:
		found = letterRun.FindAllString(text, 1)
	case WhatPhone:
		found = bot.Phones(text)
	case WhatEmail:
		found = bot.Emails(text)
	case WhatRange:
		return c.findNumber(text)
	case WhatText:
		if bot.Compare([]string{text}, bot.Contains, operand, "") {
			found = []string{text}
		}
	}
	if len(found) == 0 {
		return "", false
	}
	return found[0], true
}

func (c Check) findNumber(text string) (string, bool) {
	for _, n := range bot.Numbers(text) {
		if c.within(n) {
			return bot.FormatNumber(n), true
		}
	}
	return "", false
}

func (c Check) within(n float64) bool {
	return (c.From == nil || n >= *c.From) && (c.To == nil || n <= *c.To)
}

// Check finds what the schema can't say.
func (v *Validation) Check(env Env) []Problem {
	problems := duplicates("rules", len(v.Rules), func(i int) string { return v.Rules[i].ID })
	for i, rule := range v.Rules {
		for j, c := range rule.Checks {
			problems = append(problems, c.problems(env, fmt.Sprintf("rules.%d.checks.%d", i, j))...)
		}
	}
	return problems
}

func (c Check) problems(env Env, path string) []Problem {
	if problems := checkSubject(env, path+".subject", c.subject()); len(problems) > 0 {
		return problems
	}
	switch {
	case c.Check == CheckRegex, c.Check == CheckNotRegex:
		return checkPattern(path+".value", c.Value)
	case (c.Check == CheckContains || c.Check == CheckNotContains) && c.What == "":
		return []Problem{{Code: "bad_config", Path: path + ".what", Message: string(c.Check) + " needs to know what to look for", Fix: "set what: numbers, letters, phone, email, range or text"}}
	case c.What == WhatText && c.Value == "":
		return []Problem{{Code: "bad_config", Path: path + ".value", Message: "there is no text to look for", Fix: "set value"}}
	case c.Check == CheckLength, c.What == WhatRange:
		return c.checkBounds(path)
	}
	return nil
}

func (c Check) checkBounds(path string) []Problem {
	switch {
	case c.From == nil && c.To == nil:
		return []Problem{{Code: "bad_config", Path: path, Message: "the range has no bounds", Fix: "set from, to or both"}}
	case c.From != nil && c.To != nil && *c.From > *c.To:
		return []Problem{{Code: "bad_config", Path: path, Message: "from " + bot.FormatNumber(*c.From) + " is above to " + bot.FormatNumber(*c.To) + ", so nothing is in the range", Fix: "swap them"}}
	}
	return nil
}
