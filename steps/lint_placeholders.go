package steps

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"salesbot/bot"
)

// lintPlaceholders checks every text of every configuration.
func lintPlaceholders(doc bot.Document, _ Graph, env Env) []Issue {
	var issues []Issue
	for _, step := range doc.Steps {
		var config any
		if json.Unmarshal(step.Config, &config) != nil {
			continue
		}
		eachText("config", config, func(path, text string) {
			issues = append(issues, lintText(step, path, text, env)...)
		})
	}
	return issues
}

// eachText visits the texts of a JSON value in a stable order.
func eachText(path string, value any, visit func(path, text string)) {
	switch v := value.(type) {
	case string:
		visit(path, v)
	case []any:
		for i, item := range v {
			eachText(fmt.Sprintf("%s.%d", path, i), item, visit)
		}
	case map[string]any:
		keys := make([]string, 0, len(v))
		for key := range v {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		for _, key := range keys {
			eachText(path+"."+key, v[key], visit)
		}
	}
}

func lintText(where bot.Step, path, text string, env Env) []Issue {
	var issues []Issue
	step := where.ID
	if bot.Unclosed(text) {
		issues = append(issues, failure("bad_placeholder", step, path, "write {{name}}", "a placeholder is not closed, or has a brace within"))
	}
	for _, name := range bot.Names(text) {
		if secret, ok := bot.SecretName(name); ok {
			issues = append(issues, lintSecret(where, path, secret, env)...)
			continue
		}
		if !bot.Known(name) {
			issues = append(issues, failure("bad_placeholder", step, path, "write "+suggestion(name), "there is no placeholder {{%s}}", name))
			continue
		}
		if card, key, ok := bot.FieldName(name); ok && !env.HasField(card, key) {
			issues = append(issues, failure("unknown_field", step, path, "choose one of its custom fields", "a %s has no custom field %s", card, key))
		}
	}
	return issues
}

// suggestion names the placeholders that begin like the wrong one.
func suggestion(name string) string {
	card, _, _ := strings.Cut(name, ".")
	var like []string
	for _, known := range bot.AllNames() {
		if strings.HasPrefix(known, card) {
			like = append(like, known)
		}
	}
	if len(like) == 0 {
		return "a name such as contact.name, lead.cf.12, message_text, json.KEY or var.NAME"
	}
	return "one of " + strings.Join(like, ", ")
}

// lintSecret: a secret may stand only where an activity sends it out; anywhere else it would end in a message, a card or
// a trace.
func lintSecret(step bot.Step, path, secret string, env Env) []Issue {
	kind, _ := Lookup(step.Kind)
	field := strings.Split(path, ".")[1]
	switch {
	case !slices.Contains(kind.Secrets, field):
		return []Issue{failure("secret_shown", step.ID, path, "use it in a webhook's address, headers or body", "the secret %s would be shown or kept here", secret)}
	case env.Secrets != nil && !env.Secrets[secret]:
		return []Issue{failure("unknown_secret", step.ID, path, "let an administrator add it under Secrets, or correct the name", "there is no secret %s", secret)}
	}
	return nil
}
