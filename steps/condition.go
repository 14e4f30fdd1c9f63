package steps

import (
	"fmt"

	"go.temporal.io/sdk/workflow"

	"salesbot/bot"
)

func init() {
	register(Kind{
		Name: "condition", Title: "Condition", Group: "Flow",
		Help:    "Goes on by the first branch whose terms hold: about the message, the channel, the source, the stage, tags or any field.",
		Exits:   []Exit{{Name: exitElse, Title: "Else"}},
		Example: `{"branches":[{"id":"vip","title":"VIP from Telegram","logic":"and","terms":[{"value":"{{lead.tags}}","operator":"equals","operand":"vip"},{"value":"{{origin}}","operator":"in","operand":"telegram, livechat"}]},{"id":"rich","terms":[{"value":"{{lead.price}}","operator":"between","operand":"1000","to":"5000"}]}]}`,
		New:     func() Step { return new(Condition) },
	})
}

// Logic says whether all terms must hold or one is enough.
type Logic string

// The two ways; And is the default.
const (
	And Logic = "and"
	Or  Logic = "or"
)

// Condition is a fork: its branches are tried from the top (Salesbot guide, Condition).
type Condition struct {
	// The branches, tried from the first to the last.
	Branches []Branch `json:"branches" jsonschema:"minItems=1,maxItems=50"`
}

// Branch is one way on.
type Branch struct {
	// Names the exit of the branch: a-z, 0-9, _ and -, at most 32.
	ID string `json:"id" jsonschema:"pattern=^[a-z0-9][a-z0-9_-]{0\\,31}$"`
	// What people see on the exit.
	Title string `json:"title,omitempty" jsonschema:"maxLength=100"`
	// Whether all terms must hold (and) or one is enough (or).
	Logic Logic `json:"logic,omitempty" jsonschema:"enum=and,enum=or,default=and"`
	// What is compared.
	Terms []Term `json:"terms" jsonschema:"minItems=1,maxItems=50"`
}

// Term is one comparison. Of a subject with several values, such as tags, one is enough; the operators with not want none.
type Term struct {
	// What is looked at: a placeholder such as {{lead.tags}} or {{message_text}}.
	Value string `json:"value" jsonschema:"minLength=1,maxLength=500"`
	// How it is compared. Case, accents and outer spaces do not matter.
	Operator bot.Operator `json:"operator" jsonschema:"enum=equals,enum=not_equals,enum=contains,enum=not_contains,enum=in,enum=not_in,enum=greater,enum=less,enum=between,enum=empty,enum=not_empty,enum=matches"`
	// What it is compared with; it may hold placeholders. For in and not_in a list with commas, for matches a regular expression, for between the lower bound.
	Operand string `json:"operand,omitempty" jsonschema:"maxLength=1000"`
	// The upper bound of between.
	To string `json:"to,omitempty" jsonschema:"maxLength=100"`
}

// Exits are one a branch.
func (c *Condition) Exits() []Exit {
	exits := make([]Exit, len(c.Branches))
	for i, b := range c.Branches {
		title := b.Title
		if title == "" {
			title = b.ID
		}
		exits[i] = Exit{Name: "branch:" + b.ID, Title: title}
	}
	return exits
}

// Run leaves by the first branch that holds, else by "else".
func (c *Condition) Run(ctx workflow.Context, run Run) (string, error) {
	values, err := read(ctx, run, c.templates()...)
	if err != nil {
		return "", err
	}
	for _, branch := range c.Branches {
		holds, err := together(branch.Logic, len(branch.Terms), func(i int) (bool, error) {
			return branch.Terms[i].holds(ctx, run, values)
		})
		if err != nil {
			return "", err
		}
		if holds {
			return "branch:" + branch.ID, nil
		}
	}
	return exitElse, nil
}

func (c *Condition) templates() []string {
	var templates []string
	for _, branch := range c.Branches {
		for _, term := range branch.Terms {
			templates = append(templates, asTemplate(term.Value))
			if term.Operator != bot.Matches {
				templates = append(templates, term.Operand, term.To)
			}
		}
	}
	return templates
}

func (t Term) holds(ctx workflow.Context, run Run, values bot.Values) (bool, error) {
	subject := asTemplate(t.Value)
	if t.Operator == bot.Matches {
		result, err := matchPattern(ctx, run, subject, t.Operand)
		return result.OK, err
	}
	return bot.Compare(several(subject, values), t.Operator, bot.Expand(t.Operand, values.Lookup), bot.Expand(t.To, values.Lookup)), nil
}

// together joins n tests by the logic and stops at the first that decides.
func together(logic Logic, n int, test func(i int) (bool, error)) (bool, error) {
	for i := range n {
		holds, err := test(i)
		if err != nil || holds == (logic == Or) {
			return holds, err
		}
	}
	return logic != Or, nil
}

// Check finds what the schema can't say.
func (c *Condition) Check(env Env) []Problem {
	problems := duplicates("branches", len(c.Branches), func(i int) string { return c.Branches[i].ID })
	for i, branch := range c.Branches {
		for j, term := range branch.Terms {
			problems = append(problems, term.check(env, fmt.Sprintf("branches.%d.terms.%d", i, j))...)
		}
	}
	return problems
}

func (t Term) check(env Env, path string) []Problem {
	if problems := checkSubject(env, path+".value", t.Value); len(problems) > 0 {
		return problems
	}
	switch t.Operator {
	case bot.Empty, bot.NotEmpty:
		return nil
	case bot.Matches:
		return checkPattern(path+".operand", t.Operand)
	case bot.Between:
		if t.Operand == "" || t.To == "" {
			return []Problem{{Code: "bad_config", Path: path, Message: "between needs both bounds", Fix: "set operand and to"}}
		}
	case bot.Equals, bot.NotEquals:
		return nil
	default:
		if t.Operand == "" {
			return []Problem{{Code: "bad_config", Path: path + ".operand", Message: fmt.Sprintf("%s needs something to compare with", t.Operator), Fix: "set operand"}}
		}
	}
	return nil
}
