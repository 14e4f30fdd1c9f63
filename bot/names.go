package bot

import (
	"regexp"
	"slices"
	"strings"
)

// The names that only a run can answer, beside those of the open families json.* and var.*.
var runNames = []string{
	"message_text", "message_text.phone", "message_text.email", "message_text.number", "last_validation_result", "manual_input",
	"current_date", "current_time", "rand", "short_rand", "short_rand_num", "run.id", "bot.id", "bot.name",
}

// The names that the store answers, beside those of the cards and their fields.
var storeNames = []string{
	"name", "origin", "messenger", "talk.id",
	"profile.name", "profile.first_name", "profile.last_name", "profile.username", "profile.phone", "profile.email",
	"profile.language", "profile.page_url",
}

// What a card knows beside its custom fields.
var cardNames = map[string][]string{
	"lead": {
		"id", "name", "price", "status_id", "status", "pipeline_id", "pipeline", "source_id", "source", "tags",
		"responsible_user_id", "responsible.id", "responsible.name", "responsible.email",
	},
	"contact": {
		"id", "name", "first_name", "last_name", "phone", "email", "tags",
		"responsible_user_id", "responsible.id", "responsible.name", "responsible.email",
	},
	"company": {
		"id", "name", "phone", "email", "tags",
		"responsible_user_id", "responsible.id", "responsible.name", "responsible.email",
	},
}

var (
	openName  = regexp.MustCompile(`^(json|var)(\.[\p{L}\p{N}_-]+)+$`)
	fieldName = regexp.MustCompile(`^(lead|contact|company)\.cf\.([\p{L}\p{N}_-]+)$`)
)

// Known says whether a placeholder of that name can ever stand for something.
func Known(name string) bool {
	if slices.Contains(storeNames, name) || IsRunValue(name) || fieldName.MatchString(name) {
		return true
	}
	card, rest, _ := strings.Cut(name, ".")
	return slices.Contains(cardNames[card], rest)
}

// AllNames lists the names that need no account to be known, for an editor's suggestions.
func AllNames() []string {
	names := slices.Concat(runNames, storeNames)
	for card, rests := range cardNames {
		for _, rest := range rests {
			names = append(names, card+"."+rest)
		}
	}
	slices.Sort(names)
	return names
}

// FieldName splits the name of a custom field's value: lead.cf.12 → lead, 12; contact.cf.PHONE → contact, PHONE. The
// key is the field's id or code.
func FieldName(name string) (card, key string, ok bool) {
	m := fieldName.FindStringSubmatch(name)
	if m == nil {
		return "", "", false
	}
	return m[1], m[2], true
}

// IsRunValue says that only a run knows what the name stands for.
func IsRunValue(name string) bool {
	return slices.Contains(runNames, name) || openName.MatchString(name)
}
