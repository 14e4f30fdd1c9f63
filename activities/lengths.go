package activities

import (
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"salesbot/bot"
	"salesbot/crm"
)

// stepNamed is an input whose fields the step calls otherwise.
type stepNamed interface{ StepField(path string) string }

// checkLengths looks at the texts of a step's input as they are with their placeholders filled in: each has at most as
// many characters as its tag "most" says. The document's own check sees templates only, and what a client writes may be
// much longer. The error names the step's field.
func checkLengths(in any) error {
	path, length, most := tooLong("", "", reflect.ValueOf(in))
	if path == "" {
		return nil
	}
	if named, ok := in.(stepNamed); ok {
		path = named.StepField(path)
	}
	return crm.FieldError(path, "has %d characters with its placeholders filled in; at most %d fit", length, most)
}

// tooLong finds the first text that is too long; no path is none.
func tooLong(path string, tag reflect.StructTag, value reflect.Value) (at string, length, most int) {
	switch value.Kind() { //nolint:exhaustive // no other kind holds texts
	case reflect.String:
		most, err := strconv.Atoi(tag.Get("most"))
		if length = utf8.RuneCountInString(value.String()); err == nil && length > most {
			return path, length, most
		}
	case reflect.Struct:
		for i := range value.NumField() {
			field := value.Type().Field(i)
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			if at, length, most = tooLong(join(path, name), field.Tag, value.Field(i)); at != "" {
				return at, length, most
			}
		}
	case reflect.Slice:
		if value.Type().Elem().Kind() == reflect.Uint8 {
			return "", 0, 0 // JSON, whose texts go into no field
		}
		for i := range value.Len() {
			if at, length, most = tooLong(join(path, strconv.Itoa(i)), tag, value.Index(i)); at != "" {
				return at, length, most
			}
		}
	case reflect.Map:
		for _, key := range value.MapKeys() {
			if at, length, most = tooLong(join(path, key.String()), tag, value.MapIndex(key)); at != "" {
				return at, length, most
			}
		}
	}
	return "", 0, 0
}

func join(path, name string) string { return strings.TrimPrefix(path+"."+name, ".") }

// checkWebhook looks at what a webhook would send, in bytes where a service counts them.
func checkWebhook(call bot.Webhook) error {
	if n := len(call.Body); n > bot.MaxWebhookBody {
		return crm.FieldError("body", "has %d bytes with its placeholders filled in; at most %d fit", n, bot.MaxWebhookBody)
	}
	return checkLengths(call)
}
