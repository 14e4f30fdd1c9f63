package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"salesbot/bot"
	"salesbot/crm"
)

// decodeBody reads the request's JSON strictly. Its errors name the field.
func decodeBody(r *http.Request, into any) error {
	data, err := io.ReadAll(r.Body)
	if err != nil {
		var large *http.MaxBytesError
		var fromEcho *echo.HTTPError
		if errors.As(err, &large) || errors.As(err, &fromEcho) {
			return err
		}
		return crm.Errorf(crm.Invalid, "The body could not be read to its end")
	}
	if len(bytes.TrimSpace(data)) == 0 {
		data = []byte("{}")
		if reflect.TypeOf(into).Elem().Kind() == reflect.Slice {
			data = []byte("[]")
		}
	}
	if bytes.Contains(data, []byte(`\u0000`)) {
		return crm.FieldError("body", "texts can't hold the character \\u0000")
	}
	if err := bot.DecodeStrict(data, into); err != nil {
		return &crm.Error{Code: crm.Invalid, Field: fieldOf(data, into), Message: err.Error()}
	}
	return nil
}

var unknownField = regexp.MustCompile(`unknown field "([^"]*)"`)

// fieldOf finds the field that made the body unreadable, or "body".
func fieldOf(data []byte, into any) string {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(reflect.New(reflect.TypeOf(into).Elem()).Interface())
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) && kind.Field != "" {
		return kind.Field
	}
	if err != nil {
		if match := unknownField.FindStringSubmatch(err.Error()); match != nil {
			return match[1]
		}
	}
	return "body"
}

// decodeParams fills the fields tagged path and query. A list may be given as key[], key[0], key, or with commas.
func decodeParams(c echo.Context, into any) error {
	return fill(c, c.QueryParams(), reflect.ValueOf(into).Elem())
}

func fill(c echo.Context, query url.Values, target reflect.Value) error {
	for i := range target.NumField() {
		field := target.Type().Field(i)
		if field.Anonymous {
			if err := fill(c, query, target.Field(i)); err != nil {
				return err
			}
			continue
		}
		var name string
		var values []string
		if name = field.Tag.Get("path"); name != "" {
			values = []string{c.Param(name)}
		} else if name = field.Tag.Get("query"); name != "" {
			values = queryValues(query, name)
		}
		if len(values) == 0 {
			continue
		}
		if err := set(target.Field(i), name, values); err != nil {
			return err
		}
	}
	return nil
}

// queryValues accepts the ways in which clients write lists: PHP's key[0], key[] and the plain key.
func queryValues(query url.Values, name string) []string {
	name, list := strings.CutSuffix(name, "[]")
	if !list {
		return query[name]
	}
	values := slices.Concat(query[name], query[name+"[]"])
	for i := 0; ; i++ {
		more, ok := query[name+"["+strconv.Itoa(i)+"]"]
		if !ok {
			return values
		}
		values = append(values, more...)
	}
}

func set(field reflect.Value, name string, values []string) error {
	value := values[len(values)-1]
	switch field.Kind() { //nolint:exhaustive // these are the kinds that parameters have
	case reflect.String:
		field.SetString(value)
	case reflect.Int, reflect.Int64:
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return crm.FieldError(name, "expected a whole number, got %q", value)
		}
		field.SetInt(n)
	case reflect.Bool:
		yes, err := strconv.ParseBool(value)
		if err != nil {
			return crm.FieldError(name, "expected 1 or 0, got %q", value)
		}
		field.SetBool(yes)
	case reflect.Pointer:
		field.Set(reflect.New(field.Type().Elem()))
		return set(field.Elem(), name, values)
	case reflect.Slice:
		var parts []string
		for _, v := range values {
			parts = append(parts, strings.Split(v, ",")...)
		}
		list := reflect.MakeSlice(field.Type(), len(parts), len(parts))
		for i, part := range parts {
			if err := set(list.Index(i), name, []string{part}); err != nil {
				return err
			}
		}
		field.Set(list)
	}
	return nil
}
